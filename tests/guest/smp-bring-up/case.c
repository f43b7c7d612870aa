/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a second vCPU is initialised once, runs from the given context with the given selectors
 * and events masked, can take itself down and goes on behind the call when it is brought up
 * again; is_up follows. A context with a bad CR3 or handler is refused [VCPU-1, VCPU-2].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "second.h"

static volatile unsigned int stage;
static volatile uint16_t cs;
static volatile uint64_t flags;
static struct vcpu_guest_context context;

static void second(void)
{
	uint16_t selector;
	uint64_t value;

	asm volatile("mov %%cs, %0\n\tpushfq\n\tpop %1" : "=r"(selector), "=r"(value));
	cs = selector;
	flags = value;
	stage = 1;
	second_sleep();
	stage = 2;
	for (;;) {
		second_sleep();
	}
}

static long is_up(void)
{
	return hypercall_vcpu_op(VCPUOP_is_up, 1, NULL);
}

static bool wait_down(void)
{
	unsigned int tries;

	for (tries = 0; tries < 1000000 && is_up() == 1; tries++) {
	}
	return is_up() == 0;
}

static void check_refused(void)
{
	second_context(&context, second);
	context.ctrlreg[3] = ~0UL << 12;
	EXPECT(hypercall_vcpu_op(VCPUOP_initialise, 1, &context) < 0);
	second_context(&context, second);
	context.event_callback_eip = 0x800000000000;
	EXPECT(hypercall_vcpu_op(VCPUOP_initialise, 1, &context) < 0);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_up, 1, NULL), -XEN_EINVAL);
}

static void run(void)
{
	if (is_up() == -XEN_ENOENT) {
		SKIP("no second vCPU");
	}
	EXPECT_EQ(is_up(), 0);
	check_refused();
	REQUIRE(second_start(second) == 0);
	REQUIRE(wait_for(&stage, 1));
	EXPECT_EQ(cs, FLAT_KERNEL_CS);
	EXPECT_EQ(flags & 0x3200, 0x200);
	EXPECT_EQ(kit_shared_info->vcpu_info[1].evtchn_upcall_mask, 1);
	REQUIRE(wait_down());
	second_context(&context, second);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_initialise, 1, &context), -XEN_EEXIST);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_up, 1, NULL), 0);
	EXPECT(wait_for(&stage, 2));
	EXPECT(wait_down());
}

CASE(run, CASE_TWO_VCPUS);
