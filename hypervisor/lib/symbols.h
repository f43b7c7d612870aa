/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for code addresses, from a sorted table that the build links in (hypervisor/symbols.awk).
 */
#ifndef LAMINA_LIB_SYMBOLS_H
#define LAMINA_LIB_SYMBOLS_H

#include "lib/types.h"

/* A table; offsets ascend and count from @start. */
struct symbol_table {
	u64 start, end;
	u32 count;
	const u32 *offset;  /* [count] */
	const u32 *name_at; /* [count], into names */
	const char *names;
};

/* The name of the function that holds @address, with the distance from its start in *@offset; NULL if there is none. */
const char *symbols_find(const struct symbol_table *t, u64 address, u64 *offset);

#endif
