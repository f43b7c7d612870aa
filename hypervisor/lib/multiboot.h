/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parsing of Multiboot 1 and 2 information. Pure: memory is reached through a function of the caller, which refuses ranges
 * that cannot be read, so that a wrong pointer from the loader is an error message and not a fault.
 */
#ifndef LAMINA_LIB_MULTIBOOT_H
#define LAMINA_LIB_MULTIBOOT_H

#include "lib/boot_info.h"

#define MULTIBOOT1_MAGIC 0x2badb002
#define MULTIBOOT2_MAGIC 0x36d76289

/* A readable view of @bytes bytes at machine address @maddr, or NULL. */
typedef const void *multiboot_view_fn(u64 maddr, size_t bytes);

/*
 * Fills *@bi from the information at @info. Returns NULL, or a sentence that says what is wrong; *@bi is then incomplete.
 */
const char *multiboot_parse(u32 magic, u64 info, multiboot_view_fn *view, struct boot_info *bi) __must_check;

/*
 * Sorts @count ranges and resolves overlaps (the more restrictive type wins), in place; adjoining ranges of one type are
 * joined. Returns the new count, or 0 if more than @max ranges would be needed.
 */
u32 boot_ranges_normalise(struct boot_range *ranges, u32 count, u32 max) __must_check;

#endif
