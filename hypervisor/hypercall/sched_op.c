// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched_op and set_timer_op: a vCPU gives up the processor, a domain ends.
 *
 * Sleeping without losing an event: first the vCPU is marked asleep, then the events are looked at; whoever raises one stores it
 * first and looks for sleepers then. The vCPU stops on the way back to the guest, so everything here still runs to its end.
 */
#include "hypercall/hypercall.h"

#include "core/evtchn.h"
#include "core/refusal.h"
#include "core/sched.h"
#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "core/watchdog.h"
#include "hypercall/target.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "public/sched.h"
#include "x86/pcpu.h"

#define POLL_PORTS_MAX 128

static s64 block(void)
{
	struct vcpu *v = current_vcpu();

	WRITE_ONCE(v->info->evtchn_upcall_mask, 0);
	sched_vcpu_sleep(v, VCPU_BLOCKED);
	/* Pairs with the barrier in sched_vcpu_wake(). */
	smp_mb();
	if (vcpu_events_deliverable(v) || READ_ONCE(v->pv.nmi_pending)) {
		sched_vcpu_wake(v, VCPU_BLOCKED);
	}
	return 0;
}

static s64 poll(gva_t arg)
{
	struct vcpu *v = current_vcpu();
	u32 ports[POLL_PORTS_MAX];
	struct sched_poll op;

	if (guest_copy_in(&op, arg, sizeof(op))) {
		return -EFAULT;
	}
	if (op.nr_ports > POLL_PORTS_MAX) {
		return refuse(v->domain, -EINVAL, "SCHEDOP_poll", "more than 128 ports", op.nr_ports, 0);
	}
	if (guest_copy_in(ports, GVA(op.ports), op.nr_ports * sizeof(ports[0]))) {
		return -EFAULT;
	}
	if (!evtchn_ports_exist(v->domain, ports, op.nr_ports)) {
		return refuse(v->domain, -EINVAL, "SCHEDOP_poll", "a port does not exist", op.nr_ports, 0);
	}
	evtchn_poll_sleep(v, ports, op.nr_ports, op.timeout);
	return 0;
}

static s64 shutdown(gva_t arg)
{
	struct sched_shutdown op;

	if (guest_copy_in(&op, arg, sizeof(op))) {
		return -EFAULT;
	}
	domain_shutdown(current_vcpu()->domain, op.reason);
	return 0;
}

/* Announces the reason of a shutdown; only the shutdown itself counts here. */
static s64 shutdown_code(gva_t arg)
{
	struct sched_shutdown op;

	return guest_copy_in(&op, arg, sizeof(op));
}

static s64 remote_shutdown(gva_t arg)
{
	struct sched_remote_shutdown op;
	struct domain *d;
	int err;

	if (guest_copy_in(&op, arg, sizeof(op))) {
		return -EFAULT;
	}
	err = target_get(op.domain_id, &d);
	if (err) {
		return err;
	}
	if (d == current_vcpu()->domain) {
		err = -EPERM;
	} else {
		domain_shutdown(d, op.reason);
	}
	target_put(d);
	return err;
}

static s64 watchdog(gva_t arg)
{
	struct sched_watchdog op;

	if (guest_copy_in(&op, arg, sizeof(op))) {
		return -EFAULT;
	}
	return watchdog_set(current_vcpu()->domain, op.id, op.timeout);
}

HYPERCALL(sched_op)
{
	(void)a3, (void)a4, (void)a5, (void)a6;
	switch ((u32)a1) {
	case SCHEDOP_yield:
		sched_yield_current();
		return 0;
	case SCHEDOP_block:
		return block();
	case SCHEDOP_shutdown:
		return shutdown(GVA(a2));
	case SCHEDOP_poll:
		return poll(GVA(a2));
	case SCHEDOP_remote_shutdown:
		return remote_shutdown(GVA(a2));
	case SCHEDOP_watchdog:
		return watchdog(GVA(a2));
	case SCHEDOP_shutdown_code:
		return shutdown_code(GVA(a2));
	default:
		return refuse(current_vcpu()->domain, -ENOSYS, "sched_op", "operation is not offered", a1, a2);
	}
}

HYPERCALL(set_timer_op)
{
	struct vcpu *v = current_vcpu();

	(void)a2, (void)a3, (void)a4, (void)a5, (void)a6;
	if (a1 == 0) {
		vcpu_stop_singleshot(v);
	} else {
		vcpu_set_singleshot(v, a1);
	}
	return 0;
}
