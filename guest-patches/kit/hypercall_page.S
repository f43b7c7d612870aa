/* SPDX-License-Identifier: MIT */
/*
 * hypercall_page: hypercalls through a page that the builder fills, the way of older kernels.
 *
 * The page holds one stub of 32 bytes per hypercall number, each ending in `ret`; a note names its
 * address. The stub keeps RCX and R11, but callers do not count on that, so that this file and
 * hypercall_syscall.S are interchangeable. iret is not called through here: its stub expects
 * another stack, and trap_entry.S issues `syscall` for it in either case.
 */
#include <public/elfnote.h>
#include "note.h"

	.text
	.globl kit_hypercall
kit_hypercall:
	cmp	$128, %rax		/* stubs in the page */
	jae	1f
	mov	%eax, %ecx
	shl	$5, %ecx
	lea	hypercall_page(%rip), %r11
	add	%rcx, %r11
	jmp	*%r11
1:	syscall
	ret

	.balign 4096
	.globl hypercall_page
hypercall_page:
	.skip	4096

NOTE_QUAD(XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page)

	.section .note.GNU-stack, "", @progbits
