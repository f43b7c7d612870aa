/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters of lam-blkd's disks, as they stand in a file that it shares with whoever reads: a header, then a record per disk. One
 * process writes, by single stores; a reader sees each number whole and all of them nearly of one moment. The file outlives the
 * process: a disk's numbers go on when lam-blkd is started again. Another layout has another magic number.
 */
#ifndef DRIVERS_BLK_COUNTERS_H
#define DRIVERS_BLK_COUNTERS_H

#include <stdint.h>

#define BLK_COUNTERS_MAGIC 0x3143424cu
#define BLK_COUNTERS_MAX 4096u

enum blk_counter {
	BLK_COUNT_STALLED,	/* times that requests had to wait for others to end */
	BLK_COUNT_READS,
	BLK_COUNT_WRITES,
	BLK_COUNT_READ_SECTORS,	/* of 512 bytes */
	BLK_COUNT_WRITTEN_SECTORS,
	BLK_COUNT_OTHERS,	/* flushes, discards */
	BLK_COUNT_ERRORS,	/* answers that were errors; in no other counter */
	BLK_COUNTS,
};

struct blk_counter_record {
	uint32_t number;	/* of the virtual device */
	uint16_t domid;
	uint16_t is_used;
	uint64_t counts[BLK_COUNTS];
};

struct blk_counter_file {
	uint32_t magic;
	uint32_t made;		/* records in front of this one have been used */
	uint64_t pad[7];
	struct blk_counter_record records[BLK_COUNTERS_MAX];
};
_Static_assert(sizeof(struct blk_counter_record) == 64, "records lie in one cache line each");

#endif
