// SPDX-License-Identifier: GPL-2.0-only
/*
 * CONTROL_SYS_EVENT_WAIT: a back end in dom0's user space tells a guest that its answers are there and waits a moment for the next
 * request, without its kernel's interrupt, wake-up and unmasking in between.
 *
 * The call sleeps at most once. It is issued again after that (-ERESTART) and then says what is pending; an upcall that is due ends
 * the sleep too, so that the rest of dom0 never waits for a back end.
 */
#include "core/evtchn.h"
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "mm/guest_copy.h"
#include "x86/pcpu.h"
#include "x86/time.h"

static u64 take(struct domain *d, const u32 *ports, u32 count)
{
	u64 taken = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		taken |= evtchn_port_take(d, PORT(ports[i])) ? 1ULL << i : 0;
	}
	return taken;
}

s64 control_event_wait(struct control_sys *c, gva_t arg)
{
	struct control_event_wait *w = &c->u.event_wait;
	struct vcpu *v = current_vcpu();
	u32 ports[CONTROL_WAIT_PORTS];
	int err;

	if (w->count > CONTROL_WAIT_PORTS || w->timeout_ns > CONTROL_WAIT_MAX_NS) {
		return refuse(v->domain, -EINVAL, "control: event wait", "too many ports or too long", w->count, w->timeout_ns);
	}
	if (guest_copy_in(ports, GVA(w->ports), w->count * sizeof(ports[0]))) {
		return -EFAULT;
	}
	if (!evtchn_ports_exist(v->domain, ports, w->count)) {
		return refuse(v->domain, -EINVAL, "control: event wait", "a port does not exist", w->count, 0);
	}
	if (w->notify) {
		err = evtchn_send(v->domain, PORT(w->notify));
		if (err) {
			return err;
		}
		w->notify = 0;
	}
	w->taken = take(v->domain, ports, w->count);
	if (w->taken || w->slept || !w->timeout_ns) {
		evtchn_poll_end(v);
		w->slept = 0;
		return 0;
	}
	w->slept = 1;
	if (guest_copy_out(arg, c, sizeof(*c))) {
		return -EFAULT;
	}
	evtchn_poll_sleep(v, ports, w->count, time_now_ns() + w->timeout_ns);
	return -ERESTART;
}
