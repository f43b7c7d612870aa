/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames of domains: giving them out, keeping the page lists, taking them back; and the claims that promise them.
 *
 * Lock order: owner.lock, then heap_lock. tot_pages is raised before the frames exist, so that two callers cannot pass the limit
 * together.
 */
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/heap_blocks.h"
#include "mm/m2p.h"
#include "mm/owner.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "x86/page.h"

static void list_add(u32 *head, struct page_info *pg)
{
	u32 mfn = page_to_mfn(pg).v;

	pg->prev = 0;
	pg->next = *head;
	if (*head) {
		mfn_to_page(MFN(*head))->prev = mfn;
	}
	*head = mfn;
}

static void list_del(u32 *head, struct page_info *pg)
{
	if (pg->prev) {
		mfn_to_page(MFN(pg->prev))->next = pg->next;
	} else {
		*head = pg->next;
	}
	if (pg->next) {
		mfn_to_page(MFN(pg->next))->prev = pg->prev;
	}
}

/* Counts @pages against the limit; *claim is how many of them come out of the claim. */
static int reserve(struct page_owner *o, u64 pages, u64 *claim)
{
	int err = 0;

	spin_lock(&o->lock);
	if (o->dying) {
		err = -ESRCH;
	} else if (o->tot_pages + pages > o->max_pages) {
		err = -ENOSPC;
	} else {
		o->tot_pages += pages;
		*claim = MIN(o->claimed_pages, pages);
		o->claimed_pages -= *claim;
	}
	spin_unlock(&o->lock);
	return err;
}

static void unreserve(struct page_owner *o, u64 pages, u64 claim)
{
	spin_lock(&o->lock);
	o->tot_pages -= pages;
	o->claimed_pages += claim;
	spin_unlock(&o->lock);
}

int owner_pages_alloc(struct page_owner *o, unsigned int order, u64 max_mfn, mfn_t *ret)
{
	u64 i, first, claim = 0, pages = 1ULL << order;
	int err;

	if (order > PAGE_ORDER_MAX) {
		return -ENOMEM;
	}
	err = reserve(o, pages, &claim);
	if (err) {
		return err;
	}
	first = heap_take_block(order, max_mfn, claim);
	if (!first) {
		unreserve(o, pages, claim);
		return -ENOMEM;
	}
	spin_lock(&o->lock);
	for (i = first; i < first + pages; i++) {
		struct page_info *pg = mfn_to_page(MFN(i));

		pg->owner = o->id.v;
		list_add(&o->list_head, pg);
		__atomic_store_n(&pg->count, PGC_ALLOCATED | 1, __ATOMIC_RELEASE);
	}
	spin_unlock(&o->lock);
	*ret = MFN(first);
	return 0;
}

struct page_info *owner_page_take(struct page_owner *o)
{
	u64 alone = PGC_ALLOCATED | 1;
	struct page_info *pg = NULL;

	spin_lock(&o->lock);
	if (o->list_head) {
		pg = mfn_to_page(MFN(o->list_head));
		if (__atomic_compare_exchange_n(&pg->count, &alone, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			list_del(&o->list_head, pg);
			o->tot_pages--;
		} else {
			pg = NULL;
		}
	}
	spin_unlock(&o->lock);
	if (pg) {
		/* A type reference, a pin and an interrupted validation hold a general reference each. */
		BUG_ON((u32)pg->type || (pg->type & PGT_PINNED));
		m2p_set(page_to_mfn(pg), M2P_INVALID);
	}
	return pg;
}

void owner_page_retire(struct page_owner *o, struct page_info *pg)
{
	spin_lock(&o->lock);
	list_del(&o->list_head, pg);
	list_add(&o->retired_head, pg);
	__atomic_fetch_or(&pg->count, PGC_RETIRED, __ATOMIC_RELAXED);
	spin_unlock(&o->lock);
}

bool owner_page_steal(struct page_owner *o, struct page_info *pg)
{
	u64 alone = PGC_ALLOCATED | 1;

	if (page_owner(pg) != o->id.v || !__atomic_compare_exchange_n(&pg->count, &alone, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		return false;
	}
	/* Without general references there are no type references and no pin; nobody can take any while the count is 0. */
	BUG_ON((u32)pg->type || (pg->type & PGT_PINNED));
	spin_lock(&o->lock);
	list_del(&o->list_head, pg);
	o->tot_pages--;
	spin_unlock(&o->lock);
	return true;
}

void owner_page_unsteal(struct page_owner *o, struct page_info *pg)
{
	spin_lock(&o->lock);
	list_add(&o->list_head, pg);
	o->tot_pages++;
	__atomic_store_n(&pg->count, PGC_ALLOCATED | 1, __ATOMIC_RELEASE);
	spin_unlock(&o->lock);
}

void stolen_page_free(struct page_info *pg)
{
	m2p_set(page_to_mfn(pg), M2P_INVALID);
	heap_give_block(page_to_mfn(pg).v, 0, true);
}

void owner_page_free(struct page_info *pg)
{
	struct page_owner *o = owner_find(pg->owner);

	BUG_ON(!o || (u32)pg->type);
	m2p_set(page_to_mfn(pg), M2P_INVALID);
	spin_lock(&o->lock);
	if (pg->count & PGC_SPECIAL) {
		o->special_pages--;
	} else {
		list_del(pg->count & PGC_RETIRED ? &o->retired_head : &o->list_head, pg);
		o->tot_pages--;
	}
	spin_unlock(&o->lock);
	heap_give_block(page_to_mfn(pg).v, 0, true);
}

void *special_page_alloc(struct page_owner *o, bool writable)
{
	u64 mfn = heap_take_block(0, ~0ULL, 0);
	struct page_info *pg;

	if (!mfn) {
		return NULL;
	}
	pg = mfn_to_page(MFN(mfn));
	spin_lock(&o->lock);
	o->special_pages++;
	spin_unlock(&o->lock);
	pg->owner = o->id.v;
	/* One type reference for ever: writable frames never become tables, and a seg_desc one (unvalidated by guests) refuses writers. */
	pg->type = (writable ? PGT_WRITABLE : PGT_SEG_DESC) | PGT_VALIDATED | 1;
	__atomic_store_n(&pg->count, PGC_SPECIAL | PGC_ALLOCATED | 1, __ATOMIC_RELEASE);
	return mfn_to_virt(MFN(mfn));
}

void special_page_free(void *p)
{
	struct page_info *pg = mfn_to_page(virt_to_mfn(p));
	u64 x = READ_ONCE(pg->type);
	/* Only WRITABLE may stay VALIDATED without references. */
	u64 clear = (x & PGT_TYPE_MASK) == PGT_WRITABLE ? 0 : PGT_VALIDATED;

	/* The type reference goes with the hold; the frame leaves when the last mapping does. */
	while (!__atomic_compare_exchange_n(&pg->type, &x, (x & ~clear) - 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
	}
	BUG_ON(!page_release(pg));
}

int owner_claim(struct page_owner *o, u64 pages)
{
	u64 left;
	int err = 0;

	spin_lock(&o->lock);
	spin_lock(&heap_lock);
	heap_claimed_pages -= o->claimed_pages;
	o->claimed_pages = 0;
	left = pages_free(true);
	if (pages > left) {
		err = -ENOMEM;
	} else if (!o->dying) {
		o->claimed_pages = pages;
		heap_claimed_pages += pages;
	}
	spin_unlock(&heap_lock);
	spin_unlock(&o->lock);
	return err;
}
