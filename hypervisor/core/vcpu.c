// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creating and dismantling virtual processors, and moving their vcpu_info.
 *
 * `info` always points at memory that nobody frees under it: the slot in shared_info, a private one for ids beyond those, the
 * frame that the guest registered (with a general and a writable type reference), or, once torn down, a dummy that no guest sees.
 */
#include "core/vcpu.h"

#include "core/evtchn.h"
#include "core/refusal.h"
#include "core/vcpu_time.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"

/* Where late writers of a dead vCPU's info end up; never delivered from. */
static struct vcpu_info nobodys_info;

static int init_info(struct vcpu *v)
{
	if (v->id < XEN_LEGACY_MAX_VCPUS) {
		v->info = &v->domain->shared_info->vcpu_info[v->id];
	} else {
		v->own_info = heap_alloc(sizeof(*v->own_info));
		if (!v->own_info) {
			return -ENOMEM;
		}
		v->info = v->own_info;
	}
	v->info->evtchn_upcall_mask = 1;
	v->info_mfn = MFN_INVALID;
	return 0;
}

int vcpu_create(struct domain *d, u32 id, struct vcpu **ret)
{
	struct vcpu *v = heap_alloc(sizeof(*v));
	int err;

	if (!v) {
		return -ENOMEM;
	}
	v->domain = d;
	v->id = id;
	err = init_info(v);
	if (err) {
		goto free_vcpu;
	}
	sched_vcpu_init(v);
	vcpu_time_init(v);
	v->pv.kernel_l4 = MFN_INVALID;
	v->pv.user_l4 = MFN_INVALID;
	err = vcpu_ops.init(v);
	if (err) {
		goto free_info;
	}
	*ret = v;
	return 0;

free_info:
	if (v->own_info) {
		heap_free(v->own_info, sizeof(*v->own_info));
	}
free_vcpu:
	heap_free(v, sizeof(*v));
	return err;
}

void vcpu_tear_down(struct vcpu *v)
{
	mfn_t mfn = v->info_mfn;

	if (v->torn_down) {
		return;
	}
	v->torn_down = true;
	vcpu_time_destroy(v);
	vcpu_ops.destroy(v);
	WRITE_ONCE(v->info, &nobodys_info);
	v->info_mfn = MFN_INVALID;
	if (!mfn_eq(mfn, MFN_INVALID)) {
		page_put_and_type(mfn_to_page(mfn));
	}
}

void vcpu_free(struct vcpu *v)
{
	vcpu_tear_down(v);
	if (v->own_info) {
		heap_free(v->own_info, sizeof(*v->own_info));
	}
	heap_free(v, sizeof(*v));
}

int vcpu_register_info(struct vcpu *v, mfn_t mfn, u32 offset)
{
	const char *op = "VCPUOP_register_vcpu_info";
	struct domain *d = v->domain;
	struct page_info *pg;
	struct vcpu_info *to;

	if (offset % 8 || offset > PAGE_SIZE - sizeof(*to)) {
		return refuse(d, -ENXIO, op, "not 8-byte aligned inside one page", mfn.v, offset);
	}
	if (!mfn_eq(v->info_mfn, MFN_INVALID)) {
		return refuse(d, -EINVAL, op, "registered once already", mfn.v, offset);
	}
	pg = page_get_mfn(mfn, &d->mem);
	if (!pg) {
		return refuse_frame(d, -EINVAL, op, "not a frame of this domain", offset, mfn);
	}
	if (page_get_type(pg, PGT_WRITABLE, false)) {
		page_put(pg);
		return refuse_frame(d, -EINVAL, op, "frame is in use as a table", offset, mfn);
	}
	to = (struct vcpu_info *)((u8 *)mfn_to_virt(mfn) + offset);
	memcpy(to, v->info, sizeof(*to));
	/* Events raised from now on land in the new place; those that still hit the old one are covered by marking all below. */
	v->info_mfn = mfn;
	__atomic_store_n(&v->info, to, __ATOMIC_SEQ_CST);
	__atomic_store_n(&to->evtchn_pending_sel, ~0ULL, __ATOMIC_SEQ_CST);
	vcpu_mark_events_pending(v);
	vcpu_time_publish(v);
	return 0;
}

void vcpu_send_nmi(struct vcpu *v)
{
	if (!__atomic_exchange_n(&v->pv.nmi_pending, true, __ATOMIC_SEQ_CST)) {
		sched_vcpu_wake(v, VCPU_BLOCKED | VCPU_POLLING);
		sched_vcpu_kick(v);
	}
}
