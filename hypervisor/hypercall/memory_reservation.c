/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Growing and shrinking a domain: populate_physmap, increase_reservation, decrease_reservation.
 *
 * The result is the number of extents done; a guest treats fewer than asked as "no more memory for now". Preemption puts the extents done
 * into the command word.
 */
#include "core/refusal.h"
#include "hypercall/hypercall.h"
#include "hypercall/memory.h"
#include "hypercall/target.h"
#include "mm/guest_copy.h"
#include "mm/m2p.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "public/memory.h"

#define EXTENTS_MAX (~0u >> MEMOP_SHIFT)

/* One extent more. @pfn ~0: no M2P entries wanted. */
static int add_extent(struct domain *d, const struct xen_memory_reservation *r, u64 pfn, mfn_t *mfn)
{
	u64 i;
	int err = owner_pages_alloc(&d->mem, r->extent_order, memory_max_mfn(r->mem_flags), mfn);

	if (err) {
		return refuse(d, err, "populate", err == -ENOSPC ? "the domain has all the memory it may have" : "no free memory",
			      r->extent_order, d->mem.tot_pages);
	}
	for (i = 0; pfn != ~0ULL && i < (1ULL << r->extent_order); i++) {
		m2p_set(MFN(mfn->v + i), pfn + i);
	}
	return 0;
}

static int grow_one(struct domain *d, u32 op, const struct xen_memory_reservation *r, u64 i)
{
	gva_t at = guest_elem(GVA(r->extent_start), i, sizeof(u64));
	u64 pfn = ~0ULL;
	mfn_t mfn;
	int err;

	if (op == XENMEM_populate_physmap && guest_copy_in(&pfn, at, sizeof(pfn))) {
		return -EFAULT;
	}
	err = add_extent(d, r, pfn, &mfn);
	if (!err && r->extent_start) {
		err = guest_copy_out(at, &mfn.v, sizeof(mfn.v));
	}
	return err;
}

/* Lets one frame go; it is freed now or when its last mapping goes. */
static int release_frame(struct domain *d, mfn_t mfn)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);
	int err = 0;

	if (!pg || (pg->count & PGC_SPECIAL)) {
		err = refuse_frame(d, -EINVAL, "decrease reservation", "the frame does not belong to the domain", 0, mfn);
	} else if ((pg->type & PGT_PINNED) || !page_release(pg)) {
		err = refuse_frame(d, -EBUSY, "decrease reservation", "the frame is a pinned page table", 0, mfn);
	} else {
		m2p_set(mfn, M2P_INVALID);
	}
	if (pg) {
		page_put(pg);
	}
	return err;
}

static int shrink_one(struct domain *d, const struct xen_memory_reservation *r, u64 i)
{
	u64 mfn, j;
	int err = guest_copy_in(&mfn, guest_elem(GVA(r->extent_start), i, sizeof(u64)), sizeof(mfn));

	for (j = 0; !err && j < (1ULL << r->extent_order); j++) {
		err = release_frame(d, MFN(mfn + j));
	}
	return err;
}

static int check(const struct xen_memory_reservation *r, u64 start)
{
	if (r->nr_extents > EXTENTS_MAX || start > r->nr_extents) {
		return -EINVAL;
	}
	return r->extent_order <= memory_max_order() ? 0 : -EPERM;
}

s64 memory_reservation(u32 op, gva_t arg, u64 start)
{
	struct xen_memory_reservation r;
	struct domain *d;
	u64 i;
	int err;

	if (guest_copy_in(&r, arg, sizeof(r))) {
		return -EFAULT;
	}
	err = check(&r, start);
	if (!err) {
		err = target_get(r.domid, &d);
	}
	if (err) {
		return err;
	}
	for (i = start; i < r.nr_extents; i++) {
		err = op == XENMEM_decrease_reservation ? shrink_one(d, &r, i) : grow_one(d, op, &r, i);
		if (err) {
			break;
		}
		if (hypercall_should_preempt() && i + 1 < r.nr_extents) {
			hypercall_restart_arg(1, op | ((i + 1) << MEMOP_SHIFT));
			target_put(d);
			return -ERESTART;
		}
	}
	target_put(d);
	return i;
}
