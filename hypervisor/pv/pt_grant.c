/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Granted frames in guest page tables (grant_pte_ops). The entry takes references of its own, as any other L1 entry does, so a guest
 * that later overwrites it drops exactly those; the grant's own references stay with its map-track entry.
 */
#include "core/grant.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pt_rules.h"
#include "x86/pcpu.h"

/* The entry at machine address @at, its table locked; NULL if it is in no L1 table of @d. */
static __attribute__((noinline)) pte_t *lock_slot_at(struct domain *d, u64 at, struct page_info **l1)
{
	*l1 = frame_lookup(MFN(at >> PAGE_SHIFT));
	if (!*l1 || (at & (sizeof(pte_t) - 1)) || !page_lock_l1(*l1, &d->mem)) {
		return NULL;
	}
	return maddr_to_virt(MADDR(at));
}

/* Locates and locks the entry to change. NULL: no such entry in an L1 table of @d. */
static inline pte_t *lock_slot(struct domain *d, u64 host_addr, bool contains_pte, struct page_info **l1)
{
	if (unlikely(contains_pte)) {
		return lock_slot_at(d, host_addr, l1);
	}
	return likely(current_vcpu()->domain == d) ? pt_find_lock_l1e(host_addr, l1) : NULL;
}

static int map(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, u64 flags)
{
	struct domain *granter = pt_domain_of(mfn_to_page(mfn));
	struct pt_context ctx = { d, granter };
	struct page_info *l1;
	pte_t *slot = lock_slot(d, host_addr, contains_pte, &l1);
	int err;

	if (unlikely(!slot)) {
		refusal_record(d, "grant map", "no page-table entry of the domain at the address", host_addr, mfn.v);
		return GNTST_general_error;
	}
	err = granter ? pt_replace_l1e(&ctx, slot, pte_make(mfn, flags)) : -EINVAL;
	page_unlock(l1);
	return err ? GNTST_general_error : GNTST_okay;
}

static int unmap(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, bool writable)
{
	struct pt_context ctx = PT_SELF(d);
	struct page_info *l1;
	pte_t *slot = lock_slot(d, host_addr, contains_pte, &l1);
	int err = -EINVAL;

	if (unlikely(!slot)) {
		return GNTST_bad_virt_addr;
	}
	if ((*slot & PTE_P) && mfn_eq(pte_mfn(*slot), mfn) && !!(*slot & PTE_RW) <= writable) {
		err = pt_replace_l1e(&ctx, slot, 0);
	}
	page_unlock(l1);
	return err ? GNTST_bad_virt_addr : GNTST_okay;
}

const struct grant_pte_ops grant_pte_ops = {
	.map = map,
	.unmap = unmap,
};
