/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a registered time area carries the same clock as vcpu_info, is written at registration, and can
 * be taken back with address 0; a runstate area with the update flag enabled is never read with the
 * flag set while the vCPU itself runs [VCPU-4, TIME-1, CPU-7].
 */
#include <public/mmu.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include "boot.h"
#include "case.h"
#include "clock.h"
#include "hypercall.h"

static struct vcpu_time_info area;
static struct vcpu_runstate_info runstate;

static void check_runstate(void)
{
	struct vcpu_register_runstate_memory_area reg = { .addr.p = (uint64_t)&runstate };
	const volatile struct vcpu_runstate_info *r = &runstate;
	unsigned int tries;
	uint64_t blocked;

	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag), 0);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &reg), 0);
	EXPECT_EQ(r->state_entry_time & XEN_RUNSTATE_UPDATE, 0);
	blocked = r->time[RUNSTATE_blocked];
	/* More than once: on a busy host the time may be over before the vCPU sleeps. */
	for (tries = 0; tries < 50 && r->time[RUNSTATE_blocked] < blocked + 10000000; tries++) {
		struct sched_poll poll = { .timeout = clock_now() + 20000000 };

		hypercall_sched_op(SCHEDOP_poll, &poll);
	}
	EXPECT_EQ(r->state_entry_time & XEN_RUNSTATE_UPDATE, 0);
	EXPECT_EQ(r->state, RUNSTATE_running);
	EXPECT(r->time[RUNSTATE_blocked] >= blocked + 10000000);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_disable, VMASST_TYPE_runstate_update_flag), 0);
}

static void run(void)
{
	struct vcpu_register_time_memory_area reg = { .addr.p = (uint64_t)&area };
	uint64_t before, there, after;

	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &reg), 0);
	EXPECT(area.tsc_to_system_mul != 0 && !(area.version & 1));
	before = clock_now();
	there = clock_read(&area);
	after = clock_now();
	EXPECT(before <= there && there <= after);
	EXPECT_EQ(area.flags, kit_shared_info->vcpu_info[0].time.flags);
	reg.addr.p = 0;
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &reg), 0);
	reg.addr.p = 0xffff830000000000;
	EXPECT(hypercall_vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &reg) < 0);
	check_runstate();
}

CASE(run, CASE_ALONE);
