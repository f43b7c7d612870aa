// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for ports by the control ABI. The driver's way from an event to a process costs an interrupt, a wake-up, a switch, two
 * system calls and, where the kernel clears pages that it allocates, a page: it allocates one for each unmasking.
 */
#include "evtchn.h"

#include <errno.h>

#include "privcmd.h"
#include "public/control.h"
#include "public/hypercall.h"

_Static_assert(CONTROL_WAIT_PORTS == 64, "evtchn_wait() says so");

static int wait_open(struct evtchn *evtchn)
{
	if (evtchn->control == NULL && !evtchn->has_no_wait) {
		evtchn->has_no_wait = xenctl_open(&evtchn->control, NULL) < 0;
	}
	return evtchn->has_no_wait ? -ENOSYS : 0;
}

int evtchn_wait(struct evtchn *evtchn, struct evtchn_wait *wait)
{
	struct control_sys op = {
		.version = CONTROL_VERSION,
		.cmd = CONTROL_SYS_EVENT_WAIT,
		.u.event_wait = {
			.ports = (uint64_t)(uintptr_t)wait->ports,
			.count = wait->count,
			.notify = wait->notify,
			.timeout_ns = wait->timeout_ns,
		},
	};
	struct hypercall_args args = { .arg = { (uint64_t)(uintptr_t)&op } };
	long rc = wait_open(evtchn);

	if (rc == 0) {
		rc = hypercall_issue(evtchn->control, __HYPERVISOR_sysctl, &args);
	}
	/* Another hypervisor, or an older one. */
	evtchn->has_no_wait = rc == -ENOSYS || rc == -EACCES;
	wait->taken = rc < 0 ? 0 : op.u.event_wait.taken;
	return evtchn->has_no_wait ? -ENOSYS : (int)rc;
}
