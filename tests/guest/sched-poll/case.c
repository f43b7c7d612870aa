/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: poll returns at once when a named port is pending, masked or not, without delivering it;
 * it returns at its timeout when none is; too many ports and bad ports are refused [EVT-11].
 */
#include <public/event_channel.h>
#include <public/sched.h>
#include "case.h"
#include "clock.h"
#include "event.h"
#include "hypercall.h"

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	struct sched_poll poll = { .nr_ports = 1 };
	uint64_t start;
	uint32_t bad = 0x7fffffff;

	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
	poll.ports = (uint64_t)&bind.port;
	event_disable();
	EXPECT_EQ(event_send(bind.port), 0);
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_poll, &poll), 0);
	EXPECT(event_is_pending(bind.port));
	event_clear(bind.port);
	start = clock_now();
	poll.timeout = start + 20000000;
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_poll, &poll), 0);
	EXPECT(clock_now() >= start + 20000000);
	EXPECT(clock_now() < start + 2000000000);
	poll.timeout = 1;
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_poll, &poll), 0);
	poll.nr_ports = 129;
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_poll, &poll), -XEN_EINVAL);
	poll.nr_ports = 1;
	poll.ports = (uint64_t)&bad;
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_poll, &poll), -XEN_EINVAL);
	poll.ports = 8;
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_poll, &poll), -XEN_EFAULT);
	EXPECT_EQ(hypercall_sched_op(SCHEDOP_yield, NULL), 0);
	EXPECT_EQ(hypercall_sched_op(55, NULL), -XEN_ENOSYS);
	event_enable();
	EXPECT_EQ(event_close(bind.port), 0);
}

CASE(run, 0);
