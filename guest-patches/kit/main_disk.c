/* SPDX-License-Identifier: MIT */
/*
 * disk: a guest that writes its first disk, flushes it, reads it back and looks at every byte, for ever.
 *
 * Several jobs are under way at a time. It says "DISK round N good" after each round, or "DISK BAD"
 * and what was wrong. Words on the command line: kib=N, how much of the disk is used (default 1024);
 * rounds=N, after which it powers off.
 */
#include <public/sched.h>
#include "blk_front.h"
#include "boot.h"
#include "grant.h"
#include "mm.h"
#include "printf.h"
#include "string.h"
#include "xenstore.h"

#define DEPTH 8u
#define CHUNK_PAGES BLK_DIRECT_SEGMENTS
#define CHUNK_SECTORS BLK_FRONT_MAX_SECTORS

static char buffers[DEPTH][CHUNK_PAGES * PAGE_BYTES] __attribute__((aligned(4096)));
static struct blk_front disk;
static struct blk_job jobs[DEPTH];
static uint64_t used_sectors;

static __attribute__((noreturn)) void bad(const char *what, uint64_t sector)
{
	kprintf("DISK BAD: %s at sector %lu\n", what, sector);
	kit_shutdown(SHUTDOWN_crash);
}

static uint64_t number_option(const char *word, uint64_t otherwise)
{
	char text[16];
	uint64_t value = 0;
	unsigned int i;

	if (!kit_option_value(word, text, sizeof(text))) {
		return otherwise;
	}
	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++) {
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	return value;
}

/* What a word of the disk holds after a round: no two words, and no two rounds, are alike. */
static uint64_t expected(uint64_t round, uint64_t sector, unsigned int word)
{
	return (round << 48 ^ sector << 8 ^ word) * 0x9e3779b97f4a7c15UL;
}

static void fill(const struct blk_job *job, uint64_t round)
{
	uint64_t *data = job->data;
	unsigned int i;

	for (i = 0; i < job->sectors * (BLK_SECTOR_BYTES / 8); i++) {
		data[i] = expected(round, job->sector + i / 64, i % 64);
	}
}

static void check(const struct blk_job *job, uint64_t round)
{
	const uint64_t *data = job->data;
	unsigned int i;

	for (i = 0; i < job->sectors * (BLK_SECTOR_BYTES / 8); i++) {
		if (data[i] != expected(round, job->sector + i / 64, i % 64)) {
			bad("not what was written", job->sector + i / 64);
		}
	}
}

static void finish(struct blk_job *job, uint64_t round)
{
	if (blk_front_wait(&disk, job) != BLK_STATUS_DONE) {
		bad("refused", job->sector);
	}
	if (job->operation == BLK_OP_READ) {
		check(job, round);
	}
}

/* All of the disk in chunks, DEPTH under way: a job is waited for when its buffer is needed again. */
static void pass(enum blk_operation operation, uint64_t round)
{
	uint64_t sector = 0;
	unsigned int n, started = 0;

	for (; sector < used_sectors; sector += jobs[n].sectors, started++) {
		uint64_t left = used_sectors - sector;

		n = started % DEPTH;
		if (started >= DEPTH) {
			finish(&jobs[n], round);
		}
		jobs[n] = (struct blk_job){
			.operation = operation, .sector = sector, .data = buffers[n],
			.sectors = (uint32_t)(left < CHUNK_SECTORS ? left : CHUNK_SECTORS),
		};
		if (operation == BLK_OP_WRITE) {
			fill(&jobs[n], round);
		}
		if (!blk_front_submit(&disk, &jobs[n])) {
			bad("cannot be started", sector);
		}
	}
	for (n = 0; n < DEPTH && n < started; n++) {
		finish(&jobs[n], round);
	}
}

static void flush(void)
{
	struct blk_job job = { .operation = BLK_OP_FLUSH };

	if (disk.can_flush && (!blk_front_submit(&disk, &job) || blk_front_wait(&disk, &job) != BLK_STATUS_DONE)) {
		bad("flush refused", 0);
	}
}

void kit_main(void)
{
	uint64_t rounds = number_option("rounds", 0), round;

	if (!xenstore_init() || !grant_init() || !blk_front_open(&disk, 0)) {
		kprintf("DISK BAD: there is no disk\n");
		return;
	}
	used_sectors = number_option("kib", 1024) * 2;
	if (used_sectors > disk.sectors) {
		used_sectors = disk.sectors;
	}
	kprintf("DISK %lu sectors of %u bytes%s%s\n", disk.sectors, disk.sector_bytes,
		disk.is_read_only ? ", read-only" : "", disk.can_flush ? ", flush" : "");
	if (disk.is_read_only) {
		return;
	}
	for (round = 1; !rounds || round <= rounds; round++) {
		pass(BLK_OP_WRITE, round);
		flush();
		pass(BLK_OP_READ, round);
		kprintf("DISK round %lu good\n", round);
	}
}
