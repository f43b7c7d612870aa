// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu_op: a domain starts, stops and asks about its own virtual processors, and says where they keep their shared areas.
 *
 * domain.lock orders what changes a vCPU's set-up. A context is given to a vCPU only when it is down and its state is saved;
 * if it is still loaded somewhere, the call is issued again rather than waited for, so that no two vCPUs can wait for each other.
 */
#include "hypercall/hypercall.h"

#include "core/refusal.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "mm/page_alloc.h"
#include "public/sched.h"
#include "pv/pv.h"
#include "x86/pcpu.h"
#include "x86/time.h"

#define CONTEXT_ORDER 1
_Static_assert(sizeof(struct vcpu_guest_context) <= PAGE_SIZE << CONTEXT_ORDER, "context buffer");

static bool is_down(const struct vcpu *v)
{
	return READ_ONCE(v->sched.wait) & VCPU_DOWN;
}

static s64 apply_context(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
	s64 err;

	spin_lock(&v->domain->lock);
	if (!is_down(v) || vcpu_is_initialised(v)) {
		err = -EEXIST;
	} else {
		err = sched_vcpu_evict(v);
		if (!err) {
			err = pv_set_context(v, ctx);
		}
	}
	spin_unlock(&v->domain->lock);
	return err;
}

static s64 initialise(struct vcpu *v, gva_t arg)
{
	struct vcpu_guest_context *ctx = heap_alloc_pages(CONTEXT_ORDER);
	s64 err;

	if (!ctx) {
		return -ENOMEM;
	}
	err = guest_copy_in(ctx, arg, sizeof(*ctx));
	if (!err) {
		err = apply_context(v, ctx);
	}
	heap_free_pages(ctx, CONTEXT_ORDER);
	return err;
}

static s64 up(struct vcpu *v)
{
	struct domain *d = v->domain;
	s64 err = 0;

	spin_lock(&d->lock);
	if (!vcpu_is_initialised(v)) {
		err = refuse(d, -EINVAL, "VCPUOP_up", "the vCPU has no context yet", v->id, 0);
	} else if (!domain_is_dying(d)) {
		sched_vcpu_wake(v, VCPU_DOWN);
	}
	spin_unlock(&d->lock);
	return err;
}

/* A domain that stops its last vCPU has switched itself off. */
static s64 down(struct vcpu *v)
{
	struct domain *d = v->domain;
	bool others = false;
	u32 i;

	spin_lock(&d->lock);
	for (i = 0; i < d->vcpu_count; i++) {
		others |= d->vcpus[i] != v && !is_down(d->vcpus[i]);
	}
	if (others) {
		sched_vcpu_sleep(v, VCPU_DOWN);
	}
	spin_unlock(&d->lock);
	if (!others) {
		domain_shutdown(d, SHUTDOWN_poweroff);
	}
	return 0;
}

static s64 get_runstate(struct vcpu *v, gva_t arg)
{
	struct vcpu_runstate_info r = { 0 };
	u64 now;

	sched_vcpu_runstate(v, &r);
	now = time_now_ns();
	if (now > r.state_entry_time) {
		r.time[r.state] += now - r.state_entry_time;
	}
	return guest_copy_out(arg, &r, sizeof(r));
}

static s64 register_runstate(struct vcpu *v, gva_t arg)
{
	struct vcpu_register_runstate_memory_area op;
	int err;

	if (guest_copy_in(&op, arg, sizeof(op)) || !guest_range_ok(op.addr.p, sizeof(struct vcpu_runstate_info))) {
		return -EFAULT;
	}
	v->runstate_gva = op.addr.p;
	if (op.addr.p) {
		err = vcpu_runstate_write_area(v, GVA(op.addr.p));
		/* The area may be mapped later; it is written again whenever the vCPU is scheduled. */
		(void)err;
	}
	return 0;
}

static s64 register_time(struct vcpu *v, gva_t arg)
{
	struct vcpu_register_time_memory_area op;

	if (guest_copy_in(&op, arg, sizeof(op)) || !guest_range_ok(op.addr.p, sizeof(struct vcpu_time_info))) {
		return -EFAULT;
	}
	if (op.addr.p && vcpu_time_write_area(v, GVA(op.addr.p))) {
		return -EFAULT;
	}
	v->time_gva = op.addr.p;
	return 0;
}

static s64 register_info(struct vcpu *v, gva_t arg)
{
	struct vcpu_register_vcpu_info op;
	s64 err;

	if (guest_copy_in(&op, arg, sizeof(op))) {
		return -EFAULT;
	}
	spin_lock(&v->domain->lock);
	if (v != current_vcpu() && !is_down(v)) {
		err = refuse(v->domain, -EINVAL, "VCPUOP_register_vcpu_info", "the vCPU runs and is not the caller", v->id, op.mfn);
	} else {
		err = vcpu_register_info(v, MFN(op.mfn), op.offset);
	}
	spin_unlock(&v->domain->lock);
	return err;
}

static s64 set_singleshot(struct vcpu *v, gva_t arg)
{
	struct vcpu_set_singleshot_timer op;

	if (guest_load(&op, arg)) {
		return -EFAULT;
	}
	if ((op.flags & VCPU_SSHOTTMR_future) && op.timeout_abs_ns < time_now_ns()) {
		return -ETIME;
	}
	vcpu_set_singleshot(v, op.timeout_abs_ns);
	return 0;
}

/* A vCPU's one-shot timer is its own business; there is no periodic one, which is what stopping it says too. */
static s64 timer_op(struct vcpu *v, u32 cmd, gva_t arg)
{
	if (v != current_vcpu()) {
		return -EINVAL;
	}
	switch (cmd) {
	case VCPUOP_set_singleshot_timer:
		return set_singleshot(v, arg);
	case VCPUOP_stop_singleshot_timer:
		vcpu_stop_singleshot(v);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

HYPERCALL(vcpu_op)
{
	struct domain *d = current_vcpu()->domain;
	struct vcpu *v = a2 <= MAX_VCPUS ? domain_vcpu(d, (u32)a2) : NULL;
	gva_t arg = GVA(a3);

	(void)a4, (void)a5, (void)a6;
	if (!v) {
		return -ENOENT;
	}
	switch ((u32)a1) {
	case VCPUOP_initialise:
		return initialise(v, arg);
	case VCPUOP_up:
		return up(v);
	case VCPUOP_down:
		return down(v);
	case VCPUOP_is_up:
		return !is_down(v);
	case VCPUOP_get_runstate_info:
		return get_runstate(v, arg);
	case VCPUOP_register_runstate_memory_area:
		return register_runstate(v, arg);
	case VCPUOP_set_periodic_timer:
	case VCPUOP_set_singleshot_timer:
	case VCPUOP_stop_singleshot_timer:
		return timer_op(v, (u32)a1, arg);
	case VCPUOP_stop_periodic_timer:
		return 0;
	case VCPUOP_register_vcpu_info:
		return register_info(v, arg);
	case VCPUOP_send_nmi:
		vcpu_send_nmi(v);
		return 0;
	case VCPUOP_get_physid:
		return -EINVAL;
	case VCPUOP_register_vcpu_time_memory_area:
		return register_time(v, arg);
	default:
		return refuse(d, -ENOSYS, "vcpu_op", "operation is not offered", a1, a2);
	}
}
