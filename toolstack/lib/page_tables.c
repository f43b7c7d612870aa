// SPDX-License-Identifier: GPL-2.0-only
/*
 * One function fills any table of any level: an entry's address says which part of the mapped
 * range it covers, and with it which lower table, or at level 1 which frame, it points to.
 */
#include "lib/page_tables.h"

#include "lib/frame_writer.h"
#include "lib/layout.h"
#include "public/mmu.h"

#define TABLE_ENTRIES 512u
#define LEAF_FLAGS (XEN_PTE_PRESENT | XEN_PTE_USER | XEN_PTE_ACCESSED)
#define UPPER_FLAGS (LEAF_FLAGS | XEN_PTE_RW | XEN_PTE_DIRTY)

struct table_job {
	const struct layout *layout;
	const struct layout_tables *tables;
	const uint64_t *mfns;
	unsigned int level;
	uint64_t index;		/* which table of its level */
};

static unsigned int table_entry_shift(unsigned int level)
{
	return 12 + 9 * (level - 1);
}

static uint64_t table_leaf(const struct table_job *job, uint64_t va)
{
	uint64_t pfn = job->tables->leaf_pfn + ((va - job->tables->start) >> 12);

	if (pfn >= job->layout->pages) {
		return 0;
	}
	return job->mfns[pfn] << 12 | LEAF_FLAGS |
	       (layout_is_table(job->layout, pfn) ? 0 : XEN_PTE_RW);
}

static uint64_t table_upper(const struct table_job *job, uint64_t va)
{
	unsigned int shift = table_entry_shift(job->level);
	uint64_t below = (va >> shift) - (job->tables->start >> shift);

	return job->mfns[job->tables->pfn[job->level - 1] + below] << 12 | UPPER_FLAGS;
}

/* Adds the entries of one table to @page; other entries stay as they are. */
static void table_fill(const struct table_job *job, uint64_t *page)
{
	const struct layout_tables *tables = job->tables;
	unsigned int shift = table_entry_shift(job->level);
	uint64_t table = (tables->start >> (shift + 9)) + job->index;
	uint64_t first = table * TABLE_ENTRIES, end = first + TABLE_ENTRIES, i;

	if (first < tables->start >> shift) {
		first = tables->start >> shift;
	}
	if (end > ((tables->end - 1) >> shift) + 1) {
		end = ((tables->end - 1) >> shift) + 1;
	}
	for (i = first; i < end; i++) {
		page[i % TABLE_ENTRIES] = job->level == 1 ? table_leaf(job, i << shift) : table_upper(job, i << shift);
	}
}

static int table_write_level(struct table_job *job, struct frame_writer *writer)
{
	void *page;
	int rc = 0;

	for (job->index = 0; job->index < job->tables->count[job->level] && rc == 0; job->index++) {
		rc = frame_writer_page(writer, job->tables->pfn[job->level] + job->index, &page);
		if (rc == 0) {
			table_fill(job, page);
		}
	}
	return rc;
}

/* The L4 holds both ranges: the region's entry, and the p2m list's own. */
static int table_write_l4(const struct layout *layout, const uint64_t *mfns,
			  struct frame_writer *writer)
{
	struct table_job job = { layout, &layout->region, mfns, 4, 0 };
	void *page;
	int rc = frame_writer_page(writer, layout->region.pfn[4], &page);
	uint64_t *entries = page;
	unsigned int slot;

	if (rc < 0) {
		return rc;
	}
	/* Slots follow bits 39-47: addresses of the upper half have ones above them. */
	slot = (unsigned int)(layout->region.start >> 39) & (TABLE_ENTRIES - 1);
	entries[slot] = table_upper(&job, layout->region.start);
	if (layout->p2m_own_address) {
		job.tables = &layout->p2m;
		slot = (unsigned int)(layout->p2m.start >> 39) & (TABLE_ENTRIES - 1);
		entries[slot] = table_upper(&job, layout->p2m.start);
	}
	return 0;
}

int page_tables_write(const struct layout *layout, const uint64_t *mfns,
		      struct frame_writer *writer)
{
	struct table_job job = { layout, &layout->region, mfns, 0, 0 };
	int rc = table_write_l4(layout, mfns, writer);

	for (job.level = 3; job.level >= 1 && rc == 0; job.level--) {
		rc = table_write_level(&job, writer);
	}
	if (layout->p2m_own_address) {
		job.tables = &layout->p2m;
		for (job.level = 3; job.level >= 1 && rc == 0; job.level--) {
			rc = table_write_level(&job, writer);
		}
	}
	return rc;
}
