/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block back end's surroundings in a test: a guest's pages by grant reference, event channels
 * that are counted, a disk in memory. Takes the place of gntdev, evtchn and blk_io.
 *
 * Reference r names page r; references from BLK_WORLD_PAGES on, and 0, are not granted.
 */
#ifndef TESTS_UNIT_DRIVERS_BLK_WORLD_H
#define TESTS_UNIT_DRIVERS_BLK_WORLD_H

#include "drivers/blk/blkd.h"

#define BLK_WORLD_PAGES 64u
#define BLK_WORLD_SECTORS 256u
#define BLK_WORLD_DOMID 7u
/* A ring of two pages, so that a test can make the second one fault. */
#define BLK_WORLD_RING_BYTES 8192u

struct blk_world {
	struct blk_daemon daemon;
	struct blk_device device;
	struct ring_front front;
	uint8_t *ring;				/* shared with children */
	uint8_t pages[BLK_WORLD_PAGES][4096];
	uint8_t disk[BLK_WORLD_SECTORS * 512];
	struct blk_request *started[BLK_DEVICE_REQUESTS];
	uint32_t started_count;
	uint32_t notified;
	uint32_t unmapped;
	bool hold_io;				/* nothing ends until this is false again */
	bool ends_backwards;			/* the latest I/O ends first */
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
