/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to guest memory that recovers from faults (x86/uaccess.h).
 *
 * With SMAP the processor refuses our accesses to user pages, which all guest pages are, unless EFLAGS.AC is set. STAC and CLAC
 * exist only with SMAP: the sites hold no-ops and are patched at boot (x86/features.c). An interrupt in between clears AC
 * in the handler and restores it on return.
 */
#include "x86/extable.h"
#include "x86/smap_site.h"

	.text

/* size_t uaccess_copy_in(void *to, u64 from, size_t bytes), and the same for out: the bytes that were not copied. */
	.globl uaccess_copy_in, uaccess_copy_out
	.balign 16
uaccess_copy_in:
uaccess_copy_out:
	mov %rdx, %rcx
	shr $3, %rcx
	and $7, %edx
	SMAP_SITE 1
1:	rep movsq
	mov %edx, %ecx
2:	rep movsb
3:	mov %rcx, %rax
4:	SMAP_SITE 0
	ret
5:	lea (%rdx, %rcx, 8), %rax
	jmp 4b
	EXTABLE 1b, 5b
	EXTABLE 2b, 3b

	.section .note.GNU-stack, "", @progbits
