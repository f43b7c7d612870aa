// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions of guest code: repaired, emulated, or handed to the guest kernel.
 *
 * The processor knows one guest privilege level, the guest two: error codes are corrected accordingly, and an instruction that
 * the guest kernel expects to be allowed is carried out for it. What the guest did wrong comes back to it as the exception
 * that a native kernel would see.
 */
#include "core/domain.h"
#include "core/vcpu.h"
#include "pv/context.h"
#include "pv/emul.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/gdt.h"
#include "x86/guest_state.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/smp.h"
#include "x86/upcalls.h"

#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_BP 3
#define VECTOR_UD 6
#define VECTOR_NM 7
#define VECTOR_GP 13
#define VECTOR_PF 14

#define PF_PRESENT  (1u << 0)
#define PF_WRITE    (1u << 1)
#define PF_RESERVED (1u << 3)
#define PF_FETCH    (1u << 4)

/* Error code of #GP for a gate: vector * 8 + 2 (IDT), EXT clear. */
#define ERROR_CODE_KIND 7u
#define ERROR_CODE_IDT 2u
#define INT_INSN_BYTES 2

#define DR6_CLEAR 0xffff0ff0ULL

/* #PF. Page-table writes first: they are frequent and an ordinary fault is not slowed much by the test of the error code. */
static void page_fault(struct vcpu *v, struct cpu_user_regs *regs, u64 cr2)
{
	u32 code = regs->error_code;

	if ((code & (PF_PRESENT | PF_WRITE | PF_RESERVED | PF_FETCH)) == (PF_PRESENT | PF_WRITE) && v->pv.kernel_mode &&
	    (cr2 < HV_HOLE_START || cr2 >= HV_HOLE_END) && pv_emulate_pt_write(regs, cr2)) {
		return;
	}
	if (unlikely(cr2 >= HV_HOLE_START && cr2 < HV_HOLE_END) && pv_fix_ldt_fault(v, cr2)) {
		return;
	}
	pv_inject_page_fault(regs, code, cr2);
}

/*
 * `int n` through a gate that the processor finds closed: opens it if the guest's own table says so. The instruction is two
 * bytes long in every form that can get here.
 */
static bool software_interrupt(struct vcpu *v, struct cpu_user_regs *regs)
{
	u32 vector = regs->error_code >> 3;
	const struct pv_trap *trap;

	if ((regs->error_code & ERROR_CODE_KIND) != ERROR_CODE_IDT || vector > 255) {
		return false;
	}
	trap = &v->pv.traps[vector];
	if (!trap->addr || trap->dpl < (v->pv.kernel_mode ? 1 : 3)) {
		return false;
	}
	regs->rip += INT_INSN_BYTES;
	pv_inject_trap(regs, (u8)vector, 0);
	return true;
}

static void general_protection(struct vcpu *v, struct cpu_user_regs *regs)
{
	if (regs->error_code == 0 ? pv_emulate_privileged(regs) : software_interrupt(v, regs)) {
		return;
	}
	pv_inject_trap(regs, VECTOR_GP, regs->error_code);
}

/* The guest asked for this trap by setting TS, which the ABI clears for it. */
static void no_fpu(struct vcpu *v, struct cpu_user_regs *regs)
{
	pv_set_ts(v, false);
	pv_inject_trap(regs, VECTOR_NM, 0);
}

static void debug_trap(struct vcpu *v, struct cpu_user_regs *regs)
{
	v->pv.debugreg[6] |= guest_read_dr6() & 0xe00fu;
	guest_write_dr(6, DR6_CLEAR);
	pv_inject_trap(regs, VECTOR_DB, 0);
}

void upcall_guest_trap(struct cpu_user_regs *regs, u64 cr2)
{
	struct vcpu *v = current_vcpu();
	u32 vector = regs->entry_vector;

	switch (vector) {
	case VECTOR_PF:
		page_fault(v, regs, cr2);
		return;
	case VECTOR_GP:
		general_protection(v, regs);
		return;
	case VECTOR_UD:
		if (!pv_emulate_forced_cpuid(regs)) {
			pv_inject_trap(regs, VECTOR_UD, 0);
		}
		return;
	case VECTOR_NM:
		no_fpu(v, regs);
		return;
	case VECTOR_DB:
		debug_trap(v, regs);
		return;
	default:
		pv_inject_trap(regs, (u8)vector, regs->error_code);
	}
}

/*
 * The machine's NMIs are dom0's business. Nothing but flags may be written here; if its first vCPU sleeps, it learns of the NMI
 * when it next runs.
 */
void upcall_nmi(void)
{
	struct domain *d = domain0;
	struct vcpu *v = d ? domain_vcpu(d, 0) : NULL;

	if (v) {
		v->pv.nmi_pending = true;
		pcpu_raise_work(pcpu_of(v->sched.cpu), WORK_SCHEDULE);
	}
}
