/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The border between guests and the hypervisor (entry.S): how a processor is prepared for it, and the way over it.
 *
 * Every entry from a guest ends with the guest's registers in pcpu->guest_regs and the stack pointer right below. IDT gates of
 * vector n point at vector_stubs + n * VECTOR_STUB_SIZE; NMI, double fault, machine check and debug use interrupt stacks and
 * move to the main stack when they come from a guest. SYSCALL enters through stubs in the processor's own entry page, which
 * need no register and no memory but that processor's.
 *
 * Every return to a guest passes one place that looks, with interrupts off, at pcpu->work and at the vCPU's pending events.
 */
#ifndef LAMINA_X86_ENTRY_H
#define LAMINA_X86_ENTRY_H

#include "lib/types.h"
#include "public/vcpu.h"

#define VECTOR_STUB_SIZE 16

extern const u8 vector_stubs[256 * VECTOR_STUB_SIZE];

/*
 * Writes the entry stubs of @cpu, the calling processor, into its entry page and points the SYSCALL and SYSENTER registers at
 * them. Interrupts off.
 */
void entry_init_cpu(u32 cpu);

/* The first way into a guest on this processor: leaves the stack behind and takes up whatever the scheduler offers. */
void enter_guest(void) __noreturn;

/* x86/trap.c: called by entry.S. */
void trap_from_hypervisor(struct cpu_user_regs *regs, u64 cr2);
void trap_nmi(struct cpu_user_regs *regs);

#endif
