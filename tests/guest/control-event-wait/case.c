/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI's event wait sends its notification, then takes what is pending on masked
 * ports and on no others: it says which, and clears it. With nothing pending it returns when a port
 * fires or at its timeout, at once without one. Too many ports, too long a time, ports that do not
 * exist and bad addresses are refused [EVT-11].
 */
#include <public/control.h>
#include <public/event_channel.h>
#include "boot.h"
#include "case.h"
#include "clock.h"
#include "event.h"
#include "hypercall.h"

#define NOTHING 10000000u

static void mask(uint32_t port, bool masked)
{
	uint64_t *word = (uint64_t *)&kit_shared_info->evtchn_mask[port / 64];

	if (masked) {
		__atomic_or_fetch(word, 1UL << port % 64, __ATOMIC_SEQ_CST);
	} else {
		__atomic_and_fetch(word, ~(1UL << port % 64), __ATOMIC_SEQ_CST);
	}
}

static long wait_for(const uint32_t *ports, uint32_t count, uint32_t notify, uint64_t timeout_ns, uint64_t *taken)
{
	struct control_sys op = {
		.version = CONTROL_VERSION, .cmd = CONTROL_SYS_EVENT_WAIT,
		.u.event_wait = { .ports = (uint64_t)ports, .count = count, .notify = notify, .timeout_ns = timeout_ns },
	};
	long rc = hypercall_sysctl(&op);

	*taken = op.u.event_wait.taken;
	return rc;
}

static void check_taking(const uint32_t *ports)
{
	uint64_t start, taken;

	/* The second fires by the call's own notification: the sleep is none. */
	EXPECT_EQ(wait_for(ports, 2, ports[1], NOTHING, &taken), 0);
	EXPECT_EQ(taken, 2);
	EXPECT(!event_is_pending(ports[1]));
	EXPECT_EQ(wait_for(ports, 2, 0, 0, &taken), 0);
	EXPECT_EQ(taken, 0);
	start = clock_now();
	EXPECT_EQ(wait_for(ports, 2, 0, NOTHING, &taken), 0);
	EXPECT_EQ(taken, 0);
	EXPECT(clock_now() >= start + NOTHING);
	EXPECT(clock_now() < start + 2000000000);
	EXPECT_EQ(event_send(ports[0]), 0);
	EXPECT_EQ(event_send(ports[1]), 0);
	EXPECT_EQ(wait_for(ports, 2, 0, NOTHING, &taken), 0);
	EXPECT_EQ(taken, 3);
}

static void check_refused(const uint32_t *ports)
{
	uint32_t bad = 0x7fffffff;
	uint64_t taken;

	EXPECT_EQ(wait_for(ports, CONTROL_WAIT_PORTS + 1, 0, 0, &taken), -XEN_EINVAL);
	EXPECT_EQ(wait_for(ports, 1, 0, CONTROL_WAIT_MAX_NS + 1, &taken), -XEN_EINVAL);
	EXPECT_EQ(wait_for(&bad, 1, 0, 0, &taken), -XEN_EINVAL);
	EXPECT_EQ(wait_for((const uint32_t *)8, 1, 0, 0, &taken), -XEN_EFAULT);
	EXPECT(wait_for(ports, 1, bad, 0, &taken) < 0);
}

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	uint32_t ports[2];
	uint64_t taken;

	if (wait_for(NULL, 0, 0, 0, &taken) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	event_disable();
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
	ports[0] = bind.port;
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
	ports[1] = bind.port;
	mask(ports[0], true);
	mask(ports[1], true);
	check_taking(ports);
	check_refused(ports);
	/* Not masked: it is somebody else's to look at. */
	mask(ports[0], false);
	EXPECT_EQ(event_send(ports[0]), 0);
	EXPECT_EQ(wait_for(ports, 1, 0, 0, &taken), 0);
	EXPECT_EQ(taken, 0);
	EXPECT(event_is_pending(ports[0]));
	event_clear(ports[0]);
	/* As it was: the next owner of the port starts with it masked. */
	mask(ports[0], true);
	event_enable();
	EXPECT_EQ(event_close(ports[0]), 0);
	EXPECT_EQ(event_close(ports[1]), 0);
}

CASE(run, 0);
