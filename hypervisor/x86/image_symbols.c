// SPDX-License-Identifier: GPL-2.0-only
/*
 * The symbol table that the build links into the image (hypervisor/symbols.awk), in the form lib/symbols.h reads.
 */
#include "x86/image_symbols.h"

#include "x86/image.h"

extern const u32 symbol_count, symbol_offset[], symbol_name_at[];
extern const char symbol_names[];

const char *image_symbol(u64 address, u64 *offset)
{
	struct symbol_table t = {
		.start = (u64)text_start,
		.end = (u64)text_end,
		.count = symbol_count,
		.offset = symbol_offset,
		.name_at = symbol_name_at,
		.names = symbol_names,
	};

	return symbols_find(&t, address, offset);
}
