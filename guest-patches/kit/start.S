/* SPDX-License-Identifier: MIT */
/*
 * start: the first instructions of a kit kernel, and the notes that every kit image carries.
 *
 * The hypervisor enters at _start with RSI = virtual address of start_info and RSP at the end of a
 * one-page boot stack. Everything behind that stack, up to the end of the initial mapping, is free
 * memory: pages.c hands it out. The kernel moves to a stack of its own and never comes back.
 *
 * How hypercalls are made is a matter of the link: hypercall_syscall.S or hypercall_page.S.
 */
#include <public/elfnote.h>
#include <public/mmu.h>
#include <public/version.h>
#include "note.h"

#define STACK_BYTES 16384

	.section .text.start, "ax"
	.globl _start
_start:
	cld
	mov	%rsi, kit_start_info(%rip)
	mov	%rsp, kit_free_start(%rip)
	lea	kit_stack_end(%rip), %rsp
	xor	%ebp, %ebp
	call	kit_start
	ud2

	.bss
	.balign 16
	.globl kit_stack
kit_stack:
	.skip	STACK_BYTES
	.globl kit_stack_end
kit_stack_end:

NOTE_TEXT(XEN_ELFNOTE_XEN_VERSION, "xen-3.0")
NOTE_TEXT(XEN_ELFNOTE_GUEST_OS, "kit")
NOTE_TEXT(XEN_ELFNOTE_GUEST_VERSION, "1")
NOTE_TEXT(XEN_ELFNOTE_LOADER, "generic")
NOTE_QUAD(XEN_ELFNOTE_VIRT_BASE, kit_virt_base)
NOTE_QUAD(XEN_ELFNOTE_PADDR_OFFSET, 0)
NOTE_QUAD(XEN_ELFNOTE_ENTRY, _start)
NOTE_QUAD(XEN_ELFNOTE_HV_START_LOW, HYPERVISOR_VIRT_START)
NOTE_TEXT(XEN_ELFNOTE_FEATURES, "!writable_page_tables|pae_pgdir_above_4gb")
NOTE_LONG(XEN_ELFNOTE_SUPPORTED_FEATURES, (1 << XENFEAT_dom0) | (1 << XENFEAT_pae_pgdir_above_4gb))
NOTE_PAIR(XEN_ELFNOTE_L1_MFN_VALID, 1, 1)

	.section .note.GNU-stack, "", @progbits
