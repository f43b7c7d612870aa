/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PV virtual CPU: what the files of this room offer each other and the hypercall adapters.
 */
#ifndef LAMINA_PV_PV_H
#define LAMINA_PV_PV_H

#include "core/vcpu.h"
#include "lib/types.h"
#include "public/vcpu.h"

/*
 * Builds an exception frame on the guest kernel's stack and points @regs at the handler (pv/bounce.c). @vector's handler comes from
 * the trap table. From user mode it toggles to kernel mode first. Crashes the domain when the stack or handler is unusable.
 */
void pv_inject_trap(struct cpu_user_regs *regs, u8 vector, u32 error_code);
/* #PF: additionally stores @cr2 for the guest and fixes the error code's U bit. */
void pv_inject_page_fault(struct cpu_user_regs *regs, u32 error_code, u64 cr2);

/* Something that system calls depend on changed: kernel stack, callback, assists. May entry.S build their frames? */
void pv_update_syscall_frame(struct vcpu *v);

/* The iret hypercall (pv/iret.c). */
void pv_iret(struct cpu_user_regs *regs);

/* Loads the page tables that @v's mode asks for into CR3 if they are not there. */
void pv_load_cr3(struct vcpu *v);

/* Emulates one privileged instruction of the guest kernel after #GP/#UD (pv/emul_priv.c). True: done, RIP advanced. */
bool pv_emulate_privileged(struct cpu_user_regs *regs);
/*
 * A write fault of the guest kernel on a page-table page: decodes the instruction, applies it as an L1 update (pv/pt_emulate.c).
 * True: done.
 */
bool pv_emulate_pt_write(struct cpu_user_regs *regs, u64 cr2);
/* A fault in the LDT window of this processor: shows the guest's LDT page, looked up now. True: done. */
bool pv_fix_ldt_fault(struct vcpu *v, u64 cr2);

/* CPUID and MSR policy (pv/cpuid.c, pv/msr.c). MSR functions: 0 or -EINVAL (the guest gets #GP). */
void pv_cpuid(const struct vcpu *v, u32 leaf, u32 subleaf, struct cpuid_regs *out);
int pv_rdmsr(struct vcpu *v, u32 msr, u64 *value);
int pv_wrmsr(struct vcpu *v, u32 msr, u64 value);

/* Applies a guest context to a vCPU that is down (VCPUOP_initialise, control context set). References are taken here. */
int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx) __must_check;
void pv_get_context(const struct vcpu *v, struct vcpu_guest_context *ctx);

/* Descriptor tables (pv/descriptor.c). */
int pv_set_gdt(struct vcpu *v, const u64 *mfns, u32 frames, u32 entries) __must_check;
void pv_drop_gdt(struct vcpu *v);
int pv_update_descriptor(struct domain *d, maddr_t ma, u64 desc) __must_check;
int pv_set_ldt(struct vcpu *v, u64 base, u32 entries) __must_check;
/* Forgets what the LDT window of the current vCPU shows: its page tables change. Pages come back on demand. */
void pv_flush_ldt(struct vcpu *v);
/* Fills the LDT window for @selector of the current vCPU, before we load it ourselves. False if that is impossible. */
bool pv_prefill_ldt(struct vcpu *v, u16 selector);
/* Audits (and fixes the DPL of) one descriptor; false: must not be in a guest table. */
bool pv_descriptor_ok(u64 *desc);

#endif
