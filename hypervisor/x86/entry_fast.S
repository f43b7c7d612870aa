/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two crossings that a system call of a guest's user space makes, without C. Each does what pv/bounce.c and
 * pv/iret.c do in the common case: user mode with events on, into a handler that masks them; back to user mode with events on,
 * or to the interrupted kernel. Everything else goes the long way, from a state as if nothing had been tried.
 *
 * Registers stay where they are; only RAX, RCX, RDX and R11 are borrowed. RSP is struct pcpu, so that a fault on
 * guest memory, whose frame is pushed below, leaves all slots alone.
 * The TLB stamp is set to the clock's present value without advancing it: true, and no other processor's cache line moves.
 */
#include "asm_offsets.h"
#include "x86/entry_macros.h"
#include "x86/extable.h"
#include "x86/gdt.h"
#include "x86/layout.h"
#include "x86/smap_site.h"

#define TO_PCPU (PCPU_guest_regs + REGS_rip)

#define FLAG_IF 0x200
#define FLAG_IF_BIT 9
/* Cleared for handlers: TF DF NT RF VM AC. */
#define HANDLER_FLAGS (~(0x100 | 0x400 | 0x4000 | 0x10000 | 0x20000 | 0x40000))
/* What IRETQ may load: CF PF AF ZF SF TF IF DF OF NT RF AC ID. */
#define IRET_FLAGS 0x254fd5
/* struct iret_context */
#define IRET_rax 0
#define IRET_r11 8
#define IRET_rcx 16
#define IRET_flags 24
#define IRET_rip 32
#define IRET_cs 40
#define IRET_rflags 48
#define IRET_rsp 56
#define IRET_ss 64
#define IRET_IN_SYSCALL 0x100
/* A frame that starts below lies whole in the lower half. */
#define LOWER_HALF_FRAMES_END (0x0000800000000000 - 72)
/* struct vcpu_info */
#define INFO_pending 0
#define INFO_mask 1

/* Loads \cr3 and stamps the processor; \tmp is lost. */
.macro LOAD_CR3 cr3, tmp
	mov tlb_clock(%rip), \tmp
	mov \cr3, %cr3
	mov \cr3, PCPU_loaded_cr3(%rsp)
	mov \tmp, PCPU_tlb_stamp(%rsp)
.endm

	.section .entry.text, "ax", @progbits

/* RSP at the RIP slot, RCX the vCPU. */
	.balign 64
	.globl fast_syscall, fast_iret
fast_syscall:
	sub $TO_PCPU, %rsp
	mov %rax, GUEST(rax)
	mov %rdx, GUEST(rdx)
	mov VCPU_syscall_frame(%rcx), %rax
	test %rax, %rax
	jz fast_syscall_undo
	mov VCPU_info(%rcx), %rdx
	cmpl $0, PCPU_work(%rsp)
	jne fast_syscall_undo
	cmpb $0, VCPU_areas_stale(%rcx)
	jne fast_syscall_undo
	cmpb $0, INFO_mask(%rdx)
	jne fast_syscall_undo
	movb $1, VCPU_kernel_mode(%rcx)
	swapgs
	mov VCPU_kernel_l4(%rcx), %rdx
	shl $12, %rdx
	LOAD_CR3 %rdx, %r11
	mov GUEST(rip), %rdx
	mov GUEST(rflags), %r11
	SMAP_SITE 1
1:	mov %rdx, (%rax)
2:	mov %r11, 8(%rax)
3:	mov %rdx, 16(%rax)
4:	movq $FLAT_CS64, 24(%rax)
5:	mov %r11, 32(%rax)
	mov GUEST(rsp), %rdx
6:	mov %rdx, 40(%rax)
7:	movq $FLAT_DS, 48(%rax)
	SMAP_SITE 0
	mov VCPU_info(%rcx), %rdx
	movb $1, INFO_mask(%rdx)
	and $HANDLER_FLAGS, %r11d
	mov VCPU_syscall_addr(%rcx), %rcx
	mov GUEST(rdx), %rdx
	mov %rax, GUEST(rsp)
	mov GUEST(rax), %rax
	mov GUEST(rsp), %rsp
	sysretq
	.irp label, 1b, 2b, 3b, 4b, 5b, 6b, 7b
	EXTABLE \label, fast_syscall_fault
	.endr

/* The kernel's stack cannot take the frame: the long way says so. */
fast_syscall_fault:
	SMAP_SITE 0
	movb $0, VCPU_kernel_mode(%rcx)
	swapgs
fast_syscall_undo:
	mov GUEST(rax), %rax
	mov GUEST(rdx), %rdx
	add $TO_PCPU, %rsp
	jmp fast_syscall_slow

