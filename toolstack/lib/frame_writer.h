/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Collects the contents of a new domain's frames and writes them in large batches.
 *
 * Frames of a new domain are zero: a page that is all zero is not written. The buffer's memory
 * must be fit for hypercalls; the write itself is a function of the owner, so that tests collect
 * pages in ordinary memory.
 *
 * The first error sticks: every later call returns it.
 */
#ifndef TOOLSTACK_LIB_FRAME_WRITER_H
#define TOOLSTACK_LIB_FRAME_WRITER_H

#include <stdint.h>

#define FRAME_WRITER_MAX_PAGES 512u

/* Writes @count frames; both addresses lie inside the writer's memory. Returns 0 or -errno. */
typedef int frame_write(void *context, const uint64_t *mfns, uint64_t count, const void *pages);

struct frame_writer {
	const uint64_t *mfns;		/* of the whole domain, by PFN */
	uint64_t *batch;		/* room for FRAME_WRITER_MAX_PAGES numbers */
	char *buffer;			/* room pages, zeroed at first */
	uint32_t room;
	uint32_t used;
	uint32_t touched;		/* pages behind these are still zero */
	int status;
	frame_write *write;
	void *context;
};

/* A zeroed page to be filled before the next call of the writer. */
int frame_writer_page(struct frame_writer *writer, uint64_t pfn, void **page);

/*
 * Room for up to @*count pages from @pfn on, not zeroed; *count tells how many there are. They are
 * to be filled whole before the next call.
 */
int frame_writer_run(struct frame_writer *writer, uint64_t pfn, uint64_t *count, void **pages);

int frame_writer_flush(struct frame_writer *writer);

#endif
