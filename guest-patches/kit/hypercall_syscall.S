/* SPDX-License-Identifier: MIT */
/*
 * hypercall_syscall: hypercalls by the `syscall` instruction itself, the way of current kernels.
 *
 * kit_hypercall takes the number in RAX and the arguments in RDI, RSI, RDX, R10, R8, R9; RCX and
 * R11 are lost. hypercall_page.S provides the same symbol in the older way.
 */
	.text
	.globl kit_hypercall
kit_hypercall:
	syscall
	ret

	.section .note.GNU-stack, "", @progbits
