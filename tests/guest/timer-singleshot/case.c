/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a singleshot timer raises VIRQ_TIMER once, at or after its time; a time in the past
 * fires at once; a stopped timer does not fire. set_timer_op does the same, 0 cancels [TIME-3].
 *
 * With the future flag a time in the past may be refused with -ETIME; the peer ignores the flag.
 */
#include <public/event_channel.h>
#include <public/vcpu.h>
#include "case.h"
#include "clock.h"
#include "event.h"
#include "hypercall.h"

#define MS 1000000UL

static volatile unsigned int hits;

static void on_timer(uint32_t port)
{
	(void)port;
	hits++;
}

static long set(uint64_t when, uint32_t flags)
{
	struct vcpu_set_singleshot_timer op = { .timeout_abs_ns = when, .flags = flags };

	return hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, &op);
}

static void wait_for_hit(void)
{
	uint64_t end = clock_now() + 2000 * MS;

	while (!hits && clock_now() < end) {
		event_disable();
		if (!hits) {
			event_wait();
		}
	}
}

static void run(void)
{
	struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER, .vcpu = 0 };
	uint64_t start;
	long result;

	REQUIRE(hypercall_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL) == 0);
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_virq, &bind) == 0);
	event_bind(bind.port, on_timer);
	start = clock_now();
	EXPECT_EQ(set(start + 20 * MS, 0), 0);
	wait_for_hit();
	EXPECT_EQ(hits, 1);
	EXPECT(clock_now() >= start + 20 * MS);
	hits = 0;
	EXPECT_EQ(set(clock_now() - MS, 0), 0);
	wait_for_hit();
	EXPECT_EQ(hits, 1);
	hits = 0;
	result = set(clock_now() - MS, VCPU_SSHOTTMR_future);
	EXPECT(result == -XEN_ETIME || result == 0);
	clock_spin(MS);
	hits = 0;
	EXPECT_EQ(set(clock_now() + 200 * MS, 0), 0);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
	clock_spin(250 * MS);
	EXPECT_EQ(hits, 0);
	EXPECT_EQ(hypercall_two(__HYPERVISOR_set_timer_op, clock_now() + 10 * MS, 0), 0);
	wait_for_hit();
	EXPECT_EQ(hits, 1);
	hits = 0;
	EXPECT_EQ(hypercall_two(__HYPERVISOR_set_timer_op, clock_now() + 200 * MS, 0), 0);
	EXPECT_EQ(hypercall_two(__HYPERVISOR_set_timer_op, 0, 0), 0);
	clock_spin(250 * MS);
	EXPECT_EQ(hits, 0);
	event_unbind(bind.port);
	EXPECT_EQ(event_close(bind.port), 0);
}

CASE(run, 0);
