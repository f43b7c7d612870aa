/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the allocator: page_alloc.c (blocks), owner_pages.c and owner.c (domains' frames). Nobody else includes this. */
#ifndef LAMINA_MM_HEAP_BLOCKS_H
#define LAMINA_MM_HEAP_BLOCKS_H

#include "lib/types.h"
#include "x86/spinlock.h"

extern spinlock_t heap_lock;
/* Sum of all owners' claims. Under heap_lock. */
extern u64 heap_claimed_pages;

/*
 * Takes a clean block of 2^order frames that ends below @max_mfn; @claim_used of them were promised to the caller. First frame number
 * or 0. Frames come with count 0, type 0, owner none.
 */
u64 heap_take_block(unsigned int order, u64 max_mfn, u64 claim_used);
/* Gives a block back; @stale: guests may have had it mapped. */
void heap_give_block(u64 mfn, unsigned int order, bool stale);
/* A guest's frames in a row. */
void heap_give_frames(u64 first, u64 count);

#endif
