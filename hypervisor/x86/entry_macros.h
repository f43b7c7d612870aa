/* SPDX-License-Identifier: GPL-2.0-only */
/* What entry.S and entry_fast.S share. Assembly only. */
#ifndef LAMINA_X86_ENTRY_MACROS_H
#define LAMINA_X86_ENTRY_MACROS_H

#define HYPERCALL_IRET 23

/* The slot of a guest register while RSP is struct pcpu. */
#define GUEST(reg) (PCPU_guest_regs + REGS_##reg)(%rsp)

/* Between the entry_vector slot and the start of struct cpu_user_regs. */
.macro SAVE_GPRS
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %rax
	push %r8
	push %r9
	push %r10
	push %r11
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
.endm

.macro RESTORE_GPRS
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rax
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
.endm

#endif
