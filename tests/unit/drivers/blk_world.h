/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block back end's surroundings in a test: a disk in memory. Takes the place of blk_io; guest
 * and its pages are those of back_world.h.
 */
#ifndef TESTS_UNIT_DRIVERS_BLK_WORLD_H
#define TESTS_UNIT_DRIVERS_BLK_WORLD_H

#include "drivers/blk/blkd.h"
#include "tests/unit/drivers/back_world.h"

#define BLK_WORLD_SECTORS 256u
/* A ring of two pages, so that a test can make the second one fault. */
#define BLK_WORLD_RING_BYTES 8192u

struct blk_world {
	struct blk_daemon daemon;
	struct blk_device device;
	struct ring_front front;
	uint8_t *ring;				/* shared with children */
	uint8_t pages[BACK_WORLD_PAGES][4096];
	uint8_t disk[BLK_WORLD_SECTORS * 512];
	struct blk_request *started[BLK_DEVICE_REQUESTS];
	uint32_t started_count, most_started;	/* now, and the most there ever were */
	bool hold_io;				/* nothing ends until this is false again */
	bool ends_backwards;			/* the latest I/O ends first */
	int fail_with;				/* result of each I/O; 0: it is done */
	uint32_t short_bytes;			/* of each I/O only so much is done at once; 0: all */
};

extern struct blk_world world;

/* A connected disk with one queue and an empty ring. */
void blk_world_start(void);
/* The same ring by a new process: what is in flight is lost. */
void blk_world_kill(void);
void blk_world_end(void);
/* A kick of the guest, and turns of the loop until nothing moves. */
void blk_world_kick(void);

#endif
