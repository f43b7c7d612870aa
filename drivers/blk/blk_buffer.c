// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers come in powers of two of pages. Those given back are kept for the next request, up to
 * BUFFER_KEPT_BYTES in all; an idle daemon keeps no more than that for all its guests together.
 */
#include <stdlib.h>

#include "drivers/blk/blkd.h"

#define BUFFER_CLASSES 9u		/* 4 KiB to 1 MiB */
#define BUFFER_MAX_BYTES (128u << 20)
#define BUFFER_KEPT_BYTES (2u << 20)

struct buffer {
	struct buffer *next;
};

static struct buffer *buffer_free[BUFFER_CLASSES];
static size_t buffer_used_bytes;
static size_t buffer_kept_bytes;

static uint32_t buffer_class(uint32_t bytes)
{
	uint32_t class = 0;

	while (class < BUFFER_CLASSES && (BLK_PAGE_BYTES << class) < bytes) {
		class++;
	}
	return class;
}

void *blk_buffer_get(uint32_t bytes)
{
	uint32_t class = buffer_class(bytes);
	size_t room = (size_t)BLK_PAGE_BYTES << class;
	struct buffer *buffer;

	if (class >= BUFFER_CLASSES || buffer_used_bytes + room > BUFFER_MAX_BYTES) {
		return NULL;
	}
	buffer = buffer_free[class];
	if (buffer != NULL) {
		buffer_free[class] = buffer->next;
		buffer_kept_bytes -= room;
	} else {
		buffer = aligned_alloc(BLK_PAGE_BYTES, room);
	}
	if (buffer != NULL) {
		buffer_used_bytes += room;
	}
	return buffer;
}

void blk_buffer_put(void *memory, uint32_t bytes)
{
	uint32_t class = buffer_class(bytes);
	size_t room = (size_t)BLK_PAGE_BYTES << class;
	struct buffer *buffer = memory;

	if (buffer == NULL) {
		return;
	}
	buffer_used_bytes -= room;
	if (buffer_kept_bytes + room > BUFFER_KEPT_BYTES) {
		free(buffer);
		return;
	}
	buffer->next = buffer_free[class];
	buffer_free[class] = buffer;
	buffer_kept_bytes += room;
}

bool blk_buffer_has_room(void)
{
	return buffer_used_bytes + ((size_t)BLK_PAGE_BYTES << (BUFFER_CLASSES - 1)) <=
	       BUFFER_MAX_BYTES;
}
