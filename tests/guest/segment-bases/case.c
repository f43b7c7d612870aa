/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: set_segment_base sets the FS base and the kernel's GS base at once, and the user's GS
 * base so that user mode sees it and the kernel does not; a non-canonical base is refused with
 * -EINVAL; a selector that cannot be loaded is taken as NULL and still succeeds [DESC-4].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "user.h"

static uint64_t cells[3] = { 0xf5, 0x65, 0 };

USER_ASM(read_bases, "mov %gs:0, %rbx\n mov %fs:0, %rbp\n syscall\n");

static uint64_t read_fs(void)
{
	uint64_t value;

	asm volatile("mov %%fs:0, %0" : "=r"(value));
	return value;
}

static uint64_t read_gs(void)
{
	uint64_t value;

	asm volatile("mov %%gs:0, %0" : "=r"(value));
	return value;
}

static void check_user(void)
{
	struct trap_report r;

	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_GS_USER, USER_CODE), 0);
	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_FS, USER_CODE + 1), 0);
	EXPECT_EQ(read_gs(), 0x65);
	EXPECT_EQ(user_run(read_bases, read_bases_end, &user_default, &r), TRAP_SYSCALL);
	EXPECT_EQ(r.regs.rbx, *(const uint64_t *)read_bases);
	EXPECT_EQ(r.regs.rbp, *(const uint64_t *)(read_bases + 1));
	EXPECT_EQ(read_gs(), 0x65);
}

static uint16_t gs_selector(void)
{
	uint16_t selector;

	__asm__ volatile("mov %%gs, %0" : "=r"(selector));
	return selector;
}

static void run(void)
{
	static const uint64_t bad[] = { 0x800000000000, 0x8000000000000000, 0xffff7fffffffffff };
	unsigned int i, which;

	REQUIRE(user_open());
	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_FS, (uint64_t)&cells[0]), 0);
	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_GS_KERNEL, (uint64_t)&cells[1]), 0);
	EXPECT_EQ(read_fs(), 0xf5);
	EXPECT_EQ(read_gs(), 0x65);
	check_user();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (which = SEGBASE_FS; which <= SEGBASE_GS_KERNEL; which++) {
			EXPECT_EQ(hypercall_set_segment_base(which, bad[i]), -XEN_EINVAL);
		}
	}
	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_GS_USER_SEL, FLAT_RING3_DS32), 0);
	EXPECT_EQ(gs_selector(), FLAT_RING3_DS32);
	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_GS_USER_SEL, 0), 0);
	EXPECT_EQ(gs_selector(), 0);
	EXPECT_EQ(hypercall_set_segment_base(SEGBASE_GS_USER_SEL, 0x7778), 0);
	EXPECT_EQ(read_gs(), 0x65);
	EXPECT_EQ(hypercall_set_segment_base(9, 0), -XEN_EINVAL);
	user_close();
}

CASE(run, 0);
