/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the assists that kernels enable are accepted or harmlessly refused; writable page tables
 * are accepted; a number that does not exist is refused, in either direction. With architectural_iopl the
 * IOPL of an iret frame is the guest's from then on, and interrupts show it [CPU-7].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "user.h"

#define IOPL_3 0x3000UL

USER_ASM(code, "syscall");

static uint64_t iopl_after_user_mode(void)
{
	struct user_start start = user_default;
	struct trap_report report;

	start.rflags |= IOPL_3;
	EXPECT_EQ(user_run(code, code_end, &start, &report), TRAP_SYSCALL);
	return report.regs.rflags & IOPL_3;
}

static void run(void)
{
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_4gb_segments), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_disable, VMASST_TYPE_runstate_update_flag), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, 33), -XEN_EINVAL);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, ~0U), -XEN_EINVAL);
	REQUIRE(user_open());
	EXPECT_EQ(iopl_after_user_mode(), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_architectural_iopl), 0);
	EXPECT_EQ(iopl_after_user_mode(), IOPL_3);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_disable, VMASST_TYPE_architectural_iopl), 0);
	EXPECT_EQ(iopl_after_user_mode(), 0);
	user_close();
	EXPECT_EQ(hypercall_vm_assist(77, VMASST_TYPE_writable_pagetables), -XEN_ENOSYS);
}

CASE(run, 0);
