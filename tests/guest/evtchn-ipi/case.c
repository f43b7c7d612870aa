/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a port bound as an IPI of a vCPU is raised by sends on itself and delivered by an
 * upcall; its status says so; an unknown vCPU is refused with -ENOENT [EVT-3, EVT-5, EVT-6].
 */
#include <public/event_channel.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"

static unsigned int hits;

static void on_ipi(uint32_t port)
{
	(void)port;
	hits++;
}

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	struct evtchn_status status = { .dom = DOMID_SELF };
	unsigned int i;

	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
	status.port = bind.port;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_status, &status), 0);
	EXPECT_EQ(status.status, EVTCHNSTAT_ipi);
	EXPECT_EQ(status.vcpu, 0);
	event_bind(bind.port, on_ipi);
	for (i = 1; i <= 3; i++) {
		EXPECT_EQ(event_send(bind.port), 0);
		EXPECT_EQ(hits, i);
	}
	event_unbind(bind.port);
	EXPECT_EQ(event_close(bind.port), 0);
	bind.vcpu = 5000;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind), -XEN_ENOENT);
	bind.vcpu = ~0U;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind), -XEN_ENOENT);
}

CASE(run, 0);
