// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of page tables; the switch between modes is inline in mode.h.
 */
#include "pv/mode.h"

#include "pv/pv.h"
#include "x86/cpu.h"

void pv_load_cr3(struct vcpu *v)
{
	mfn_t l4 = v->pv.kernel_mode ? v->pv.kernel_l4 : v->pv.user_l4;
	u64 cr3 = l4.v << PAGE_SHIFT;
	u64 flags = irq_save();

	if (this_pcpu()->loaded_cr3 != cr3) {
		tlb_write_cr3(cr3);
	}
	irq_restore(flags);
}
