/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where other processors start. x86/smp.c copies [trampoline_start, trampoline_end) to a page below 1 MiB and names that page
 * in the start-up message; the rest runs in place. The processor passes through the boot page tables (identity mapped), then
 * loads the final ones and its own stack.
 *
 * One processor at a time: ap_ticket is 1 while a start is wanted, and whoever takes it may go on. One that comes late, after
 * smp.c gave up on it, finds 0 and stops.
 */
#include "x86/layout.h"

#define PA(sym) ((sym) - IMAGE_VA + 0x200000)

	.section .rodata, "a", @progbits
	.globl trampoline_start, trampoline_end
	.code16
trampoline_start:
	cli
	cld
	mov %cs, %ax
	mov %ax, %ds
	lgdtl trampoline_gdt_pointer - trampoline_start
	mov %cr0, %eax
	or $1, %al
	mov %eax, %cr0
	ljmpl $0x18, $PA(ap_entry32)
	.balign 4
trampoline_gdt_pointer:
	.short 31
	.long PA(boot_gdt)
trampoline_end:

	.section .boot.text, "ax"
	.code32
ap_entry32:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %ss
	xor %eax, %eax
	xchg %eax, PA(ap_ticket)
	test %eax, %eax
	jz ap_late
	mov $PA(ap_boot_stack_end), %esp
	mov $PA(boot_l4), %eax
	call boot_enable_paging
	ljmp $0x08, $PA(ap_entry64)
ap_late:
	cli
	hlt
	jmp ap_late

	.code64
ap_entry64:
	movabs $ap_high64, %rax
	jmp *%rax

	.text
ap_high64:
	mov ap_cr3(%rip), %rax
	mov %rax, %cr3
	mov ap_stack(%rip), %rsp
	xor %ebp, %ebp
	push $0
	push $0
	call smp_ap_main
1:	hlt
	jmp 1b

	.data
	.balign 8
	.globl ap_ticket, ap_cr3, ap_stack
ap_cr3:
	.quad 0
ap_stack:
	.quad 0
ap_ticket:
	.long 0

	.bss
	.balign 16
	.skip 256
ap_boot_stack_end:

	.section .note.GNU-stack, "", @progbits
