// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames are handed out from a cursor, in the order of the boot contract. The number of page
 * tables depends on where the region ends, which depends on the number of page tables: the loop
 * in layout_place_tables() grows the guess until it holds.
 */
#include "lib/layout.h"

#include <errno.h>
#include <string.h>

#include "lib/elf_image.h"
#include "public/mmu.h"
#include "sys/error.h"

#define LAYOUT_ALIGN_BYTES (4ull << 20)
#define LAYOUT_MIN_PADDING_BYTES (512ull << 10)
/* log2 of the bytes that one table of a level maps. */
#define LAYOUT_TABLE_SHIFT(level) (12u + 9u * (level))

static uint64_t layout_pages(uint64_t bytes)
{
	return bytes / LAYOUT_PAGE_BYTES + (bytes % LAYOUT_PAGE_BYTES != 0);
}

static unsigned int layout_l4_slot(uint64_t va)
{
	return (unsigned int)(va >> 39) & 511u;
}

/* How many tables of each level map [start, end), end > start. */
static void layout_count_tables(struct layout_tables *tables, unsigned int top)
{
	unsigned int level;

	for (level = 1; level <= top; level++) {
		unsigned int shift = LAYOUT_TABLE_SHIFT(level);

		tables->count[level] = level == 4 ? 1 :
			((tables->end - 1) >> shift) - (tables->start >> shift) + 1;
	}
}

/* Gives the tables their frames from @pfn on, highest level first; returns the next free PFN. */
static uint64_t layout_number_tables(struct layout_tables *tables, unsigned int top, uint64_t pfn)
{
	unsigned int level;

	for (level = top; level >= 1; level--) {
		tables->pfn[level] = pfn;
		pfn += tables->count[level];
	}
	return pfn;
}

static uint64_t layout_sum_tables(const struct layout_tables *tables)
{
	return tables->count[1] + tables->count[2] + tables->count[3] + tables->count[4];
}

/* Whether the kernel's wish for the list's address can be met: a top-level slot of its own. */
static bool layout_takes_init_p2m(const struct layout *layout, const struct elf_image *image)
{
	uint64_t last = image->init_p2m + layout->pages * 8 - 1;
	unsigned int first_slot = layout_l4_slot(image->init_p2m);
	unsigned int last_slot = layout_l4_slot(last);
	/* The region never reaches further than this beyond the kernel: see ELF_IMAGE_MAX_ADDRESS. */
	unsigned int region_slot = layout_l4_slot(layout->v_start);

	if (!image->has_init_p2m || (image->init_p2m & (LAYOUT_PAGE_BYTES - 1)) != 0) {
		return false;
	}
	if (first_slot != last_slot || last < image->init_p2m) {
		return false;
	}
	if ((int64_t)(image->init_p2m << 16) >> 16 != (int64_t)image->init_p2m) {
		return false;
	}
	if (first_slot >= XEN_L4_SLOT_FIRST && first_slot <= XEN_L4_SLOT_LAST) {
		return false;
	}
	return first_slot != region_slot;
}

/* The end of the region when its last used frame is @pfn - 1. */
static uint64_t layout_region_end(const struct layout *layout, uint64_t pfn)
{
	uint64_t used = layout_va(layout, pfn);
	uint64_t end = (used + LAYOUT_ALIGN_BYTES - 1) & ~(LAYOUT_ALIGN_BYTES - 1);

	if (end - used < LAYOUT_MIN_PADDING_BYTES) {
		end += LAYOUT_ALIGN_BYTES;
	}
	return end;
}

/* Page tables and the stack behind them; returns the first PFN behind the region. */
static uint64_t layout_place_tables(struct layout *layout, uint64_t pfn)
{
	struct layout_tables *tables = &layout->region;
	uint64_t guess = 4;

	layout->tables_pfn = pfn;
	tables->start = layout->v_start;
	tables->leaf_pfn = 0;
	for (;;) {
		tables->end = layout_region_end(layout, pfn + guess + 1);
		layout_count_tables(tables, 4);
		if (layout_sum_tables(tables) <= guess) {
			break;
		}
		guess = layout_sum_tables(tables);
	}
	layout->tables_pages = layout_sum_tables(tables);
	layout->stack_pfn = layout_number_tables(tables, 4, pfn);
	layout->v_end = tables->end;
	return (layout->v_end - layout->v_start) / LAYOUT_PAGE_BYTES;
}

