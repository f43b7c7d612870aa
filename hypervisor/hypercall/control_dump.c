/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control ABI's operations for looking at a domain from outside: contexts of its vCPUs and the list of its frames. Their contents
 * are read by CONTROL_DOM_READ_FRAMES (control_build.c).
 *
 * The list is a walk over the frame table, not over the domain's own list: that one changes under a running domain, and a place in it
 * could not be kept from one call to the next. It costs time by the machine's memory, and nothing of what it tells is the guest's word
 * but the pseudo-physical numbers.
 */
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "mm/m2p.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pv.h"

#define AT_ONCE 64	   /* rows between two copies to the caller */
#define LOOK_EVERY 4096ULL /* frames between two looks at whether somebody else should run */

s64 control_get_context(struct domain *d, struct control_dom *c)
{
	struct vcpu *v = domain_vcpu(d, c->u.context.vcpu);
	struct vcpu_guest_context *ctx;
	int err;

	if (!v || d == current_vcpu()->domain) {
		return -EINVAL;
	}
	ctx = heap_alloc_pages(1);
	if (!ctx) {
		return -ENOMEM;
	}
	domain_pause(d);
	pv_get_context(v, ctx);
	domain_unpause(d);
	err = guest_copy_out(GVA(c->u.context.context), ctx, sizeof(*ctx));
	heap_free_pages(ctx, 1);
	return err;
}

/* Owned now, which a running domain may change at any time after. */
static bool frame_is_listed(const struct domain *d, u64 mfn)
{
	struct page_info *pg = frame_lookup(MFN(mfn));

	return pg && page_owner(pg) == d->id.v && (READ_ONCE(pg->count) & (PGC_ALLOCATED | PGC_SPECIAL)) == PGC_ALLOCATED;
}

/* Rows for the frames from *mfn to @end, at most @room; *mfn is the next one to look at. */
static u32 collect_frames(const struct domain *d, u64 *mfn, u64 end, struct control_frame *rows, u64 room)
{
	u32 found = 0;

	for (; *mfn < end && found < room; (*mfn)++) {
		if (frame_is_listed(d, *mfn)) {
			rows[found++] = (struct control_frame){ *mfn, m2p_get(MFN(*mfn)) };
		}
	}
	return found;
}

s64 control_list_frames(struct domain *d, struct control_frame_list *l)
{
	struct control_frame rows[AT_ONCE];
	u64 mfn = l->first, done = 0;

	while (mfn < frame_table_end && done < l->count) {
		u64 end = MIN(frame_table_end, (mfn | (LOOK_EVERY - 1)) + 1);
		u32 found = collect_frames(d, &mfn, end, rows, MIN(l->count - done, (u64)AT_ONCE));

		if (guest_copy_out(guest_elem(GVA(l->buffer), done, sizeof(rows[0])), rows, found * sizeof(rows[0]))) {
			return -EFAULT;
		}
		done += found;
		if (hypercall_should_preempt()) {
			break; /* a short answer is legal; the caller goes on at `first` */
		}
	}
	l->first = mfn < frame_table_end ? mfn : ~0ULL;
	l->count = done;
	return 0;
}
