/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a virtual interrupt is bound once per vCPU: a second bind is -EEXIST, an unknown number
 * is -EINVAL, an unknown vCPU is -ENOENT, a global one on another vCPU than 0 is refused. A bound
 * one cannot be sent to [EVT-4, EVT-5].
 */
#include <public/event_channel.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"

static long bind(uint32_t virq, uint32_t vcpu, uint32_t *port)
{
	struct evtchn_bind_virq op = { .virq = virq, .vcpu = vcpu };
	long result = hypercall_event_channel_op(EVTCHNOP_bind_virq, &op);

	*port = op.port;
	return result;
}

static void run(void)
{
	struct evtchn_status status = { .dom = DOMID_SELF };
	uint32_t port, other;

	EXPECT_EQ(bind(VIRQ_DEBUG, 0, &port), 0);
	status.port = port;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_status, &status), 0);
	EXPECT_EQ(status.status, EVTCHNSTAT_virq);
	EXPECT_EQ(status.u.virq, VIRQ_DEBUG);
	EXPECT_EQ(bind(VIRQ_DEBUG, 0, &other), -XEN_EEXIST);
	EXPECT_EQ(event_send(port), -XEN_EINVAL);
	EXPECT_EQ(bind(NR_VIRQS, 0, &other), -XEN_EINVAL);
	EXPECT_EQ(bind(~0U, 0, &other), -XEN_EINVAL);
	EXPECT_EQ(bind(VIRQ_TIMER, 7777, &other), -XEN_ENOENT);
	EXPECT_EQ(event_close(port), 0);
	EXPECT_EQ(bind(VIRQ_DEBUG, 0, &port), 0);
	EXPECT_EQ(event_close(port), 0);
	EXPECT_EQ(bind(VIRQ_CONSOLE, 0, &port), 0);
	EXPECT_EQ(bind(VIRQ_CONSOLE, 0, &other), -XEN_EEXIST);
	EXPECT_EQ(event_close(port), 0);
}

CASE(run, 0);
