// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offsets and constants that assembly needs. Not linked: the build compiles it to assembly and turns each "->NAME value"
 * line into a #define of the generated header asm_offsets.h.
 *
 * REGS_* are offsets into struct cpu_user_regs, PCPU_* offsets from struct pcpu; PCPU_ENTRY_RSP is what RSP0 of the TSS
 * points at (x86/pcpu.h). VCPU_* are the fields of struct vcpu that entry and exit look at: the one place where this floor
 * knows a layout from above, and it is not code.
 */
#include "core/vcpu.h"
#include "lib/types.h"
#include "x86/cpu.h"
#include "x86/layout.h"
#include "x86/pcpu.h"
#include "x86/upcalls.h"

#define DEFINE(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" :: "i"((long)(value)))
#define REGS(name, field)   DEFINE(REGS_##name, offsetof(struct cpu_user_regs, field))
#define PCPU(name, field)   DEFINE(PCPU_##name, offsetof(struct pcpu, field))

void asm_offsets(void);

void asm_offsets(void)
{
	REGS(r15, r15);
	REGS(r14, r14);
	REGS(r13, r13);
	REGS(r12, r12);
	REGS(rbp, rbp);
	REGS(rbx, rbx);
	REGS(r11, r11);
	REGS(r10, r10);
	REGS(r9, r9);
	REGS(r8, r8);
	REGS(rax, rax);
	REGS(rcx, rcx);
	REGS(rdx, rdx);
	REGS(rsi, rsi);
	REGS(rdi, rdi);
	REGS(error_code, error_code);
	REGS(entry_vector, entry_vector);
	REGS(rip, rip);
	REGS(cs, cs);
	REGS(saved_upcall_mask, saved_upcall_mask);
	REGS(rflags, rflags);
	REGS(rsp, rsp);
	REGS(ss, ss);
	REGS(es, es);
	REGS(ds, ds);
	REGS(fs, fs);
	REGS(gs, gs);
	DEFINE(REGS_SIZE, sizeof(struct cpu_user_regs));

	PCPU(guest_regs, guest_regs);
	PCPU(current, current);
	PCPU(id, id);
	PCPU(apic_id, apic_id);
	PCPU(work, work);
	PCPU(loaded_cr3, loaded_cr3);
	PCPU(tlb_stamp, tlb_stamp);
	PCPU(gdt, gdt);
	PCPU(tss, tss);
	PCPU(ENTRY_RSP, guest_regs.es);
	DEFINE(PCPU_SIZE, sizeof(struct pcpu));
	DEFINE(PCPU_AREA_BYTES, PCPU_AREA_SIZE);

	DEFINE(VCPU_info, offsetof(struct vcpu, info));
	DEFINE(VCPU_areas_stale, offsetof(struct vcpu, areas_stale));
	DEFINE(VCPU_kernel_mode, offsetof(struct vcpu, pv.kernel_mode));
	DEFINE(VCPU_iret_extras, offsetof(struct vcpu, pv.nmi_masked));
	_Static_assert(offsetof(struct vcpu, pv.iopl_by_iret) == offsetof(struct vcpu, pv.nmi_masked) + 1, "read as one word");
	DEFINE(VCPU_kernel_l4, offsetof(struct vcpu, pv.kernel_l4));
	DEFINE(VCPU_user_l4, offsetof(struct vcpu, pv.user_l4));
	DEFINE(VCPU_syscall_frame, offsetof(struct vcpu, pv.syscall_frame));
	DEFINE(VCPU_syscall_addr, offsetof(struct vcpu, pv.syscall_cb.addr));
	DEFINE(HYPERCALL_ROWS, HYPERCALL_ROWS);
	DEFINE(CPU_FEATURES_has_smap, offsetof(struct cpu_features, has_smap));
}
