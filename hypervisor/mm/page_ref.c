/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * General references: see page_ref.h. The count is changed by compare-and-exchange, so that a frame without references (free, or
 * being set up by the allocator) is never touched.
 */
#include "mm/page_ref.h"

#include "mm/owner.h"
#include "mm/page_alloc.h"

/* Counts stop well before they wrap; a guest that collects so many references is refused. */
#define COUNT_LIMIT 0xfffff000U

bool page_ref(struct page_info *pg)
{
	u64 x = READ_ONCE(pg->count);

	do {
		if (unlikely((u32)x == 0 || (u32)x >= COUNT_LIMIT)) {
			return false;
		}
	} while (!__atomic_compare_exchange_n(&pg->count, &x, x + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return true;
}

bool page_get(struct page_info *pg, const struct page_owner *o)
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

struct page_info *page_get_mfn(mfn_t mfn, const struct page_owner *o)
{
	struct page_info *pg = frame_lookup(mfn);

	return pg && page_get(pg, o) ? pg : NULL;
}

void page_put(struct page_info *pg)
{
	u64 left = __atomic_sub_fetch(&pg->count, 1, __ATOMIC_ACQ_REL);

	if (unlikely((u32)left == 0)) {
		owner_page_free(pg);
	}
}

bool page_release(struct page_info *pg)
{
	u64 old = __atomic_fetch_and(&pg->count, ~PGC_ALLOCATED, __ATOMIC_ACQ_REL);

	if (!(old & PGC_ALLOCATED)) {
		return false;
	}
	page_put(pg);
	return true;
}
