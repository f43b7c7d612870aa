/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CONTROL_SYS_GRANT_COPY: the data path of back ends in dom0's user space. Each segment holds its granted frame (core/grant_copy.c) and
 * copies directly between it and the caller's memory: the one place where guest memory is not copied to a local first, because nobody
 * here looks at the contents. A page of the caller's that is not there costs that segment only.
 */
#include "core/domain.h"
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "mm/guest_copy.h"
#include "mm/page_type.h"
#include "x86/page.h"
#include "x86/pcpu.h"

#define AT_ONCE 16 /* segments between two looks at whether somebody else should run */

static int copy_segment(struct domain *cur, struct domain *owner, const struct control_copy_segment *s)
{
	bool to_grant = s->flags & CONTROL_COPY_TO_GRANT;
	struct grant_held held = { .owner = owner, .ref = s->ref, .readonly = !to_grant };
	char *frame;
	int status, fault;

	if ((u32)s->offset + s->bytes > PAGE_SIZE || (s->flags & ~CONTROL_COPY_TO_GRANT)) {
		return GNTST_bad_copy_arg;
	}
	if (!owner) {
		return GNTST_bad_domain;
	}
	status = grant_hold(cur, &held);
	if (status) {
		return status;
	}
	frame = (char *)mfn_to_virt(held.mfn) + s->offset;
	fault = to_grant ? guest_copy_in(frame, GVA(s->address), s->bytes) : guest_copy_out(GVA(s->address), frame, s->bytes);
	grant_release(&held);
	return fault ? CONTROL_COPY_FAULT : GNTST_okay;
}

/* Segments in a row are mostly of one domain: it is looked up once. */
static void copy_segments(struct domain *cur, struct control_copy_segment *s, u32 count)
{
	struct domain *owner = NULL;
	u32 i;

	for (i = 0; i < count; i++) {
		if (i == 0 || s[i].domid != s[i - 1].domid) {
			if (owner) {
				domain_put(owner);
			}
			owner = grant_domain_get(cur, s[i].domid, true);
		}
		s[i].status = (s16)copy_segment(cur, owner, &s[i]);
		if (s[i].status && s[i].status != CONTROL_COPY_FAULT) {
			refusal_record(cur, "control: grant copy", "an argument or a grant does not allow it (see status)",
				       (u64)s[i].domid << 32 | s[i].ref, (u64)(s64)s[i].status);
		}
	}
	if (owner) {
		domain_put(owner);
	}
}

s64 control_grant_copy(struct control_sys *c, gva_t arg)
{
	struct control_grant_copy *g = &c->u.grant_copy;
	struct control_copy_segment s[AT_ONCE];

	if (g->done > g->count) {
		return -EINVAL;
	}
	while (g->done < g->count) {
		gva_t at = guest_elem(GVA(g->segments), g->done, sizeof(s[0]));
		u32 count = MIN(g->count - g->done, (u32)AT_ONCE);

		if (guest_copy_in(s, at, count * sizeof(s[0]))) {
			return -EFAULT;
		}
		copy_segments(current_vcpu()->domain, s, count);
		/* The rest of them is as it came. */
		if (guest_copy_out(at, s, count * sizeof(s[0]))) {
			return -EFAULT;
		}
		g->done += count;
		if (g->done < g->count && hypercall_should_preempt()) {
			return guest_copy_out(arg, c, sizeof(*c)) ? -EFAULT : -ERESTART;
		}
	}
	g->done = 0;
	return 0;
}
