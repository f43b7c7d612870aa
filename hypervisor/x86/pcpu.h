/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-processor area: PCPU_AREA_SIZE bytes at PCPU_AREAS_VA + cpu * PCPU_AREA_SIZE, aligned to its size, in this order
 * (offsets from the area's start):
 *
 *   0x0000  entry stub page (executable, read-only once set up): the SYSCALL targets of this processor
 *   0x1000  not mapped (guard)
 *   0x2000  IST stacks: NMI, double fault, machine check, debug: 2 KiB each; guard discipline by size
 *   0x4000  main stack, 16 KiB, growing down to 0x4000 from the struct pcpu at the very end of the area
 *
 * struct pcpu ends the area and begins with the guest's saved registers. The processor pushes its frame (SS downwards)
 * below the selectors es..gs of struct cpu_user_regs, so the stack pointer on entry from a guest is always
 * &pcpu->guest_regs.es: pcpu_entry_rsp(), PCPU_ENTRY_RSP in asm_offsets.h. It must be 16-byte aligned, because interrupt delivery
 * aligns it; the pad in front of guest_regs sees to that.
 * Masking any stack pointer of the processor, IST included, finds the struct: this_pcpu().
 */
#ifndef LAMINA_X86_PCPU_H
#define LAMINA_X86_PCPU_H

#include "lib/types.h"
#include "x86/layout.h"
#include "public/vcpu.h"

struct vcpu;

/* Reasons to run C code before going back to the guest; bits of pcpu.work. Set with pcpu_raise_work(). */
#define WORK_SCHEDULE   (1u << 0) /* pick another vCPU */
#define WORK_TIMER      (1u << 1) /* expired timers to run */
#define WORK_DELIVER    (1u << 2) /* an event or NMI of the running vCPU to deliver */

struct pcpu {
	u64 entry_pad;
	struct cpu_user_regs guest_regs; /* the running vCPU's registers while we are in the hypervisor */
	struct vcpu *current;            /* the vCPU whose state is loaded; NULL on an idle processor */
	u32 id;                          /* 0..MAX_PCPUS-1 */
	u32 apic_id;
	u32 work;                        /* WORK_*: atomic OR from anywhere, consumed here */
	u64 loaded_cr3;                  /* machine address in CR3 now */
	u64 tlb_stamp;                   /* tlb_clock value of the last full flush, see x86/tlb.h */
	void *gdt;                       /* direct-map address of the processor's own GDT page */
	void *tss;
} __aligned(16);

_Static_assert(offsetof(struct pcpu, guest_regs.es) % 16 == 0, "interrupt delivery would align the entry stack pointer");

#define this_pcpu() ({                                                                          \
	u64 sp_;                                                                                \
	__asm__("mov %%rsp, %0" : "=r"(sp_));                                                   \
	(struct pcpu *)((sp_ | (PCPU_AREA_SIZE - 1)) + 1 - sizeof(struct pcpu));                \
})
#define current_vcpu() (this_pcpu()->current)
#define guest_regs()   (&this_pcpu()->guest_regs)

static inline struct pcpu *pcpu_of(u32 cpu)
{
	return (struct pcpu *)(PCPU_AREAS_VA + ((u64)(cpu + 1) << PCPU_AREA_SHIFT) - sizeof(struct pcpu));
}

/* What RSP0 of the TSS and the SYSCALL stubs load: an interrupt frame pushed here completes guest_regs. */
static inline u64 pcpu_entry_rsp(const struct pcpu *p)
{
	return (u64)p + offsetof(struct pcpu, guest_regs.es);
}

/* Marks work for @cpu; from another processor follow it with smp_kick(). */
static inline void pcpu_raise_work(struct pcpu *p, u32 work)
{
	__atomic_fetch_or(&p->work, work, __ATOMIC_SEQ_CST);
}

#endif
