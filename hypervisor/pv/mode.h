/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switching between guest kernel and guest user mode, inline for the two hot paths (system call bounce, iret).
 *
 * The mode is a flag of ours; the processor runs both at CPL 3. What protects the guest's kernel is that its user mode
 * runs on other page tables: whoever changes the flag must change CR3 before the next guest instruction.
 */
#ifndef LAMINA_PV_MODE_H
#define LAMINA_PV_MODE_H

#include "core/vcpu.h"
#include "core/vcpu_time.h"
#include "x86/guest_state.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/tlb.h"

static inline bool pv_l4_is_set(mfn_t l4)
{
	return l4.v != 0 && l4.v != MFN_INVALID.v;
}

/* Interrupts off. @v is the current vCPU, in user mode; kernel tables are always set. */
static inline void pv_enter_kernel_mode(struct vcpu *v)
{
	v->pv.kernel_mode = true;
	guest_swapgs();
	tlb_write_cr3(v->pv.kernel_l4.v << PAGE_SHIFT);
	if (unlikely(v->areas_stale)) {
		vcpu_areas_sync(v);
	}
}

/* Interrupts off. @v is the current vCPU, in kernel mode; the caller has seen that user tables are set. */
static inline void pv_enter_user_mode(struct vcpu *v)
{
	v->pv.kernel_mode = false;
	guest_swapgs();
	tlb_write_cr3(v->pv.user_l4.v << PAGE_SHIFT);
}

#endif
