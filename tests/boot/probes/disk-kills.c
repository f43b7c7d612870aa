/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's disk whose back end is killed again and again: many writes and reads of random size and place under way at once, by direct
 * I/O. Each 4 KiB block says its number and which write it is of; what the disk said was written must be read ever after.
 *
 * One transfer at a time touches a block. A block's age is that of its last write that was answered.
 * Prints GUEST-KILLS <transfers> ... good about every second, after a flush and a look at the whole disk, and BAD for what is wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BLOCK      4096u
#define BLOCKS     2048u /* of the disk, used */
#define DEPTH      24u
#define MAX_BLOCKS 32u   /* of a transfer */

struct transfer {
	struct iocb cb;
	uint32_t first, count;
	uint64_t age;
	int is_write;
	char *buffer;
};

static struct transfer transfers[DEPTH];
static uint64_t ages[BLOCKS];
static char is_busy[BLOCKS];
static uint64_t last_age, done;
static aio_context_t context;
static int disk;
static uint64_t seed = 88172645463325252u;

static uint32_t any(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % below;
}

static void bad(const char *what, uint64_t a, uint64_t b)
{
	printf("GUEST-KILLS BAD %s %llu %llu\n", what, (unsigned long long)a, (unsigned long long)b);
	exit(1);
}

static void fill(uint64_t *block, uint64_t number, uint64_t age)
{
	uint32_t i;

	for (i = 0; i < BLOCK / 8; i++) {
		block[i] = (number << 40 ^ age) + i * 0x9e3779b97f4a7c15u;
	}
}

static void look(const uint64_t *block, uint32_t number, uint64_t age)
{
	static uint64_t want[BLOCK / 8];

	fill(want, number, age);
	if (memcmp(block, want, BLOCK)) {
		bad("block holds another write's data", number, age);
	}
}

/* A place where nothing is under way. */
static void choose(struct transfer *t)
{
	uint32_t i;

	do {
		t->count = 1 + any(any(4) ? 4 : MAX_BLOCKS);
		t->first = any(BLOCKS - t->count);
		for (i = 0; i < t->count && !is_busy[t->first + i]; i++) {
		}
	} while (i < t->count);
	memset(&is_busy[t->first], 1, t->count);
}

static void start(struct transfer *t)
{
	struct iocb *cb = &t->cb;
	uint32_t i;

	choose(t);
	t->is_write = (int)any(3) != 0;
	t->age = ++last_age;
	for (i = 0; t->is_write && i < t->count; i++) {
		fill((uint64_t *)(t->buffer + i * BLOCK), t->first + i, t->age);
	}
	*cb = (struct iocb){
		.aio_lio_opcode = t->is_write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD, .aio_fildes = (uint32_t)disk,
		.aio_buf = (uint64_t)(uintptr_t)t->buffer, .aio_nbytes = (uint64_t)t->count * BLOCK,
		.aio_offset = (int64_t)t->first * BLOCK, .aio_data = (uint64_t)(uintptr_t)t,
	};
	if (syscall(SYS_io_submit, context, 1L, &cb) != 1) {
		bad("io_submit", (uint64_t)errno, 0);
	}
}

static void finish(struct transfer *t, int64_t result)
{
	uint32_t i;

	if (result != (int64_t)t->count * BLOCK) {
		bad("transfer failed", (uint64_t)-result, t->first);
	}
	for (i = 0; i < t->count; i++) {
		if (t->is_write) {
			ages[t->first + i] = t->age;
		} else {
			look((uint64_t *)(t->buffer + i * BLOCK), t->first + i, ages[t->first + i]);
		}
		is_busy[t->first + i] = 0;
	}
	done++;
}

static void run_for(double seconds)
{
	struct timespec now, from;
	struct io_event ended[DEPTH];
	uint32_t under_way = DEPTH, i;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < DEPTH; i++) {
		start(&transfers[i]);
	}
	while (under_way) {
		long n = syscall(SYS_io_getevents, context, 1L, (long)DEPTH, ended, NULL);

		clock_gettime(CLOCK_MONOTONIC, &now);
		for (i = 0; (long)i < n; i++) {
			struct transfer *t = (struct transfer *)(uintptr_t)ended[i].data;

			finish(t, ended[i].res);
			if ((double)(now.tv_sec - from.tv_sec) + (double)(now.tv_nsec - from.tv_nsec) / 1e9 < seconds) {
				start(t);
			} else {
				under_way--;
			}
		}
	}
}

static void look_at_all(char *buffer)
{
	uint32_t block, i;

	for (block = 0; block < BLOCKS; block += MAX_BLOCKS) {
		if (pread(disk, buffer, MAX_BLOCKS * BLOCK, (off_t)block * BLOCK) != (ssize_t)(MAX_BLOCKS * BLOCK)) {
			bad("read failed", (uint64_t)errno, block);
		}
		for (i = 0; i < MAX_BLOCKS; i++) {
			look((uint64_t *)(buffer + i * BLOCK), block + i, ages[block + i]);
		}
	}
}

int main(void)
{
	uint32_t i;

	while ((disk = open("/dev/xvda", O_RDWR | O_DIRECT)) < 0) {
		usleep(20000);
	}
	if (syscall(SYS_io_setup, DEPTH, &context)) {
		bad("io_setup", (uint64_t)errno, 0);
	}
	for (i = 0; i < DEPTH; i++) {
		transfers[i].buffer = mmap(NULL, MAX_BLOCKS * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	}
	for (i = 0; i < BLOCKS; i++) {
		fill((uint64_t *)transfers[0].buffer, i, 0);
		if (pwrite(disk, transfers[0].buffer, BLOCK, (off_t)i * BLOCK) != BLOCK) {
			bad("write failed", (uint64_t)errno, i);
		}
	}
	for (;;) {
		run_for(0.7);
		if (fdatasync(disk)) {
			bad("flush failed", (uint64_t)errno, 0);
		}
		look_at_all(transfers[0].buffer);
		printf("GUEST-KILLS %llu transfers, all blocks good\n", (unsigned long long)done);
	}
}
