// SPDX-License-Identifier: GPL-2.0-only
/*
 * disk-costs PREFIX DEVICE: what requests to a disk cost, in TSC ticks for each (with -icount: instructions of the whole machine,
 * the other end's work included). Direct I/O, one request by plain system calls or 32 under way by io_uring; medians of five rounds.
 *
 * Prints one line per kind: COST <PREFIX>-<kind> <ticks>. Writes over the device's first MiBs.
 */
#include <fcntl.h>
#include <liburing.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS	  5
#define MAX_DEPTH 32u
#define SPAN	  (8u << 20)

static struct io_uring ring;
static char *buffers;
static int disk;

static uint64_t ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) :: "memory");
	return (uint64_t)high << 32 | low;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

struct kind {
	const char *name;
	enum { READ, WRITE, FLUSH } what;
	unsigned int bytes;
	unsigned int depth;
	unsigned int times;
};

static void start(const struct kind *kind, unsigned int index)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	uint64_t at = (uint64_t)index * kind->bytes % SPAN;
	char *buffer = buffers + (size_t)(index % kind->depth) * kind->bytes;

	if (kind->what == FLUSH) {
		io_uring_prep_fsync(sqe, disk, 0);
	} else if (kind->what == READ) {
		io_uring_prep_read(sqe, disk, buffer, kind->bytes, at);
	} else {
		io_uring_prep_write(sqe, disk, buffer, kind->bytes, at);
	}
	io_uring_sqe_set_data64(sqe, kind->bytes);
}

static void run_plainly(const struct kind *kind)
{
	unsigned int i;

	for (i = 0; i < kind->times; i++) {
		off_t at = (off_t)((uint64_t)i * kind->bytes % SPAN);
		ssize_t n = kind->what == FLUSH ? fdatasync(disk) :
			    kind->what == READ ? pread(disk, buffers, kind->bytes, at) : pwrite(disk, buffers, kind->bytes, at);

		if (n != (ssize_t)kind->bytes) {
			fail(kind->name);
		}
	}
}

/* Keeps @depth requests under way until @times have ended. */
static void run(const struct kind *kind)
{
	unsigned int started = 0, ended = 0;
	struct io_uring_cqe *cqe;

	while (ended < kind->times) {
		while (started < kind->times && started - ended < kind->depth) {
			start(kind, started++);
		}
		if (io_uring_submit_and_wait(&ring, 1) < 0) {
			fail("io_uring");
		}
		while (io_uring_peek_cqe(&ring, &cqe) == 0) {
			if (cqe->res != (kind->what == FLUSH ? 0 : (int)kind->bytes)) {
				fprintf(stderr, "%s: result %d\n", kind->name, cqe->res);
				exit(1);
			}
			io_uring_cqe_seen(&ring, cqe);
			ended++;
		}
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void measure(const char *prefix, const struct kind *kind)
{
	uint64_t result[ROUNDS];
	int round;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t began = ticks();

		if (kind->depth == 1) {
			run_plainly(kind);
		} else {
			run(kind);
		}
		result[round] = (ticks() - began) / kind->times;
	}
	qsort(result, ROUNDS, sizeof(result[0]), compare);
	printf("COST %s-%s %llu\n", prefix, kind->name, (unsigned long long)result[ROUNDS / 2]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const struct kind kinds[] = {
		{ "read-4k", READ, 4096, 1, 200 },	   { "write-4k", WRITE, 4096, 1, 200 },
		{ "read-4k-of-32", READ, 4096, 32, 640 },  { "write-4k-of-32", WRITE, 4096, 32, 640 },
		{ "read-64k", READ, 65536, 1, 50 },	   { "write-64k", WRITE, 65536, 1, 50 },
		{ "read-1m", READ, 1 << 20, 1, 8 },	   { "write-1m", WRITE, 1 << 20, 1, 8 },
		{ "flush", FLUSH, 0, 1, 100 },
	};
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "usage: disk-costs PREFIX DEVICE\n");
		return 2;
	}
	disk = open(argv[2], O_RDWR | O_DIRECT);
	if (disk < 0) {
		fail(argv[2]);
	}
	if (posix_memalign((void **)&buffers, 4096, 1 << 20) || io_uring_queue_init(MAX_DEPTH, &ring, 0) < 0) {
		fail("set-up");
	}
	memset(buffers, 0x5a, 1 << 20);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		measure(argv[1], &kinds[i]);
	}
	return 0;
}
