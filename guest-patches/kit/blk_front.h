/* SPDX-License-Identifier: MIT */
/*
 * blk_front: disks. One ring of one page, up to 32 jobs under way, 11 pages (44 KiB) each.
 *
 * A job's pages are lent to the back end while it is under way: until its status changes they
 * belong to the back end, even when the caller would like to give up. Writes that were answered are
 * on the disk only after a flush.
 */
#ifndef KIT_BLK_FRONT_H
#define KIT_BLK_FRONT_H

#include <stdbool.h>
#include <stdint.h>
#include "drivers/blk/protocol.h"
#include "drivers/ring/ring.h"
#include "xenbus.h"

#define BLK_FRONT_JOBS 32u
#define BLK_FRONT_MAX_SECTORS (BLK_DIRECT_SEGMENTS * BLK_SECTORS_PER_PAGE)
#define BLK_FRONT_PENDING 1	/* no blk_status has this value */

struct blk_job {
	enum blk_operation operation;	/* BLK_OP_READ, BLK_OP_WRITE, BLK_OP_FLUSH */
	uint64_t sector;
	uint32_t sectors;		/* 1 to BLK_FRONT_MAX_SECTORS; 0 for a flush */
	void *data;			/* begins at a page */
	int status;			/* BLK_FRONT_PENDING, then a blk_status */
	uint32_t refs[BLK_DIRECT_SEGMENTS];
};

struct blk_front {
	struct xenbus_device bus;
	struct ring_front ring;
	struct blk_job *jobs[BLK_FRONT_JOBS];
	uint64_t sectors;		/* of 512 bytes */
	uint32_t sector_bytes;		/* requests are multiples of this */
	bool is_read_only;
	bool can_flush;
	bool is_broken;			/* the back end broke the ring: nothing more works */
};

/* Connects the disk with that place among ours. False: there is none, or its back end closes. */
bool blk_front_open(struct blk_front *front, unsigned int place);

/* Starts a job. False: the ring is full (poll, then try again), or broken, or the job is not a possible one. */
bool blk_front_submit(struct blk_front *front, struct blk_job *job);

/* Takes what was answered; how many jobs that ended. */
unsigned int blk_front_poll(struct blk_front *front);

/* Sleeps until the job has ended; its status. */
int blk_front_wait(struct blk_front *front, const struct blk_job *job);

#endif
