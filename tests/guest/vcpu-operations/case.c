/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: is_up tells which vCPUs exist; unknown ids are -ENOENT for every operation, unknown
 * operations -ENOSYS; runstate areas are written; the running vCPU sees itself running with time
 * that adds up [VCPU-1, VCPU-4].
 */
#include <public/vcpu.h>
#include "case.h"
#include "clock.h"
#include "hypercall.h"

static struct vcpu_runstate_info area;

static void check_runstate(void)
{
	struct vcpu_register_runstate_memory_area reg = { .addr.p = (uint64_t)&area };
	struct vcpu_runstate_info info = { .state = 77 };
	uint64_t sum;

	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &reg), 0);
	EXPECT_EQ(area.state, RUNSTATE_running);
	EXPECT(area.time[RUNSTATE_running] > 0);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_get_runstate_info, 0, &info), 0);
	EXPECT_EQ(info.state, RUNSTATE_running);
	EXPECT(info.state_entry_time <= clock_now());
	sum = info.time[0] + info.time[1] + info.time[2] + info.time[3];
	EXPECT(sum > 0 && sum <= clock_now());
	reg.addr.p = 0x800000000000;
	EXPECT(hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &reg) < 0);
}

static void run(void)
{
	static const uint32_t unknown[] = { 1, 31, 32, 63, 127, 128, 8191, 0x7fffffff, ~0U };
	unsigned int i;

	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_is_up, 0, NULL), 1);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		EXPECT_EQ(hypercall_vcpu_op(VCPUOP_is_up, unknown[i], NULL), -XEN_ENOENT);
		EXPECT_EQ(hypercall_vcpu_op(VCPUOP_up, unknown[i], NULL), -XEN_ENOENT);
		EXPECT_EQ(hypercall_vcpu_op(VCPUOP_down, unknown[i], NULL), -XEN_ENOENT);
	}
	EXPECT_EQ(hypercall_vcpu_op(99, 0, NULL), -XEN_ENOSYS);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_initialise, 0, (void *)8), -XEN_EFAULT);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_get_runstate_info, 0, (void *)8), -XEN_EFAULT);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
	check_runstate();
}

CASE(run, 0);
