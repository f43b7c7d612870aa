/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: reset closes all ports of the caller; they are closed afterwards and new ones can be made
 * [EVT-1, EVT-12].
 */
#include <public/event_channel.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	struct evtchn_reset reset = { .dom = DOMID_SELF };
	uint32_t ports[8];
	unsigned int i;

	event_disable();
	for (i = 0; i < 8; i++) {
		REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
		ports[i] = bind.port;
	}
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_reset, &reset), 0);
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(event_send(ports[i]), -XEN_EINVAL);
		EXPECT_EQ(event_close(ports[i]), -XEN_EINVAL);
	}
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind), 0);
	EXPECT_EQ(event_close(bind.port), 0);
	reset.dom = 777;
	EXPECT(hypercall_event_channel_op(EVTCHNOP_reset, &reset) < 0);
}

CASE(run, CASE_ALONE);
