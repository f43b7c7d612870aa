// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binary search in a symbol table. Pure; any context.
 */
#include "lib/symbols.h"

const char *symbols_find(const struct symbol_table *t, u64 address, u64 *offset)
{
	u32 low = 0, high = t->count;

	if (address < t->start || address >= t->end || !t->count || address - t->start < t->offset[0]) {
		return NULL;
	}
	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (t->offset[middle] <= address - t->start) {
			low = middle;
		} else {
			high = middle;
		}
	}
	*offset = address - t->start - t->offset[low];
	return t->names + t->name_at[low];
}
