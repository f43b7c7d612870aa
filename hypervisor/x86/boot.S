/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the boot loader to C. Multiboot 1 and 2 both enter boot_entry32 in 32-bit protected mode without paging, magic in EAX,
 * information in EBX. This file switches to long mode on page tables built at link time and calls boot_main(magic, info) on
 * the main stack of processor 0, at its final address.
 *
 * The boot tables map: the first 4 GiB at 0 and at the direct map (2 MiB pages, writable and executable), the image at its
 * link address, and processor 0's area. x86/own_maps.c replaces them; starting processors pass through them (trampoline.S).
 *
 * The Multiboot 1 header carries address fields because loaders of that protocol know no ELF64.
 */
#include "asm_offsets.h"
#include "x86/layout.h"

#define PA(sym)        ((sym) - IMAGE_VA + 0x200000)
#define MB1_MAGIC      0x1badb002
#define MB1_FLAGS      0x00010003 /* pages aligned, memory map wanted, address fields valid */
#define MB2_MAGIC      0xe85250d6
#define TABLE          0x3        /* present, writable */
#define LARGE          0x83       /* and 2 MiB */
#define COM1           0x3f8

	.section .boot.header, "ax"
	.balign 8
mb1_header:
	.long MB1_MAGIC
	.long MB1_FLAGS
	.long -(MB1_MAGIC + MB1_FLAGS)
	.long PA(mb1_header)
	.long PA(text_start)
	.long PA(load_end)
	.long PA(image_end)
	.long PA(boot_entry32)

	.balign 8
mb2_header:
	.long MB2_MAGIC
	.long 0                       /* i386 */
	.long mb2_end - mb2_header
	.long -(MB2_MAGIC + (mb2_end - mb2_header))
	.short 2, 0                   /* address fields */
	.long 24
	.long PA(mb2_header), PA(text_start), PA(load_end), PA(image_end)
	.short 3, 0                   /* entry */
	.long 12
	.long PA(boot_entry32)
	.balign 8
	.short 6, 0                   /* modules on page boundaries */
	.long 8
	.short 0, 0
	.long 8
mb2_end:

	.section .boot.text, "ax"
	.code32
	.globl boot_entry32
boot_entry32:
	cli
	cld
	mov %eax, %ebp                /* magic; EBX keeps the information's address */
	mov $PA(boot_pcpu_area + PCPU_AREA_BYTES - PCPU_SIZE), %esp

	mov $0x80000000, %eax
	push %ebx
	cpuid
	cmp $0x80000001, %eax
	jb no_long_mode
	mov $0x80000001, %eax
	cpuid
	pop %ebx
	and $0x20100000, %edx         /* long mode, no-execute */
	cmp $0x20100000, %edx
	jne no_long_mode

	lgdt PA(boot_gdt_pointer)
	mov $PA(boot_l4), %eax
	call boot_enable_paging
	ljmp $0x08, $PA(boot_entry64)

no_long_mode:
	mov $PA(no_long_mode_text), %esi
1:	mov $COM1 + 5, %dx
	in %dx, %al
	test $0x20, %al
	jz 1b
	lodsb
	test %al, %al
	jz 2f
	mov $COM1, %dx
	out %al, %dx
	jmp 1b
2:	hlt
	jmp 2b

no_long_mode_text:
	.asciz "Lamina needs a 64-bit processor with no-execute pages.\r\n"

/* EAX: machine address of an L4. Turns on long mode; the caller makes the far jump. Clobbers EAX, ECX, EDX. */
	.globl boot_enable_paging
boot_enable_paging:
	mov %eax, %cr3
	mov $0x20, %eax               /* PAE */
	mov %eax, %cr4
	mov $0xc0000080, %ecx         /* EFER: SCE, LME, NXE */
	rdmsr
	or $0x901, %eax
	wrmsr
	mov $0x80010033, %eax         /* PG WP NE ET MP PE */
	mov %eax, %cr0
	ret

	.code64
boot_entry64:
	movabs $boot_high64, %rax
	jmp *%rax

	.text
boot_high64:
	mov $0x10, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	xor %eax, %eax
	mov %eax, %fs
	mov %eax, %gs
	movabs $(PCPU_AREAS_VA + PCPU_AREA_BYTES - PCPU_SIZE), %rsp
	mov %ebp, %edi
	mov %ebx, %esi
	xor %ebp, %ebp
	push $0                       /* ends backtraces, keeps the stack aligned */
	push $0
	call boot_main
1:	hlt
	jmp 1b

	.section .data.page_aligned, "aw"
	.balign 4096
	.globl boot_l4
boot_l4:
	.quad PA(boot_l3_low) + TABLE
	.fill 259, 8, 0
	.quad PA(boot_l3_image) + TABLE
	.quad 0
	.quad PA(boot_l3_low) + TABLE
	.fill 249, 8, 0
boot_l3_low:
	.quad PA(boot_l2_low) + TABLE
	.quad PA(boot_l2_low) + 0x1000 + TABLE
	.quad PA(boot_l2_low) + 0x2000 + TABLE
	.quad PA(boot_l2_low) + 0x3000 + TABLE
	.fill 508, 8, 0
boot_l3_image:
	.quad PA(boot_l2_image) + TABLE
	.quad PA(boot_l2_areas) + TABLE
	.fill 510, 8, 0
boot_l2_low:
	.set at, 0
	.rept 2048
	.quad at + LARGE
	.set at, at + 0x200000
	.endr
boot_l2_image:
	.set at, 0x200000
	.rept 16
	.quad at + LARGE
	.set at, at + 0x200000
	.endr
	.fill 496, 8, 0
boot_l2_areas:
	.quad PA(boot_l1_area) + TABLE
	.fill 511, 8, 0
boot_l1_area:
	.quad PA(boot_pcpu_area) + TABLE
	.quad 0
	.set at, 0x2000
	.rept 6
	.quad PA(boot_pcpu_area) + at + TABLE
	.set at, at + 0x1000
	.endr
	.fill 504, 8, 0

	.globl boot_gdt_pointer, boot_gdt
	.balign 16
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff      /* 0x08 code, 64 bit */
	.quad 0x00cf93000000ffff      /* 0x10 data */
	.quad 0x00cf9b000000ffff      /* 0x18 code, 32 bit */
boot_gdt_end:
boot_gdt_pointer:
	.short boot_gdt_end - boot_gdt - 1
	.long PA(boot_gdt)
	.long 0

	.section .bss.page_aligned, "aw", @nobits
	.balign 4096
	.globl boot_pcpu_area
boot_pcpu_area:
	.skip PCPU_AREA_BYTES

	.section .note.GNU-stack, "", @progbits
