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

/* Locates and locks the entry to change. NULL: no such entry in an L1 table of @d. */
static pte_t *lock_slot(struct domain *d, u64 host_addr, bool contains_pte, struct page_info **l1)
{
	struct page_info *pg;
	u64 type;

	if (!contains_pte) {
		return current_vcpu()->domain == d ? pt_find_lock_l1e(host_addr, l1) : NULL;
	}
	pg = frame_lookup(MFN(host_addr >> PAGE_SHIFT));
	if (!pg || (host_addr & (sizeof(pte_t) - 1))) {
		return NULL;
	}
	type = page_lock_table(pg, &d->mem);
	if (type != PGT_L1) {
		if (type) {
			page_unlock(pg);
		}
		return NULL;
	}
	*l1 = pg;
	return maddr_to_virt(MADDR(host_addr));
}

static int map(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, u64 flags)
{
	struct domain *granter = pt_domain_of(mfn_to_page(mfn));
	struct pt_context ctx = { d, granter };
	struct page_info *l1;
	pte_t *slot = lock_slot(d, host_addr, contains_pte, &l1);
	int err;

	if (!slot) {
		refusal_record(d, "grant map", "no page-table entry of the domain at the address", host_addr, mfn.v);
		return GNTST_general_error;
	}
	err = granter ? pt_set_l1e(&ctx, slot, pte_make(mfn, flags), PT_STORE_PLAIN, 0) : -EINVAL;
	page_unlock(l1);
	return err ? GNTST_general_error : GNTST_okay;
}

static int unmap(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, bool writable)
{
	struct pt_context ctx = PT_SELF(d);
	struct page_info *l1;
	pte_t *slot = lock_slot(d, host_addr, contains_pte, &l1);
	int err = -EINVAL;

	if (!slot) {
		return GNTST_bad_virt_addr;
	}
	if ((*slot & PTE_P) && mfn_eq(pte_mfn(*slot), mfn) && !!(*slot & PTE_RW) <= writable) {
		err = pt_set_l1e(&ctx, slot, 0, PT_STORE_PLAIN, 0);
	}
	page_unlock(l1);
	return err ? GNTST_bad_virt_addr : GNTST_okay;
}

const struct grant_pte_ops grant_pte_ops = {
	.map = map,
	.unmap = unmap,
};
