/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dom0's memory map (XENMEM_machine_memory_map): what the firmware told, plus the pages of I/O APICs and local APICs, which dom0 must not
 * use for anything else even when the firmware does not mention them.
 */
#include "dom0/memory_map.h"

#include "core/domain.h"
#include "lib/log.h"
#include "mm/page_alloc.h"
#include "public/memory.h"
#include "x86/page.h"

static const struct e820_range controllers[] = {
	{ 0xfec00000, PAGE_SIZE, XEN_E820_RESERVED },
	{ 0xfee00000, PAGE_SIZE, XEN_E820_RESERVED },
};

static bool is_covered(const struct boot_info *bi, const struct e820_range *r)
{
	u32 i;

	for (i = 0; i < bi->range_count; i++) {
		if (bi->ranges[i].start < r->start + r->bytes && r->start < bi->ranges[i].start + bi->ranges[i].bytes) {
			return true;
		}
	}
	return false;
}

/* Appends @r, keeping the map in order of address. */
static void insert(struct e820_range *map, u32 *count, const struct e820_range *r)
{
	u32 i = *count;

	while (i > 0 && map[i - 1].start > r->start) {
		map[i] = map[i - 1];
		i--;
	}
	map[i] = *r;
	(*count)++;
}

void dom0_set_memory_map(struct domain *d, const struct boot_info *bi)
{
	struct e820_range *map = heap_alloc(PAGE_SIZE);
	u32 i, count = 0;

	_Static_assert((BOOT_MAX_RANGES + ARRAY_SIZE(controllers)) * sizeof(*map) <= PAGE_SIZE, "the map fits a page");
	if (!map) {
		panic("dom0: no memory for its memory map");
	}
	for (i = 0; i < bi->range_count; i++) {
		struct e820_range r = { bi->ranges[i].start, bi->ranges[i].bytes, bi->ranges[i].type };

		insert(map, &count, &r);
	}
	for (i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (!is_covered(bi, &controllers[i])) {
			insert(map, &count, &controllers[i]);
		}
	}
	d->e820 = map;
	d->e820_count = count;
}