/*
 * RSP at the RIP slot, RCX the vCPU. The guest's RAX, RCX and R11 come from its frame. Its slots are filled on the way,
 * RSP last, because the long way needs it. Each word of the frame is read once: the guest may change it meanwhile.
 */
fast_iret:
	sub $TO_PCPU, %rsp
	mov %rdx, GUEST(rdx)
	mov GUEST(rsp), %rax
	movabs $HV_HOLE_END, %r11
	cmp %r11, %rax
	jb fast_iret_low
fast_iret_frame:
	cmpl $0, PCPU_work(%rsp)
	jne fast_iret_undo
	cmpw $0, VCPU_iret_extras(%rcx)
	jne fast_iret_undo
	SMAP_SITE 1
1:	testl $IRET_IN_SYSCALL, IRET_flags(%rax)
	jnz fast_iret_unusual
2:	movzwl IRET_cs(%rax), %edx
	mov %rdx, GUEST(cs)
3:	mov IRET_rflags(%rax), %r11
	and $IRET_FLAGS, %r11d
	mov %r11, GUEST(rflags)
4:	mov IRET_rip(%rax), %r11
	mov %r11, GUEST(rip)
5:	movzwl IRET_ss(%rax), %r11d
	mov %r11, GUEST(ss)
6:	mov IRET_rcx(%rax), %r11
	mov %r11, GUEST(rcx)
7:	mov IRET_rax(%rax), %r11
	mov %r11, GUEST(rax)
8:	mov IRET_r11(%rax), %r11
	mov %r11, GUEST(r11)
9:	mov IRET_rsp(%rax), %r11
	SMAP_SITE 0
	not %edx
	test $3, %dl
	jnz fast_iret_kernel
	testl $FLAG_IF, GUEST(rflags)
	jz fast_iret_undo
	mov VCPU_user_l4(%rcx), %rdx
	lea -1(%rdx), %rax
	cmp $-3, %rax
	ja fast_iret_undo
	shl $12, %rdx
	orl $3, GUEST(ss)
	mov %r11, GUEST(rsp)
	/* The mask is cleared before CR3, which serializes, and pending read after: an event in between is not lost. */
	mov VCPU_info(%rcx), %rax
	movb $0, INFO_mask(%rax)
	movb $0, VCPU_kernel_mode(%rcx)
	swapgs
	LOAD_CR3 %rdx, %r11
	cmpb $0, INFO_pending(%rax)
	jne fast_iret_event
fast_iret_leave:
	mov GUEST(rdx), %rdx
	mov GUEST(rcx), %rcx
	mov GUEST(r11), %r11
	mov GUEST(rax), %rax
	lea TO_PCPU(%rsp), %rsp
	jmp guest_iretq
	.irp label, 1b, 2b, 3b, 4b, 5b, 6b, 7b, 8b, 9b
	EXTABLE \label, fast_iret_unusual
	.endr

/*
 * To where the guest's kernel was interrupted: same tables, the event mask as it was. Who raises an event kicks a running vCPU
 * whatever its mask says (vcpu_mark_events_pending()), so the mask needs no fence before pending is read.
 */
fast_iret_kernel:
	orl $3, GUEST(cs)
	testl $0xfffc, GUEST(ss)
	jnz 1f
	movl $FLAT_DS, GUEST(ss)
1:	orl $3, GUEST(ss)
	mov %r11, GUEST(rsp)
	mov VCPU_info(%rcx), %rax
	mov GUEST(rflags), %edx
	not %edx
	shr $FLAG_IF_BIT, %edx
	and $1, %edx
	mov %dl, INFO_mask(%rax)
	orl $FLAG_IF, GUEST(rflags)
	cmp %dl, INFO_pending(%rax)
	jbe fast_iret_leave

/* In the guest's new mode already, the frame as IRETQ takes it: complete the rest for the upcall. */
fast_iret_event:
	mov GUEST(rdx), %rdx
	mov GUEST(rcx), %rcx
	mov GUEST(r11), %r11
	mov GUEST(rax), %rax
	lea TO_PCPU(%rsp), %rsp
	pushq $0
	SAVE_GPRS
	sub $8, %rsp
	jmp guest_work

/* Small kernels have their stacks in the lower half. */
fast_iret_low:
	movabs $LOWER_HALF_FRAMES_END, %r11
	cmp %r11, %rax
	jb fast_iret_frame
	jmp fast_iret_undo

fast_iret_unusual:
	SMAP_SITE 0
fast_iret_undo:
	mov GUEST(rdx), %rdx
	mov $HYPERCALL_IRET, %eax
	add $TO_PCPU, %rsp
	jmp fast_iret_slow

	.section .note.GNU-stack, "", @progbits
