// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything a slot can say, checked: operation, counts (zero too), sectors within the disk without
 * overflow, sectors within their page, rights. The caller gives private copies.
 */
#include "drivers/blk/blkd.h"

static int request_decode_data(const struct blk_limits *limits, struct blk_asked *asked,
			       uint32_t max_segments)
{
	if (asked->operation == BLK_OP_WRITE && limits->is_read_only) {
		return BLK_STATUS_ERROR;
	}
	if (asked->segment_count == 0 || asked->segment_count > max_segments) {
		return BLK_STATUS_ERROR;
	}
	return BLK_STATUS_DONE;
}

static int request_decode_indirect(const struct blk_wire_indirect *wire,
				   const struct blk_limits *limits, struct blk_asked *asked)
{
	if (wire->inner != BLK_OP_READ && wire->inner != BLK_OP_WRITE) {
		return BLK_STATUS_UNSUPPORTED;
	}
	asked->operation = wire->inner;
	asked->segment_count = wire->segment_count;
	asked->indirect_ref = wire->refs[0];
	return request_decode_data(limits, asked, BLK_MAX_SEGMENTS);
}

static int request_decode_discard(const struct blk_wire_discard *wire,
				  const struct blk_limits *limits, struct blk_asked *asked)
{
	if (!limits->has_discard || limits->is_read_only) {
		return BLK_STATUS_UNSUPPORTED;
	}
	if (wire->sector_count == 0 || wire->sector > limits->sectors ||
	    wire->sector_count > limits->sectors - wire->sector) {
		return BLK_STATUS_ERROR;
	}
	asked->sector_count = wire->sector_count;
	return BLK_STATUS_DONE;
}

int blk_request_decode(const union blk_wire_slot *slot, const struct blk_limits *limits,
		       struct blk_asked *asked)
{
	/* Operation, id and sector lie at the same place in all three forms. */
	*asked = (struct blk_asked){
		.id = slot->request.id,
		.wire_operation = slot->request.operation,
		.operation = slot->request.operation,
		.sector = slot->request.sector,
	};
	switch (slot->request.operation) {
	case BLK_OP_READ:
	case BLK_OP_WRITE:
		asked->segment_count = slot->request.segment_count;
		return request_decode_data(limits, asked, BLK_DIRECT_SEGMENTS);
	case BLK_OP_FLUSH:
		/* A flush that carries data is not offered and not needed. */
		return slot->request.segment_count == 0 ? BLK_STATUS_DONE :
		       BLK_STATUS_UNSUPPORTED;
	case BLK_OP_DISCARD:
		return request_decode_discard(&slot->discard, limits, asked);
	case BLK_OP_INDIRECT:
		return request_decode_indirect(&slot->indirect, limits, asked);
	default:
		return BLK_STATUS_UNSUPPORTED;
	}
}

int blk_request_segments(const struct blk_wire_segment *wire, const struct blk_limits *limits,
			 struct blk_asked *asked, struct blk_segment *segments)
{
	uint32_t i;

	asked->sector_count = 0;
	for (i = 0; i < asked->segment_count; i++) {
		if (wire[i].first > wire[i].last || wire[i].last >= BLK_SECTORS_PER_PAGE) {
			return BLK_STATUS_ERROR;
		}
		segments[i].ref = wire[i].ref;
		segments[i].first = wire[i].first;
		segments[i].count = (uint8_t)(wire[i].last - wire[i].first + 1);
		asked->sector_count += segments[i].count;
	}
	if (asked->sector > limits->sectors ||
	    asked->sector_count > limits->sectors - asked->sector) {
		return BLK_STATUS_ERROR;
	}
	return BLK_STATUS_DONE;
}
