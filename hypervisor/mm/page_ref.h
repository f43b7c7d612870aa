/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * General references to frames. A frame with references is not freed or given to another owner. Lock-free: the count is changed by
 * compare-and-exchange, so that a frame without references (free, or being set up by the allocator) is never touched.
 */
#ifndef LAMINA_MM_PAGE_REF_H
#define LAMINA_MM_PAGE_REF_H

#include "lib/types.h"
#include "mm/frame_table.h"
#include "mm/owner.h"

/* Counts stop well before they wrap; a guest that collects so many references is refused. */
#define PAGE_COUNT_LIMIT 0xfffff000U

/* The last reference of @pg is gone (page_alloc.h). */
void owner_page_free(struct page_info *pg);

/* Drops a reference; the last one scrubs and frees the frame. */
static inline void page_put(struct page_info *pg)
{
	if (unlikely((u32)__atomic_sub_fetch(&pg->count, 1, __ATOMIC_ACQ_REL) == 0)) {
		owner_page_free(pg);
	}
}

/* Takes one more reference; the caller holds one already, or knows by other means that the frame is not being freed. False on overflow. */
static inline __must_check bool page_ref(struct page_info *pg)
{
	u64 x = READ_ONCE(pg->count);

	do {
		if (unlikely((u32)x - 1 >= PAGE_COUNT_LIMIT - 1)) {
			return false;
		}
	} while (!__atomic_compare_exchange_n(&pg->count, &x, x + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return true;
}

static inline u16 page_owner(const struct page_info *pg) { return READ_ONCE(pg->owner); }

/* Takes a reference if @pg is allocated to @o. False otherwise (or on overflow). */
static inline __must_check bool page_get(struct page_info *pg, const struct page_owner *o)
{
	if (unlikely(!page_ref(pg))) {
		return false;
	}
	if (likely(page_owner(pg) == o->id.v && (READ_ONCE(pg->count) & PGC_ALLOCATED))) {
		return true;
	}
	page_put(pg);
	return false;
}

/* As page_get() for a frame number that may be anything; NULL if it is no RAM or not @o's. */
static inline __must_check struct page_info *page_get_mfn(mfn_t mfn, const struct page_owner *o)
{
	struct page_info *pg = frame_lookup(mfn);

	return pg && page_get(pg, o) ? pg : NULL;
}

/* Drops the owner's own reference (PGC_ALLOCATED): the first half of freeing. True if this caller cleared it. */
bool page_release(struct page_info *pg);

#endif
