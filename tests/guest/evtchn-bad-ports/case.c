/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: no operation takes a port that is 0, closed, or beyond what the domain can have; each
 * answers with an error and goes on living [EVT-1].
 */
#include <public/event_channel.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"

static void check(uint32_t port)
{
	struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF, .remote_port = port };
	struct evtchn_status status = { .dom = DOMID_SELF, .port = port };
	struct evtchn_bind_vcpu bind_vcpu = { .port = port, .vcpu = 0 };
	struct evtchn_unmask unmask = { .port = port };
	struct evtchn_set_priority priority = { .port = port, .priority = 3 };
	long results[] = {
		event_send(port), event_close(port),
		hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &bind),
		hypercall_event_channel_op(EVTCHNOP_bind_vcpu, &bind_vcpu),
		hypercall_event_channel_op(EVTCHNOP_set_priority, &priority),
	};
	unsigned int i;
	long result;

	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (results[i] >= 0) {
			case_fail(__LINE__, "port %x operation %u: %ld", port, i, results[i]);
		}
	}
	result = hypercall_event_channel_op(EVTCHNOP_status, &status);
	EXPECT(result < 0 || status.status == EVTCHNSTAT_closed);
	if (port >= EVTCHN_FIFO_NR_CHANNELS) {
		EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_unmask, &unmask), -XEN_EINVAL);
	}
}

static void run(void)
{
	static const uint32_t ports[] = {
		0, 900, 1023, 4095, 4096, 0x1ffff, 0x20000, 0x7fffffff, 0x80000000, 0xffffffff,
	};
	unsigned int i;

	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		check(ports[i]);
	}
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_send, (void *)0x10), -XEN_EFAULT);
	EXPECT_EQ(hypercall_event_channel_op(77, (void *)0x10), -XEN_ENOSYS);
}

CASE(run, 0);
