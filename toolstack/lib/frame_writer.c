// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zero pages are found when a batch is flushed. A few of them between others are cheaper to write
 * than to skip: a hypercall costs about as much as copying FRAME_WRITER_MIN_GAP pages.
 */
#include "lib/frame_writer.h"

#include <stdbool.h>
#include <string.h>

#define FRAME_BYTES 4096u
#define FRAME_WRITER_MIN_GAP 4u

static bool frame_is_zero(const char *page)
{
	const uint64_t *words = (const uint64_t *)(const void *)page;
	unsigned int i;

	for (i = 0; i < FRAME_BYTES / 8; i++) {
		if (words[i] != 0) {
			return false;
		}
	}
	return true;
}

/* The first page from @from on that has contents. */
static uint32_t frame_writer_skip(const struct frame_writer *writer, uint32_t from)
{
	while (from < writer->used && frame_is_zero(writer->buffer + (size_t)from * FRAME_BYTES)) {
		from++;
	}
	return from;
}

/* The end of the run that starts at @from, which has contents. */
static uint32_t frame_writer_run_end(const struct frame_writer *writer, uint32_t from,
				     uint32_t *next)
{
	uint32_t end = from + 1;

	for (;;) {
		*next = frame_writer_skip(writer, end);
		if (*next == writer->used || *next - end >= FRAME_WRITER_MIN_GAP) {
			return end;
		}
		end = *next + 1;
	}
}

int frame_writer_flush(struct frame_writer *writer)
{
	uint32_t from = writer->status == 0 ? frame_writer_skip(writer, 0) : writer->used;

	while (from < writer->used && writer->status == 0) {
		uint32_t next;
		uint32_t end = frame_writer_run_end(writer, from, &next);

		writer->status = writer->write(writer->context, writer->batch + from, end - from,
					       writer->buffer + (size_t)from * FRAME_BYTES);
		from = next;
	}
	writer->used = 0;
	return writer->status;
}

int frame_writer_run(struct frame_writer *writer, uint64_t pfn, uint64_t *count, void **pages)
{
	uint64_t left;
	uint64_t i;

	if (writer->used == writer->room && frame_writer_flush(writer) < 0) {
		return writer->status;
	}
	left = writer->room - writer->used;
	if (*count > left) {
		*count = left;
	}
	for (i = 0; i < *count; i++) {
		writer->batch[writer->used + i] = writer->mfns[pfn + i];
	}
	*pages = writer->buffer + (size_t)writer->used * FRAME_BYTES;
	writer->used += (uint32_t)*count;
	if (writer->touched < writer->used) {
		writer->touched = writer->used;
	}
	return writer->status;
}

int frame_writer_page(struct frame_writer *writer, uint64_t pfn, void **page)
{
	uint32_t touched = writer->touched;
	uint64_t one = 1;
	int rc = frame_writer_run(writer, pfn, &one, page);

	if (rc == 0 && writer->used <= touched) {
		memset(*page, 0, FRAME_BYTES);
	}
	return rc;
}
