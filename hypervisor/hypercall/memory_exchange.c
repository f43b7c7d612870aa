/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XENMEM_exchange: a guest gives up frames that are mapped nowhere and gets as many others, in extents of another order or below an
 * address limit. dom0's bounce buffers for devices come from here: 64 single frames against one contiguous extent of 64.
 *
 * All or nothing, at most EXCHANGE_PAGES at a time. The old frames are stolen first, so that the domain's limit holds, and given back if
 * the new ones cannot be had.
 */
#include "core/refusal.h"
#include "hypercall/hypercall.h"
#include "hypercall/memory.h"
#include "hypercall/target.h"
#include "mm/guest_copy.h"
#include "mm/m2p.h"
#include "mm/page_alloc.h"
#include "public/memory.h"

#define EXCHANGE_PAGES 512 /* one page of frame numbers */

/* Frame numbers being exchanged: the old ones by single frames, the new ones by extent. Each array is one heap page. */
struct exchange {
	struct domain *d;
	struct xen_memory_exchange arg;
	u64 *old;
	u64 *new;
	u64 pages;
};

static int check(struct exchange *x)
{
	const struct xen_memory_reservation *in = &x->arg.in, *out = &x->arg.out;

	if (x->arg.nr_exchanged || in->domid != out->domid || in->extent_order > 9 || out->extent_order > 9 ||
	    in->nr_extents > EXCHANGE_PAGES || out->nr_extents > EXCHANGE_PAGES) {
		return -EINVAL;
	}
	x->pages = in->nr_extents << in->extent_order;
	if (x->pages == 0 || x->pages > EXCHANGE_PAGES || x->pages != out->nr_extents << out->extent_order) {
		return -EINVAL;
	}
	return in->extent_order <= memory_max_order() && out->extent_order <= memory_max_order() ? 0 : -EPERM;
}

static int read_old(struct exchange *x)
{
	const struct xen_memory_reservation *in = &x->arg.in;
	u64 i, j, mfn;

	for (i = 0; i < in->nr_extents; i++) {
		if (guest_copy_in(&mfn, guest_elem(GVA(in->extent_start), i, sizeof(u64)), sizeof(mfn))) {
			return -EFAULT;
		}
		for (j = 0; j < (1ULL << in->extent_order); j++) {
			x->old[(i << in->extent_order) + j] = mfn + j;
		}
	}
	return 0;
}

static void unsteal(struct exchange *x, u64 count)
{
	while (count--) {
		owner_page_unsteal(&x->d->mem, mfn_to_page(MFN(x->old[count])));
	}
}

static int steal_old(struct exchange *x)
{
	u64 i;

	for (i = 0; i < x->pages; i++) {
		struct page_info *pg = frame_lookup(MFN(x->old[i]));

		if (!pg || !owner_page_steal(&x->d->mem, pg)) {
			unsteal(x, i);
			return refuse(x->d, -ENOMEM, "exchange", "a frame is not the domain's or is still in use", x->old[i],
				      pg ? pg->type : 0);
		}
	}
	return 0;
}

static void free_extent(struct exchange *x, u64 mfn)
{
	u64 j;

	for (j = 0; j < (1ULL << x->arg.out.extent_order); j++) {
		struct page_info *pg = mfn_to_page(MFN(mfn + j));

		if (owner_page_steal(&x->d->mem, pg)) {
			stolen_page_free(pg);
		}
	}
}

static int allocate_new(struct exchange *x)
{
	const struct xen_memory_reservation *out = &x->arg.out;
	mfn_t mfn;
	u64 i;

	for (i = 0; i < out->nr_extents; i++) {
		if (owner_pages_alloc(&x->d->mem, out->extent_order, memory_max_mfn(out->mem_flags), &mfn)) {
			while (i--) {
				free_extent(x, x->new[i]);
			}
			return -ENOMEM;
		}
		x->new[i] = mfn.v;
	}
	return 0;
}

/* Tells the guest. The exchange has happened; a buffer that cannot be written is the guest's loss. */
static int publish(struct exchange *x, gva_t arg)
{
	const struct xen_memory_reservation *out = &x->arg.out;
	u64 i, j, pfn;

	for (i = 0; i < out->nr_extents; i++) {
		gva_t at = guest_elem(GVA(out->extent_start), i, sizeof(u64));

		if (guest_copy_in(&pfn, at, sizeof(pfn))) {
			return -EFAULT;
		}
		for (j = 0; j < (1ULL << out->extent_order); j++) {
			m2p_set(MFN(x->new[i] + j), pfn + j);
		}
		if (guest_copy_out(at, &x->new[i], sizeof(u64))) {
			return -EFAULT;
		}
	}
	return guest_copy_out(GVA(arg.v + offsetof(struct xen_memory_exchange, nr_exchanged)), &x->arg.in.nr_extents, sizeof(u64));
}

static int run(struct exchange *x, gva_t arg)
{
	int err = read_old(x);
	u64 i;

	if (!err) {
		err = steal_old(x);
	}
	if (err) {
		return err;
	}
	err = allocate_new(x);
	if (err) {
		unsteal(x, x->pages);
		return err;
	}
	for (i = 0; i < x->pages; i++) {
		stolen_page_free(mfn_to_page(MFN(x->old[i])));
	}
	return publish(x, arg);
}

s64 memory_exchange(gva_t arg)
{
	struct exchange x = { 0 };
	int err;

	if (guest_copy_in(&x.arg, arg, sizeof(x.arg))) {
		return -EFAULT;
	}
	err = check(&x);
	if (err) {
		return err;
	}
	err = target_get(x.arg.in.domid, &x.d);
	if (err) {
		return err;
	}
	x.old = heap_alloc_pages(0);
	x.new = heap_alloc_pages(0);
	err = x.old && x.new ? run(&x, arg) : -ENOMEM;
	heap_free_pages(x.new, 0);
	heap_free_pages(x.old, 0);
	target_put(x.d);
	return err;
}
