/* SPDX-License-Identifier: MIT */
/*
 * trap_entry: where the hypervisor enters the kernel, and the way back.
 *
 * A bounce frame starts with RCX and R11, then an error code for some vectors, then RIP, CS with
 * the saved event mask in byte 4, RFLAGS, RSP, SS. The stubs bring both kinds to one shape (struct
 * trap_regs): vector and error first, then RCX and R11. The way back is the iret hypercall, which
 * restores the event mask from RFLAGS.IF; its frame is {RAX, R11, RCX, flags, RIP, CS, ...}.
 */
#include <public/hypercall.h>

	.text

/* Without an error code: the slots of error and vector go below RCX. */
.macro ENTRY_PLAIN vector
	pushq	$0
	pushq	$\vector
	jmp	trap_common
.endm

/* With an error code above R11: move it below RCX, closing the gap upwards. */
.macro ENTRY_ERROR vector
	pushq	16(%rsp)		/* error */
	pushq	$\vector
	mov	24(%rsp), %r11		/* the frame is now vector error rcx r11 error rip ... */
	xchg	%r11, 32(%rsp)		/* r11 into the old error slot */
	mov	16(%rsp), %rcx
	mov	%rcx, 24(%rsp)		/* rcx into the old r11 slot */
	popq	%r11
	popq	%rcx			/* error */
	mov	%rcx, (%rsp)		/* error into the old rcx slot */
	pushq	$\vector
	jmp	trap_common
.endm

	.balign 16
trap_stubs:
	vector = 0
	.rept 256
	.balign 64
	.if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21
	ENTRY_ERROR vector
	.else
	ENTRY_PLAIN vector
	.endif
	vector = vector + 1
	.endr

	.globl trap_entry_event
trap_entry_event:
	ENTRY_PLAIN 256
	.globl trap_entry_syscall
trap_entry_syscall:
	ENTRY_PLAIN 258

/* The failsafe frame has DS, ES, FS and GS between R11 and RIP; they are dropped. */
	.globl trap_entry_failsafe
trap_entry_failsafe:
	mov	(%rsp), %rcx
	mov	8(%rsp), %r11
	add	$48, %rsp
	push	%r11
	push	%rcx
	ENTRY_PLAIN 257

	.globl trap_common
trap_common:
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rax
	push	%r8
	push	%r9
	push	%r10
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	cld
	mov	%rsp, %rdi
	mov	%rsp, %rbp
	and	$-16, %rsp
	call	trap_dispatch
	mov	%rbp, %rsp
	.globl trap_return
trap_return:
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$16, %rsp		/* vector, error */
	mov	(%rsp), %rcx
	mov	8(%rsp), %r11
	movq	$0, 8(%rsp)		/* flags of the iret frame; RIP follows */
	mov	%rcx, (%rsp)
	push	%r11
	push	%rax
	mov	$__HYPERVISOR_iret, %eax
	syscall
	ud2

/* int trap_catch_run(function, arg): 1 when the function came back, 0 when a trap ended it. */
	.globl trap_catch_run
trap_catch_run:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	mov	%rsp, trap_catch_rsp(%rip)
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	mov	$1, %eax
	jmp	1f
	.globl trap_catch_resume
trap_catch_resume:
	xor	%eax, %eax
1:	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.bss
	.balign 8
	.globl trap_catch_rsp
trap_catch_rsp:
	.skip	8

	.section .rodata
	.balign 8
	.globl trap_entries
trap_entries:
	vector = 0
	.rept 256
	.quad	trap_stubs + 64 * vector
	vector = vector + 1
	.endr

	.section .note.GNU-stack, "", @progbits
