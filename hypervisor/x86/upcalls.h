/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The doors from the machine into the floors above: the only functions that assembly and x86/ call upward. Defined at link
 * time by the floor named. All run on the processor's main stack; interrupt state as stated.
 */
#ifndef LAMINA_X86_UPCALLS_H
#define LAMINA_X86_UPCALLS_H

#include "lib/types.h"
#include "public/extension.h"
#include "public/vcpu.h"

/*
 * hypercall/table.c: what entry.S calls by number, with the guest's six argument registers; the result goes to RAX. NULL: no such call;
 * the last row, for all greater numbers, is NULL. Interrupts enabled.
 */
#define HYPERCALL_ROWS (__HYPERVISOR_lamina + 1)
typedef s64 (*hypercall_fn)(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6);
extern const hypercall_fn hypercall_table[HYPERCALL_ROWS + 1];
/* hypercall/table.c: it returned -ERESTART: changes @regs so that the guest issues it again. Interrupts enabled. */
void upcall_hypercall_restart(struct cpu_user_regs *regs);

/*
 * pv/traps.c: an exception taken in guest context (regs->entry_vector, regs->error_code), @cr2 for page faults. Interrupts
 * enabled, NMI and machine check excepted.
 */
void upcall_guest_trap(struct cpu_user_regs *regs, u64 cr2);
/* pv/bounce.c: system call, int 0x80 or SYSENTER from the guest (entry.S tells by @kind). Interrupts off. */
enum guest_syscall_kind { GUEST_SYSCALL_64, GUEST_SYSCALL_32, GUEST_SYSENTER, GUEST_INT80 };
void upcall_guest_syscall(struct cpu_user_regs *regs, enum guest_syscall_kind kind);
/* pv/iret.c: the iret hypercall, which is too frequent to go through the table. Interrupts off. */
void upcall_guest_iret(struct cpu_user_regs *regs);
/* pv/iret.c: IRETQ refused what @regs asks for (selectors, RIP); changes @regs into something it takes. Interrupts off. */
void upcall_guest_iret_fault(struct cpu_user_regs *regs);
/* pv/traps.c: an NMI that the machine raised. NMI context: no locks, no log. */
void upcall_nmi(void);

/*
 * core/switch.c: called with interrupts off before each return to a guest when pcpu->work or deliverable events may exist.
 * Returns with interrupts off, nothing left to do and a runnable vCPU in pcpu->current. Idles inside when there is none.
 */
void upcall_before_guest(void);

/* core/timer.c: the local APIC one-shot fired. Interrupts off, interrupt context. */
void upcall_timer_interrupt(void);
/* core/evtchn_pirq.c: device interrupt of @pirq. Interrupts off, interrupt context. */
void upcall_pirq(u32 pirq);
/* main.c: a secondary processor is ready; never returns. */
void upcall_secondary_main(void) __noreturn;

#endif
