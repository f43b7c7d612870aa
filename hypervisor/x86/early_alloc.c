// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boot-time page allocation: an array of free frame ranges, cut from the top of the highest range that fits.
 *
 * Boot processor only, no lock. Frames are zeroed when they are handed out, not before, so that the cost follows the use.
 */
#include "x86/early_alloc.h"

#include "lib/log.h"
#include "lib/string.h"
#include "x86/image.h"
#include "x86/page.h"

#define MAX_FREE (BOOT_MAX_RANGES + BOOT_MAX_MODULES + 2)
#define LOW_LIMIT_FRAMES (GIB(4) >> PAGE_SHIFT)

struct frames {
	u64 first, end;
};

static struct frames free_list[MAX_FREE];
static u32 free_count;
static const struct boot_info *boot;
static bool use_all, closed;

/* Whole frames of a range, within what the direct map can show. */
static struct frames whole_frames(const struct boot_range *r)
{
	struct frames f = { ALIGN_UP(r->start, PAGE_SIZE) >> PAGE_SHIFT, (r->start + r->bytes) >> PAGE_SHIFT };

	f.end = MIN(f.end, (DIRECT_MAP_END - DIRECT_MAP_VA) >> PAGE_SHIFT);
	return f;
}

/* Takes [first, end) out of the free ranges. */
static void exclude(u64 first, u64 end)
{
	u32 i, count = free_count;

	for (i = 0; i < count; i++) {
		struct frames *f = &free_list[i];

		if (end <= f->first || first >= f->end) {
			continue;
		}
		if (first > f->first && end < f->end) {
			BUG_ON(free_count == MAX_FREE);
			free_list[free_count++] = (struct frames){ end, f->end };
			f->end = first;
		} else if (first > f->first) {
			f->end = first;
		} else {
			f->first = MIN(end, f->end);
		}
	}
}

static void exclude_bytes(u64 start, u64 bytes)
{
	exclude(start >> PAGE_SHIFT, ALIGN_UP(start + bytes, PAGE_SIZE) >> PAGE_SHIFT);
}

void early_alloc_init(const struct boot_info *bi)
{
	u32 i;

	boot = bi;
	for (i = 0; i < bi->range_count; i++) {
		if (bi->ranges[i].type == RANGE_RAM) {
			free_list[free_count++] = whole_frames(&bi->ranges[i]);
		}
	}
	exclude(0, MIB(1) >> PAGE_SHIFT);
	exclude_bytes(IMAGE_MADDR, image_end - text_start);
	for (i = 0; i < bi->module_count; i++) {
		exclude_bytes(bi->modules[i].start, bi->modules[i].bytes);
	}
}

void early_alloc_use_all(void)
{
	use_all = true;
}

void *early_alloc_pages(u64 pages, u64 align_pages)
{
	struct frames *best = NULL;
	u64 best_first = 0;
	u32 i;

	BUG_ON(closed);
	for (i = 0; i < free_count; i++) {
		struct frames *f = &free_list[i];
		u64 end = use_all ? f->end : MIN(f->end, LOW_LIMIT_FRAMES);
		u64 first;

		if (end < f->first || end - f->first < pages) {
			continue;
		}
		first = ALIGN_DOWN(end - pages, align_pages);
		if (first >= f->first && (!best || first > best_first)) {
			best = f;
			best_first = first;
		}
	}
	if (!best) {
		panic("not enough memory to start: no room for %llu contiguous pages", (unsigned long long)pages);
	}
	if (best->end > best_first + pages) {
		BUG_ON(free_count == MAX_FREE);
		free_list[free_count++] = (struct frames){ best_first + pages, best->end };
	}
	best->end = best_first;
	memset(mfn_to_virt(MFN(best_first)), 0, pages << PAGE_SHIFT);
	return mfn_to_virt(MFN(best_first));
}

bool early_alloc_next_free(u32 *index, u64 *first_mfn, u64 *pages)
{
	closed = true;
	for (; *index < free_count; (*index)++) {
		const struct frames *f = &free_list[*index];

		if (f->end > f->first) {
			*first_mfn = f->first;
			*pages = f->end - f->first;
			(*index)++;
			return true;
		}
	}
	return false;
}

bool early_alloc_next_ram(u32 *index, u64 *first_mfn, u64 *pages)
{
	for (; *index < boot->range_count; (*index)++) {
		struct frames f = whole_frames(&boot->ranges[*index]);

		if (boot->ranges[*index].type == RANGE_RAM && f.end > f.first) {
			*first_mfn = f.first;
			*pages = f.end - f.first;
			(*index)++;
			return true;
		}
	}
	return false;
}

bool early_alloc_is_closed(void)
{
	return closed;
}

bool early_alloc_is_ram(u64 maddr)
{
	u32 i;

	for (i = 0; i < boot->range_count; i++) {
		const struct boot_range *r = &boot->ranges[i];

		if (r->type == RANGE_RAM && maddr >= r->start && maddr - r->start < r->bytes) {
			return true;
		}
	}
	return false;
}