static uint64_t layout_place_p2m(struct layout *layout, const struct elf_image *image, uint64_t pfn)
{
	struct layout_tables *tables = &layout->p2m;

	layout->p2m_pfn = pfn;
	layout->p2m_va = image->init_p2m;
	tables->start = image->init_p2m;
	tables->end = image->init_p2m + layout->p2m_pages * LAYOUT_PAGE_BYTES;
	tables->leaf_pfn = pfn;
	layout_count_tables(tables, 3);
	return layout_number_tables(tables, 3, pfn + layout->p2m_pages);
}

static int layout_check_region(const struct layout *layout, const struct layout_request *request,
			       struct error *error)
{
	uint64_t slot = layout_l4_slot(layout->v_start);

	if (layout->v_end < layout->v_start || layout_l4_slot(layout->v_end - 1) != slot ||
	    (slot >= XEN_L4_SLOT_FIRST && slot <= XEN_L4_SLOT_LAST)) {
		return error_set(error, ENOEXEC, request->object,
				 "wants to be mapped at %#llx, where a domain cannot be",
				 (unsigned long long)layout->v_start);
	}
	return 0;
}

static int layout_check_fit(const struct layout *layout, const struct layout_request *request,
			    struct error *error)
{
	uint64_t need_mib = (layout->used_pages + 255) / 256;

	if (layout->used_pages <= layout->pages) {
		return 0;
	}
	return error_set(error, ENOMEM, request->object,
			 "does not fit: kernel%s, page tables and lists need %llu MiB, memory = "
			 "%llu MiB", request->ramdisk_bytes != 0 ? ", ramdisk" : "",
			 (unsigned long long)need_mib,
			 (unsigned long long)(layout->pages / 256));
}

/* Everything up to the page tables, in order. Returns the next PFN. */
static uint64_t layout_place_front(struct layout *layout, const struct elf_image *image)
{
	uint64_t pfn = layout_pages(image->end);

	layout->kernel_pfn = image->start / LAYOUT_PAGE_BYTES;
	layout->kernel_pages = pfn - layout->kernel_pfn;
	if (layout->ramdisk_pages != 0 && !image->mod_start_pfn) {
		layout->ramdisk_mapped = true;
		layout->ramdisk_pfn = pfn;
		pfn += layout->ramdisk_pages;
	}
	if (!layout->p2m_own_address) {
		layout->p2m_pfn = pfn;
		layout->p2m_va = layout_va(layout, pfn);
		pfn += layout->p2m_pages;
	}
	layout->start_info_pfn = pfn++;
	layout->store_pfn = pfn++;
	layout->console_pfn = pfn++;
	return pfn;
}

int layout_compute(const struct layout_request *request, struct layout *layout,
		   struct error *error)
{
	const struct elf_image *image = request->image;
	uint64_t pfn;
	int rc;

	memset(layout, 0, sizeof(*layout));
	layout->pages = request->pages;
	layout->v_start = image->virt_base;
	layout->ramdisk_bytes = request->ramdisk_bytes;
	layout->ramdisk_pages = layout_pages(request->ramdisk_bytes);
	layout->p2m_pages = layout_pages(layout->pages * 8);
	layout->p2m_own_address = layout_takes_init_p2m(layout, image);

	pfn = layout_place_tables(layout, layout_place_front(layout, image));
	rc = layout_check_region(layout, request, error);
	if (rc < 0) {
		return rc;
	}
	layout->used_pages = layout->stack_pfn + 1;
	if (layout->ramdisk_pages != 0 && !layout->ramdisk_mapped) {
		layout->ramdisk_pfn = pfn;
		pfn += layout->ramdisk_pages;
		layout->used_pages = pfn;
	}
	if (layout->p2m_own_address) {
		pfn = layout_place_p2m(layout, image, pfn);
		layout->used_pages = pfn;
	}
	return layout_check_fit(layout, request, error);
}

bool layout_is_table(const struct layout *layout, uint64_t pfn)
{
	const struct layout_tables *p2m = &layout->p2m;

	if (pfn >= layout->tables_pfn && pfn < layout->tables_pfn + layout->tables_pages) {
		return true;
	}
	return layout->p2m_own_address && pfn >= p2m->pfn[3] && pfn < p2m->pfn[1] + p2m->count[1];
}
