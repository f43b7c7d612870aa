// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for ports without an upcall: SCHEDOP_poll, and the control ABI's wait for back ends.
 *
 * A sleeper registers, then looks at its ports; who raises one stores that first and looks for sleepers then (evtchn_raise()).
 */
#include "core/evtchn.h"
#include "core/sched.h"
#include "core/vcpu.h"

static bool any_pending(struct domain *d, const u32 *ports, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (evtchn_port_pending(d, PORT(ports[i]))) {
			return true;
		}
	}
	return false;
}

void evtchn_poll_sleep(struct vcpu *v, const u32 *ports, u32 count, u64 until_ns)
{
	/* A timer left from an earlier poll must not end this one. */
	timer_cancel(&v->poll);
	sched_vcpu_sleep(v, VCPU_POLLING);
	evtchn_poll_begin(v, PORT(count == 1 ? ports[0] : 0));
	smp_mb();
	if (vcpu_events_deliverable(v) || READ_ONCE(v->pv.nmi_pending) || any_pending(v->domain, ports, count)) {
		evtchn_poll_end(v);
		sched_vcpu_wake(v, VCPU_POLLING);
	} else if (until_ns) {
		timer_set(&v->poll, until_ns);
	}
}
