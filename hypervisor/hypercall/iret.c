// SPDX-License-Identifier: GPL-2.0-only
/*
 * iret(): ordinarily entry.S takes it to upcall_guest_iret() without coming by here; the row exists so that the table is complete.
 */
#include "hypercall/hypercall.h"
#include "pv/pv.h"
#include "x86/pcpu.h"

HYPERCALL(iret)
{
	struct cpu_user_regs *regs = guest_regs();

	(void)a1; (void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	pv_iret(regs);
	return (s64)regs->rax;
}
