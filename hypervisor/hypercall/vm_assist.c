// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_assist(cmd, type): switches behaviours of the ABI on and off for the calling domain.
 *
 * Emulation of page-table writes is always on, whatever the guest says; segment limits of 32-bit guests mean nothing here.
 * Both are accepted, because kernels ask for them.
 */
#include "core/vcpu.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "public/mmu.h"
#include "pv/pv.h"
#include "x86/pcpu.h"

#define BIT(n) (1ULL << (n))
#define KNOWN                                                                                                                  \
	(BIT(VMASST_TYPE_4gb_segments) | BIT(VMASST_TYPE_4gb_segments_notify) | BIT(VMASST_TYPE_writable_pagetables) |          \
	 BIT(VMASST_TYPE_pae_extended_cr3) | BIT(VMASST_TYPE_architectural_iopl) | BIT(VMASST_TYPE_runstate_update_flag))

/* The running ones among them may take one more system call as it was. */
static void update_syscall_frames(struct domain *d)
{
	u32 i;

	for (i = 0; i < d->vcpu_count; i++) {
		pv_update_syscall_frame(d->vcpus[i]);
	}
}

HYPERCALL(vm_assist)
{
	struct domain *d = current_vcpu()->domain;

	(void)a3; (void)a4; (void)a5; (void)a6;
	if (a2 > 63 || !(KNOWN & BIT(a2 & 63))) {
		return -EINVAL;
	}
	switch (a1) {
	case VMASST_CMD_enable:
		__atomic_fetch_or(&d->vm_assist, BIT(a2), __ATOMIC_RELAXED);
		update_syscall_frames(d);
		return 0;
	case VMASST_CMD_disable:
		__atomic_fetch_and(&d->vm_assist, ~BIT(a2), __ATOMIC_RELAXED);
		update_syscall_frames(d);
		return 0;
	default:
		return -ENOSYS;
	}
}
