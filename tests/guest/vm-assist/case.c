/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the assists that kernels enable are accepted or harmlessly refused; writable page tables
 * are accepted; a number that does not exist is refused, in either direction [CPU-7].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"

static void run(void)
{
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_4gb_segments), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_disable, VMASST_TYPE_runstate_update_flag), 0);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, 33), -XEN_EINVAL);
	EXPECT_EQ(hypercall_vm_assist(VMASST_CMD_enable, ~0U), -XEN_EINVAL);
	EXPECT_EQ(hypercall_vm_assist(77, VMASST_TYPE_writable_pagetables), -XEN_ENOSYS);
}

CASE(run, 0);
