// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page-aligned memory for data. Most of it comes from one arena that the kernel knows beforehand
 * (a registered buffer of io_uring): its pages are looked up and pinned once, not for each request,
 * and they are always there for the hypervisor's copies. What does not fit comes from the heap.
 *
 * A bit of buffer_free is a free page of the arena; a buffer never crosses the 64 pages of a word.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "drivers/blk/blkd.h"

#define BUFFER_MAX_BYTES (128u << 20)
#define BUFFER_WORDS 16u
#define BUFFER_WORD_PAGES 64u
#define BUFFER_ARENA_BYTES ((size_t)BUFFER_WORDS * BUFFER_WORD_PAGES * BLK_PAGE_BYTES)

static char *buffer_arena;
static uint64_t buffer_free[BUFFER_WORDS];
static size_t buffer_used_bytes;

void *blk_buffer_arena(size_t *bytes)
{
	uint32_t i;

	if (buffer_arena == NULL) {
		void *memory = mmap(NULL, BUFFER_ARENA_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		if (memory == MAP_FAILED) {
			return NULL;
		}
		buffer_arena = memory;
		for (i = 0; i < BUFFER_WORDS; i++) {
			buffer_free[i] = UINT64_MAX;
		}
	}
	*bytes = BUFFER_ARENA_BYTES;
	return buffer_arena;
}

bool blk_buffer_is_in_arena(const void *buffer)
{
	return buffer_arena != NULL && (const char *)buffer >= buffer_arena &&
	       (const char *)buffer < buffer_arena + BUFFER_ARENA_BYTES;
}

static uint32_t buffer_pages(uint32_t bytes)
{
	return (bytes + BLK_PAGE_BYTES - 1) / BLK_PAGE_BYTES;
}

static uint64_t buffer_mask(uint32_t pages)
{
	return pages == BUFFER_WORD_PAGES ? UINT64_MAX : (UINT64_C(1) << pages) - 1;
}

/* Bits at which a run of @pages ones begins in @word. */
static uint64_t buffer_runs(uint64_t word, uint32_t pages)
{
	uint32_t have = 1;

	while (have < pages) {
		uint32_t step = pages - have < have ? pages - have : have;

		word &= word >> step;
		have += step;
	}
	return word;
}

static void *buffer_from_arena(uint32_t pages)
{
	uint32_t word, bit;

	for (word = 0; pages <= BUFFER_WORD_PAGES && word < BUFFER_WORDS; word++) {
		uint64_t runs = buffer_runs(buffer_free[word], pages);

		if (runs != 0) {
			bit = (uint32_t)__builtin_ctzll(runs);
			buffer_free[word] &= ~(buffer_mask(pages) << bit);
			return buffer_arena +
			       (size_t)(word * BUFFER_WORD_PAGES + bit) * BLK_PAGE_BYTES;
		}
	}
	return NULL;
}

static void buffer_to_arena(const char *buffer, uint32_t pages)
{
	uint32_t page = (uint32_t)((size_t)(buffer - buffer_arena) / BLK_PAGE_BYTES);

	buffer_free[page / BUFFER_WORD_PAGES] |= buffer_mask(pages) << page % BUFFER_WORD_PAGES;
}

void *blk_buffer_get(uint32_t bytes)
{
	uint32_t pages = buffer_pages(bytes);
	size_t room = (size_t)pages * BLK_PAGE_BYTES;
	void *buffer;

	if (pages == 0 || pages > BLK_MAX_SEGMENTS || buffer_used_bytes + room > BUFFER_MAX_BYTES) {
		return NULL;
	}
	buffer = buffer_from_arena(pages);
	if (buffer == NULL) {
		buffer = aligned_alloc(BLK_PAGE_BYTES, room);
	}
	if (buffer != NULL) {
		buffer_used_bytes += room;
	}
	return buffer;
}

void blk_buffer_put(void *buffer, uint32_t bytes)
{
	uint32_t pages = buffer_pages(bytes);

	if (buffer == NULL) {
		return;
	}
	buffer_used_bytes -= (size_t)pages * BLK_PAGE_BYTES;
	if (blk_buffer_is_in_arena(buffer)) {
		buffer_to_arena(buffer, pages);
	} else {
		free(buffer);
	}
}

bool blk_buffer_has_room(void)
{
	return buffer_used_bytes + (size_t)BLK_MAX_SEGMENTS * BLK_PAGE_BYTES <= BUFFER_MAX_BYTES;
}
