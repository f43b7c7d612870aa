/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays of pointers that double when they are full: the upper level of tables that grow lazily (ports, map-track entries).
 * An array of up to 512 slots comes from the object heap, a larger one is a block of pages. Slot counts are powers of two.
 */
#ifndef LAMINA_CORE_PTR_SLOTS_H
#define LAMINA_CORE_PTR_SLOTS_H

#include "lib/types.h"
#include "mm/page_alloc.h"
#include "x86/page.h"

#define PTR_SLOTS_PER_PAGE (PAGE_SIZE / sizeof(void *))

static inline unsigned int ptr_slots_order(u32 slots)
{
	return __builtin_ctzl(slots / PTR_SLOTS_PER_PAGE);
}

/* @slots pointers, all NULL; NULL when there is no memory. */
static inline void *ptr_slots_alloc(u32 slots)
{
	if (slots <= PTR_SLOTS_PER_PAGE) {
		return heap_alloc(slots * sizeof(void *));
	}
	return heap_alloc_pages(ptr_slots_order(slots));
}

static inline void ptr_slots_free(void *p, u32 slots)
{
	if (!p) {
		return;
	}
	if (slots <= PTR_SLOTS_PER_PAGE) {
		heap_free(p, slots * sizeof(void *));
	} else {
		heap_free_pages(p, ptr_slots_order(slots));
	}
}

#endif
