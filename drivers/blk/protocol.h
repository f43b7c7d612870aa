/* SPDX-License-Identifier: MIT */
/*
 * Block devices between domains: what stands in the ring's slots, as 64-bit x86 guests lay it out.
 *
 * Sectors are 512 bytes whatever the disk's own sector size is. A segment is a part of one granted
 * page, from its sector first to its sector last, both included. An indirect request names pages
 * that hold its segments.
 */
#ifndef DRIVERS_BLK_PROTOCOL_H
#define DRIVERS_BLK_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define BLK_SECTOR_BYTES 512u
#define BLK_SECTORS_PER_PAGE 8u
#define BLK_DIRECT_SEGMENTS 11u
#define BLK_INDIRECT_PAGES 8u
#define BLK_SEGMENTS_PER_PAGE 512u

enum blk_operation {
	BLK_OP_READ = 0,
	BLK_OP_WRITE = 1,
	BLK_OP_BARRIER = 2,
	BLK_OP_FLUSH = 3,
	BLK_OP_DISCARD = 5,
	BLK_OP_INDIRECT = 6,
};

enum blk_status {
	BLK_STATUS_DONE = 0,
	BLK_STATUS_ERROR = -1,
	BLK_STATUS_UNSUPPORTED = -2,
};

/* Bits of the store node "info". */
enum blk_info {
	BLK_INFO_CDROM = 1,
	BLK_INFO_REMOVABLE = 2,
	BLK_INFO_READ_ONLY = 4,
};

struct blk_wire_segment {
	uint32_t ref;
	uint8_t first;
	uint8_t last;
	uint16_t pad;
};

struct blk_wire_request {
	uint8_t operation;
	uint8_t segment_count;
	uint16_t handle;
	uint32_t pad;
	uint64_t id;
	uint64_t sector;
	struct blk_wire_segment segments[BLK_DIRECT_SEGMENTS];
};

struct blk_wire_discard {
	uint8_t operation;
	uint8_t flags;
	uint16_t handle;
	uint32_t pad;
	uint64_t id;
	uint64_t sector;
	uint64_t sector_count;
};

struct blk_wire_indirect {
	uint8_t operation;
	uint8_t inner;		/* BLK_OP_READ or BLK_OP_WRITE */
	uint16_t segment_count;
	uint32_t pad;
	uint64_t id;
	uint64_t sector;
	uint16_t handle;
	uint16_t pad2;
	uint32_t refs[BLK_INDIRECT_PAGES];
	uint32_t pad3;
};

union blk_wire_slot {
	struct blk_wire_request request;
	struct blk_wire_discard discard;
	struct blk_wire_indirect indirect;
};

struct blk_wire_response {
	uint64_t id;
	uint8_t operation;
	uint8_t pad;
	int16_t status;
	uint32_t pad2;
};

_Static_assert(sizeof(struct blk_wire_segment) == 8, "blk segment");
_Static_assert(sizeof(struct blk_wire_request) == 112, "blk request");
_Static_assert(offsetof(struct blk_wire_request, id) == 8, "blk request id");
_Static_assert(offsetof(struct blk_wire_request, sector) == 16, "blk request sector");
_Static_assert(offsetof(struct blk_wire_request, segments) == 24, "blk request segments");
_Static_assert(offsetof(struct blk_wire_discard, sector_count) == 24, "blk discard");
_Static_assert(sizeof(struct blk_wire_indirect) == 64, "blk indirect");
_Static_assert(offsetof(struct blk_wire_indirect, handle) == 0x18, "blk indirect handle");
_Static_assert(offsetof(struct blk_wire_indirect, refs) == 0x1c, "blk indirect refs");
_Static_assert(sizeof(union blk_wire_slot) == 112, "blk slot");
_Static_assert(sizeof(struct blk_wire_response) == 16, "blk response");
_Static_assert(offsetof(struct blk_wire_response, status) == 10, "blk response status");

#endif
