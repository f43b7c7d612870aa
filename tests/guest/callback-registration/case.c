/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: callbacks of the known types register and replace each other; unknown types are -ENOSYS,
 * a non-canonical address and a bad pointer are refused; an NMI sent to the vCPU itself reaches
 * its NMI callback once [MODE-13, VCPU-6].
 */
#include <public/callback.h>
#include <public/vcpu.h>
#include "case.h"
#include "hypercall.h"
#include "trap.h"

static unsigned int nmis;

static bool hook(struct trap_regs *regs)
{
	if (regs->vector != 2) {
		return false;
	}
	nmis++;
	return true;
}

static long set_callback(uint16_t type, uint64_t address)
{
	struct callback_register op = { .type = type, .address = address };

	return hypercall_callback_op(CALLBACKOP_register, &op);
}

static void run(void)
{
	struct callback_unregister off = { .type = CALLBACKTYPE_nmi };

	trap_set_hook(hook);
	EXPECT_EQ(set_callback(CALLBACKTYPE_event, (uint64_t)trap_entry_event), 0);
	EXPECT_EQ(set_callback(CALLBACKTYPE_event, 0x800000000000), -XEN_EINVAL);
	EXPECT_EQ(set_callback(99, (uint64_t)trap_entry_event), -XEN_ENOSYS);
	EXPECT_EQ(hypercall_callback_op(CALLBACKOP_register, (void *)8), -XEN_EFAULT);
	EXPECT_EQ(hypercall_callback_op(99, &off), -XEN_ENOSYS);
	EXPECT_EQ(set_callback(CALLBACKTYPE_nmi, trap_entries[2]), 0);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
	EXPECT_EQ(nmis, 1);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
	EXPECT_EQ(nmis, 2);
	EXPECT_EQ(hypercall_callback_op(CALLBACKOP_unregister, &off), 0);
}

CASE(run, 0);
