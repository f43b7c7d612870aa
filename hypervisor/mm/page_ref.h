/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * General references to frames. A frame with references is not freed or given to another owner. Lock-free.
 */
#ifndef LAMINA_MM_PAGE_REF_H
#define LAMINA_MM_PAGE_REF_H

#include "lib/types.h"
#include "mm/frame_table.h"

struct page_owner;

/* Takes a reference if @pg is allocated to @o. False otherwise (or on overflow). */
bool page_get(struct page_info *pg, const struct page_owner *o) __must_check;
/* As page_get() for a frame number that may be anything; NULL if it is no RAM or not @o's. */
struct page_info *page_get_mfn(mfn_t mfn, const struct page_owner *o) __must_check;
/* Takes one more reference; the caller holds one already. False on overflow. */
bool page_ref(struct page_info *pg) __must_check;
/* Drops a reference; the last one scrubs and frees the frame. */
void page_put(struct page_info *pg);
/* Drops the owner's own reference (PGC_ALLOCATED): the first half of freeing. True if this caller cleared it. */
bool page_release(struct page_info *pg);
static inline u16 page_owner(const struct page_info *pg) { return READ_ONCE(pg->owner); }

#endif
