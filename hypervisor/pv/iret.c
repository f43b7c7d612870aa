// SPDX-License-Identifier: GPL-2.0-only
/*
 * The iret hypercall: the guest kernel's way back to where it was interrupted, in itself or in its user space.
 *
 * Whatever the frame says, the guest runs at CPL 3 with interrupts on and IOPL 0; selectors and RIP that the processor refuses
 * make the final IRETQ fault, which comes back here and is reported to the guest kernel as its own mistake.
 */
#include "core/domain.h"
#include "lib/log.h"
#include "mm/guest_copy.h"
#include "public/mmu.h"
#include "public/vcpu.h"
#include "pv/bounce.h"
#include "pv/descriptor.h"
#include "pv/mode.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/gdt.h"
#include "x86/pcpu.h"
#include "x86/upcalls.h"

#define RFLAGS_ALWAYS_1 (1u << 1)
#define RFLAGS_ARITHMETIC 0x8d5u /* CF PF AF ZF SF OF */
#define RFLAGS_ID (1u << 21)
/* What a guest may set in its RFLAGS. */
#define GUEST_FLAGS (RFLAGS_ARITHMETIC | RFLAGS_TF | RFLAGS_DF | RFLAGS_NT | RFLAGS_RF | RFLAGS_AC | RFLAGS_ID)
#define VECTOR_GP 13

static void __attribute__((noinline)) bad_iret(struct vcpu *v, const char *what, u64 sp)
{
	int rc = domain_crash(v->domain, "vcpu%u: iret: %s (stack %llx)", v->id, what, (unsigned long long)sp);

	(void)rc;
}

/* An NMI handler ended: another may be waiting. */
static void __attribute__((noinline)) unmask_nmi(struct vcpu *v)
{
	v->pv.nmi_masked = false;
	if (v->pv.nmi_pending) {
		pcpu_raise_work(this_pcpu(), WORK_SCHEDULE);
	}
}

void pv_iret(struct cpu_user_regs *regs)
{
	struct vcpu *v = current_vcpu();
	struct iret_context f;
	u64 flags;

	if (unlikely(guest_copy_in(&f, GVA(regs->rsp), sizeof(f)))) {
		bad_iret(v, "frame cannot be read", regs->rsp);
		return;
	}
	if (likely((f.cs & 3) == 3)) {
		if (unlikely(!pv_l4_is_set(v->pv.user_l4))) {
			bad_iret(v, "to user mode without user page tables", regs->rsp);
			return;
		}
		flags = irq_save();
		pv_enter_user_mode(v);
		irq_restore(flags);
	} else {
		f.cs |= 3;
		f.ss = (f.ss & 0xfffc) ? f.ss : FLAT_DS;
	}
	regs->rip = f.rip;
	regs->cs = (u16)f.cs;
	regs->rflags = (f.rflags & GUEST_FLAGS) | RFLAGS_IF | RFLAGS_ALWAYS_1;
	regs->rsp = f.rsp;
	regs->ss = (u16)f.ss | 3;
	regs->rax = f.rax;
	if (likely(!(f.flags & VGCF_in_syscall))) {
		regs->rcx = f.rcx;
		regs->r11 = f.r11;
	} else {
		regs->rcx = regs->rip;
		regs->r11 = regs->rflags;
	}
	if (unlikely(v->pv.iopl_by_iret)) {
		v->pv.iopl = (f.rflags >> 12) & 3;
	}
	v->info->evtchn_upcall_mask = !(f.rflags & RFLAGS_IF);
	if (unlikely(v->pv.nmi_masked)) {
		unmask_nmi(v);
	}
}

void upcall_guest_iret(struct cpu_user_regs *regs)
{
	pv_iret(regs);
}

void upcall_guest_iret_fault(struct cpu_user_regs *regs)
{
	struct vcpu *v = current_vcpu();
	bool filled;

	/* Perhaps the selectors lie in a page of the LDT that is not shown yet; looking for it may take other processors. */
	if (pv_ldt_is_missing(v, regs->cs) || pv_ldt_is_missing(v, regs->ss)) {
		irq_enable();
		filled = pv_prefill_ldt(v, regs->cs) && pv_prefill_ldt(v, regs->ss);
		irq_disable();
		if (filled) {
			return;
		}
	}
	log_guest(LOG_INFO, "d%uv%u: cannot return to %04x:%llx, stack %04x:%llx\n", v->domain->id.v, v->id, regs->cs,
		  (unsigned long long)regs->rip, regs->ss, (unsigned long long)regs->rsp);
	if (v->pv.failsafe_cb.addr) {
		pv_bounce_failsafe(regs);
	} else {
		pv_inject_trap(regs, VECTOR_GP, 0);
	}
}
