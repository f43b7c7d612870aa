// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small registers of the calling vCPU: stack_switch(ss, sp), set_segment_base(which, base), set_debugreg(reg, value),
 * get_debugreg(reg), fpu_taskswitch(set).
 */
#include "core/vcpu.h"
#include "hypercall/hypercall.h"
#include "lib/errno.h"
#include "pv/context.h"
#include "pv/pv.h"
#include "x86/pcpu.h"

#define DEBUG_REGISTERS 8

/* The address is checked when a frame is written there. */
HYPERCALL(stack_switch)
{
	struct vcpu *v = current_vcpu();

	(void)a3; (void)a4; (void)a5; (void)a6;
	v->pv.kernel_ss = (u16)a1 | 3;
	v->pv.kernel_sp = a2;
	pv_update_syscall_frame(v);
	return 0;
}

HYPERCALL(set_segment_base)
{
	(void)a3; (void)a4; (void)a5; (void)a6;
	return pv_set_segment_base(current_vcpu(), (unsigned int)a1, a2);
}

HYPERCALL(set_debugreg)
{
	(void)a3; (void)a4; (void)a5; (void)a6;
	return a1 < DEBUG_REGISTERS ? pv_set_debugreg(current_vcpu(), (unsigned int)a1, a2) : -EINVAL;
}

HYPERCALL(get_debugreg)
{
	(void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	if (a1 >= DEBUG_REGISTERS || a1 == 4 || a1 == 5) {
		return -EINVAL;
	}
	return (s64)current_vcpu()->pv.debugreg[index_nospec(a1, DEBUG_REGISTERS)];
}

HYPERCALL(fpu_taskswitch)
{
	(void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	pv_set_ts(current_vcpu(), a1 != 0);
	return 0;
}
