/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control ABI's operations for building a domain: frames, their contents, first context, ports.
 *
 * Contents go through the direct map: nobody maps foreign frames to build a guest. The caller's buffers are read with guest_copy, page by
 * page; long calls are re-issued with `done` advanced in the caller's struct, where a forged value only changes which frames are touched.
 */
#include "core/evtchn.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "mm/m2p.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/pcpu.h"

#define BATCH_MAX      (1ULL << 32)
#define POPULATE_ORDER 9u /* frames are taken in blocks of up to 2 MiB */

/* Writes the request back with progress and asks for a re-issue. */
static s64 again(gva_t arg, const struct control_dom *c)
{
	return guest_copy_out(arg, c, sizeof(*c)) ? -EFAULT : -ERESTART;
}

/* As many frames as one block of at most @order gives: fewer when memory is in pieces. Frames and PFNs go on at p->done. */
static int populate_block(struct domain *d, struct control_populate *p, unsigned int order)
{
	mfn_t mfn;
	u64 i;
	int err;

	do {
		err = owner_pages_alloc(&d->mem, order, ~0ULL, &mfn);
	} while (err == -ENOMEM && order-- > 0);
	if (err) {
		return err;
	}
	for (i = 0; i < (1ULL << order); i++, p->done++, mfn.v++) {
		m2p_set(mfn, p->first_pfn + p->done);
		if (guest_copy_out(guest_elem(GVA(p->mfns), p->done, sizeof(u64)), &mfn.v, sizeof(mfn.v))) {
			return -EFAULT;
		}
	}
	return 0;
}

s64 control_populate(struct domain *d, struct control_dom *c, gva_t arg)
{
	struct control_populate *p = &c->u.populate;

	if (p->count > BATCH_MAX || p->done > p->count) {
		return refuse(d, -EINVAL, "populate", "more frames than any domain can have", p->count, p->done);
	}
	while (p->done < p->count) {
		unsigned int order = MIN(63 - (unsigned int)__builtin_clzll(p->count - p->done), POPULATE_ORDER);
		int err = populate_block(d, p, order);

		if (err) {
			return err == -ENOSPC ? refuse(d, -ENOMEM, "populate", "the domain has all the memory it may have", p->count,
						       d->mem.max_pages) : err;
		}
		if (p->done < p->count && hypercall_should_preempt()) {
			return again(arg, c);
		}
	}
	p->done = 0;
	return 0;
}

/* One whole frame of @d from or to the caller's buffer. */
static int copy_frame(struct domain *d, mfn_t mfn, gva_t buffer, bool write)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);
	int err;

	if (!pg) {
		return refuse_frame(d, -EINVAL, "copy frames", "the frame does not belong to the domain", 0, mfn);
	}
	if (!write) {
		err = guest_copy_out(buffer, mfn_to_virt(mfn), PAGE_SIZE);
	} else if (page_get_type(pg, PGT_WRITABLE, false)) {
		err = refuse_frame(d, -EBUSY, "copy frames", "the frame is in use as a page table", 0, mfn);
	} else {
		err = guest_copy_in(mfn_to_virt(mfn), buffer, PAGE_SIZE);
		page_put_type(pg, false);
	}
	page_put(pg);
	return err;
}

s64 control_frames(struct domain *d, struct control_dom *c, gva_t arg)
{
	struct control_frames *f = &c->u.frames;
	bool write = c->cmd == CONTROL_DOM_WRITE_FRAMES;

	if (write && d->state != DOMAIN_BUILDING) {
		return refuse(d, -EBUSY, "write frames", "the domain has run already", f->count, 0);
	}
	if (f->count > BATCH_MAX || f->done > f->count || (f->buffer & ~PAGE_MASK)) {
		return -EINVAL;
	}
	while (f->done < f->count) {
		u64 mfn;
		int err = guest_copy_in(&mfn, guest_elem(GVA(f->mfns), f->done, sizeof(u64)), sizeof(mfn));

		if (!err) {
			err = copy_frame(d, MFN(mfn), guest_elem(GVA(f->buffer), f->done, PAGE_SIZE), write);
		}
		if (err) {
			return err;
		}
		f->done++;
		if (f->done < f->count && hypercall_should_preempt()) {
			return again(arg, c);
		}
	}
	f->done = 0;
	return 0;
}

s64 control_start_context(struct domain *d, struct control_dom *c, gva_t arg)
{
	struct control_context *x = &c->u.context;
	struct vcpu *v = domain_vcpu(d, x->vcpu);
	struct vcpu_guest_context *ctx;
	int err = 0;

	_Static_assert(sizeof(struct vcpu_guest_context) <= 2 * PAGE_SIZE, "fits the copy below");
	if (!v || d->state != DOMAIN_BUILDING || !(READ_ONCE(v->sched.wait) & VCPU_DOWN)) {
		return refuse(d, -EBUSY, "start context", "no such vCPU, or it has run already", x->vcpu, 0);
	}
	if (x->l4_mfn) {
		err = pt_pin(d, MFN(x->l4_mfn), 4);
		if (err) {
			return err;
		}
		x->l4_mfn = 0;
	}
	ctx = heap_alloc_pages(1);
	if (!ctx) {
		return -ENOMEM;
	}
	err = guest_copy_in(ctx, GVA(x->context), sizeof(*ctx));
	if (!err) {
		err = pv_set_context(v, ctx);
	}
	heap_free_pages(ctx, 1);
	if (err == -ERESTART) {
		return again(arg, c); /* the tables are pinned already: l4_mfn is 0 now */
	}
	if (!err) {
		sched_vcpu_wake(v, VCPU_DOWN);
	}
	return err;
}

s64 control_seed_ports(struct domain *d, struct control_dom *c)
{
	struct control_seed_ports *s = &c->u.seed_ports;
	evtchn_port_t store, console;
	int err = evtchn_reserve_unbound(d, DOMID(s->remote), &store);

	if (err) {
		return err;
	}
	err = evtchn_reserve_unbound(d, DOMID(s->remote), &console);
	if (err) {
		evtchn_cancel(d, store);
		return err;
	}
	evtchn_commit(d, store);
	evtchn_commit(d, console);
	s->store_port = store.v;
	s->console_port = console.v;
	return 0;
}

s64 control_set_map(struct domain *d, struct control_dom *c)
{
	struct e820_range *r = d->e820;

	if (c->u.pages.pages == 0 || c->u.pages.pages > (GIB(16) >> 2)) {
		return -EINVAL;
	}
	if (!r) {
		r = heap_alloc(sizeof(*r));
		if (!r) {
			return -ENOMEM;
		}
	}
	*r = (struct e820_range){ 0, c->u.pages.pages << PAGE_SHIFT, 1 };
	d->e820_count = 1;
	d->e820 = r;
	return 0;
}
