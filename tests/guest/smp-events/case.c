/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an IPI port bound to another vCPU raises that vCPU's upcall_pending, interrupts it when
 * its mask is clear, and wakes it from block and from poll; such a port cannot move to another
 * vCPU [EVT-7, EVT-10, EVT-11].
 */
#include <public/event_channel.h>
#include <public/sched.h>
#include "boot.h"
#include "case.h"
#include "clock.h"
#include "event.h"
#include "hypercall.h"
#include "second.h"
#include "trap.h"

static volatile unsigned int stage, upcalls;
static uint32_t port;

static bool hook(struct trap_regs *regs)
{
	volatile struct vcpu_info *v = &kit_shared_info->vcpu_info[1];

	if (regs->vector != TRAP_EVENT || !v->evtchn_upcall_pending) {
		return false;
	}
	v->evtchn_upcall_pending = 0;
	v->evtchn_pending_sel = 0;
	event_clear(port);
	upcalls++;
	return true;
}

static void second(void)
{
	volatile struct vcpu_info *v = &kit_shared_info->vcpu_info[1];
	struct sched_poll poll = { .ports = (uint64_t)&port, .nr_ports = 1 };

	stage = 1;
	while (!v->evtchn_upcall_pending) {	/* masked: only seen */
		asm volatile("pause");
	}
	stage = 2;
	v->evtchn_upcall_mask = 0;
	hypercall_xen_version(0, NULL);
	stage = 3;
	while (upcalls < 2) {			/* interrupted while running */
		asm volatile("pause");
	}
	stage = 4;
	hypercall_sched_op(SCHEDOP_block, NULL);
	stage = 5;
	v->evtchn_upcall_mask = 1;
	while (!event_is_pending(port)) {	/* may end early: callers look again */
		hypercall_sched_op(SCHEDOP_poll, &poll);
	}
	stage = 6;
	for (;;) {
		second_sleep();
	}
}

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 1 };
	struct evtchn_unmask unmask;
	struct evtchn_bind_vcpu move;
	struct evtchn_status status = { .dom = DOMID_SELF };

	if (hypercall_vcpu_op(VCPUOP_is_up, 1, NULL) == -XEN_ENOENT) {
		SKIP("no second vCPU");
	}
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
	port = bind.port;
	unmask.port = port;
	trap_set_hook(hook);
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_unmask, &unmask) == 0);
	kit_shared_info->vcpu_info[1].evtchn_upcall_pending = 0;
	REQUIRE(second_start(second) == 0 && wait_for(&stage, 1));
	EXPECT_EQ(event_send(port), 0);
	REQUIRE(wait_for(&stage, 3));
	EXPECT_EQ(upcalls, 1);
	EXPECT_EQ(event_send(port), 0);
	REQUIRE(wait_for(&stage, 4));
	EXPECT_EQ(upcalls, 2);
	clock_spin(20000000);
	EXPECT_EQ(stage, 4);
	EXPECT_EQ(event_send(port), 0);
	REQUIRE(wait_for(&stage, 5));
	clock_spin(20000000);
	EXPECT_EQ(stage, 5);
	EXPECT_EQ(upcalls, 3);
	EXPECT(!event_is_pending(port));
	EXPECT_EQ(event_send(port), 0);
	EXPECT(wait_for(&stage, 6));
	move = (struct evtchn_bind_vcpu){ .port = port, .vcpu = 0 };
	EXPECT(hypercall_event_channel_op(EVTCHNOP_bind_vcpu, &move) < 0);
	status.port = port;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_status, &status), 0);
	EXPECT_EQ(status.vcpu, 1);
}

CASE(run, CASE_TWO_VCPUS);
