// SPDX-License-Identifier: GPL-2.0-only
/*
 * Putting a firmware memory map in order. Firmware lists overlap and come unsorted; where two entries overlap, the one that
 * permits less wins, so that no byte is taken for RAM that some entry claims otherwise.
 */
#include "lib/multiboot.h"

/* How much a type forbids; RAM the least. */
static unsigned int strictness(u32 type)
{
	switch (type) {
	case RANGE_RAM:
		return 0;
	case RANGE_ACPI:
		return 1;
	case RANGE_NVS:
		return 2;
	case RANGE_RESERVED:
		return 3;
	default:
		return 4;
	}
}

static u64 end_of(const struct boot_range *r)
{
	return r->start + r->bytes;
}

/* Type of the bytes at @at, 0 if no range holds them; *@until is where the answer may change. */
static u32 type_at(const struct boot_range *ranges, u32 count, u64 at, u64 *until)
{
	u32 type = 0, i;

	*until = ~0ULL;
	for (i = 0; i < count; i++) {
		const struct boot_range *r = &ranges[i];

		if (r->start > at) {
			*until = MIN(*until, r->start);
		} else if (end_of(r) > at) {
			*until = MIN(*until, end_of(r));
			if (!type || strictness(r->type) > strictness(type)) {
				type = r->type;
			}
		}
	}
	return type;
}

u32 boot_ranges_normalise(struct boot_range *ranges, u32 count, u32 max)
{
	static struct boot_range sorted[2 * BOOT_MAX_RANGES];
	u64 at = 0, until;
	u32 n = 0, i;

	do {
		u32 type = type_at(ranges, count, at, &until);

		if (type && n && sorted[n - 1].type == type && end_of(&sorted[n - 1]) == at) {
			sorted[n - 1].bytes += until - at;
		} else if (type) {
			if (n == ARRAY_SIZE(sorted)) {
				return 0;
			}
			sorted[n++] = (struct boot_range){ at, until - at, type };
		}
		at = until;
	} while (until != ~0ULL);
	if (n > max) {
		return 0;
	}
	for (i = 0; i < n; i++) {
		ranges[i] = sorted[i];
	}
	return n;
}
