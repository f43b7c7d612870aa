/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry from guests and interrupts, and exit to guests. x86/entry.h has the outline.
 *
 * On the main stack a guest's frame is pcpu.guest_regs itself, so that with the frame complete RSP + 0 is struct
 * cpu_user_regs and RSP - 8 is struct pcpu, 16-byte aligned: the stack pointer for calls into C. Code below writes %rsp where it
 * means "this processor".
 *
 * Frames of interrupts in hypervisor context have the same layout without the selectors es..gs behind SS.
 * The hypervisor never uses GS; the guest's bases stay in the MSRs, no entry path executes SWAPGS.
 */
#include "asm_offsets.h"
#include "lib/errno.h"
#include "x86/entry_macros.h"
#include "x86/extable.h"
#include "x86/gdt.h"

#define FLAG_TF 0x00100
#define FLAG_RF 0x10000
#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_DF 8
#define VECTOR_GP 13
#define VECTOR_MC 18
#define VECTOR_INT80 0x80
#define FIRST_IRQ_VECTOR 32
/* enum guest_syscall_kind */
#define KIND_SYSCALL_32 1
#define KIND_SYSENTER 2
#define KIND_INT80 3

/* Interrupt gates leave DF and AC as the guest had them; CLAC exists only with SMAP. */
.macro CLEAN_FLAGS
	cld
	cmpb $0, cpu_features + CPU_FEATURES_has_smap(%rip)
	je 9f
	clac
9:
.endm

/* Any stack pointer of the processor, in \reg, becomes its struct pcpu. */
.macro PCPU_FROM_STACK reg
	or $(PCPU_AREA_BYTES - 1), \reg
	sub $(PCPU_SIZE - 1), \reg
.endm

/*
 * To guest_work when something waits for this processor or an upcall is due: vcpu_info's first two bytes, pending and mask, read as a
 * 16-bit number say 1 to 0xff then. RSP is struct pcpu, interrupts are off. Spoils RCX.
 */
.macro WORK_FIRST
	cmpl $0, PCPU_work(%rsp)
	jne guest_work
	mov PCPU_current(%rsp), %rcx
	mov VCPU_info(%rcx), %rcx
	movzwl (%rcx), %ecx
	dec %ecx
	cmp $0xff, %ecx
	jb guest_work
.endm

	.section .entry.text, "ax", @progbits

/*
 * The 256 IDT targets. The vector goes into the upper half of the error code's slot.
 */
	.balign 4096
	.globl vector_stubs
vector_stubs:
	.set vector, 0
	.rept 256
	.balign 16
	.ifeq (vector - 8) * (vector - 10) * (vector - 11) * (vector - 12) * (vector - 13) * (vector - 14) * (vector - 17) * (vector - 21) * (vector - 29) * (vector - 30)
	.else
	pushq $0
	.endif
	movl $vector, 4(%rsp)
	.ifeq (vector - VECTOR_DB) * (vector - VECTOR_NMI) * (vector - VECTOR_DF) * (vector - VECTOR_MC)
	jmp ist_entry
	.else
	jmp trap_entry
	.endif
	.set vector, vector + 1
	.endr
	.balign 16

trap_entry:
	SAVE_GPRS
	CLEAN_FLAGS
	testb $3, REGS_cs(%rsp)
	jz trap_hypervisor

/* The frame is complete in guest_regs: an exception or interrupt of guest context, interrupts off. */
trap_guest:
	mov REGS_entry_vector(%rsp), %eax
	mov %rsp, %rdi
	sub $8, %rsp
	cmp $FIRST_IRQ_VECTOR, %eax
	jae 1f
	mov %cr2, %rsi
	sti
	call upcall_guest_trap
	jmp guest_exit
1:	cmp $VECTOR_INT80, %eax
	je 2f
	mov %eax, %edi
	call irq_dispatch
	jmp guest_exit_irqs_off
2:	mov $KIND_INT80, %esi
	call upcall_guest_syscall
	jmp guest_exit_irqs_off

trap_hypervisor:
	mov %rsp, %rdi
	mov REGS_entry_vector(%rsp), %eax
	sub $8, %rsp
	cmp $FIRST_IRQ_VECTOR, %eax
	jae 1f
	mov %cr2, %rsi
	call trap_from_hypervisor
	jmp hypervisor_return
1:	mov %eax, %edi
	call irq_dispatch
hypervisor_return:
	add $8, %rsp
	RESTORE_GPRS
	add $8, %rsp
	iretq

/*
 * NMI, double fault, machine check, debug: on a stack of their own, because they may come between SYSCALL and the stack
 * switch. From a guest the frame moves to the main stack and the interrupt stack is free again.
 */
ist_entry:
	SAVE_GPRS
	CLEAN_FLAGS
	testb $3, REGS_cs(%rsp)
	jz ist_hypervisor
	mov %rsp, %rsi
	mov %rsp, %rdx
	PCPU_FROM_STACK %rdx
	lea PCPU_guest_regs(%rdx), %rdi
	mov $(REGS_es / 8), %ecx
	rep movsq
	lea PCPU_guest_regs(%rdx), %rsp
	mov REGS_entry_vector(%rsp), %eax
	cmp $VECTOR_DB, %eax
	je trap_guest
	mov %rsp, %rdi
	sub $8, %rsp
	cmp $VECTOR_NMI, %eax
	je nmi_guest
	call trap_from_hypervisor	/* double fault or machine check: panics */

/* Another NMI may come only after an IRET, and the way out might be SYSRET: execute one here. */
nmi_guest:
	call trap_nmi
	mov %rsp, %rax
	mov %ss, %ecx
	push %rcx
	push %rax
	pushfq
	mov %cs, %ecx
	push %rcx
	lea guest_exit_irqs_off(%rip), %rcx
	push %rcx
	iretq

ist_hypervisor:
	mov %rsp, %rdi
	mov REGS_entry_vector(%rsp), %eax
	sub $8, %rsp
	cmp $VECTOR_NMI, %eax
	je 1f
	call trap_from_hypervisor
	jmp hypervisor_return
1:	call trap_nmi
	jmp hypervisor_return

/*
 * The stubs that entry_init_cpu() copies to the start of each processor's area; all offsets are from there. The guest's
 * RSP goes straight to its slot, RSP becomes the address of that slot. The jump's target is filled in.
 */
#define SLOT_RSP (PCPU_AREA_BYTES - PCPU_SIZE + PCPU_guest_regs + REGS_rsp)

	.section .rodata, "a", @progbits
	.globl entry_stubs, entry_stub_cstar, entry_stub_lstar_jump, entry_stub_cstar_jump, entry_stubs_end
	.balign 16
entry_stubs:
	mov %rsp, (SLOT_RSP - 7)(%rip)
	lea (SLOT_RSP - 14)(%rip), %rsp
	push %r11
entry_stub_lstar_jump:
	.byte 0xe9
	.long 0
	.balign 32, 0xcc
entry_stub_cstar:
	mov %rsp, (SLOT_RSP - 32 - 7)(%rip)
	lea (SLOT_RSP - 32 - 14)(%rip), %rsp
	push %r11
entry_stub_cstar_jump:
	.byte 0xe9
	.long 0
	.balign 32, 0xcc
entry_stubs_end:

	.section .entry.text, "ax", @progbits
/*
 * From the SYSCALL stub: RSP at the flags slot, RCX the guest's RIP, interrupts off, flags clean (FMASK). The guest's
 * kernel calls us, its user space calls its kernel.
 */
	.balign 64
	.globl entry_syscall
entry_syscall:
	pushq $FLAT_CS64
	push %rcx
	mov (PCPU_current - PCPU_guest_regs - REGS_rip)(%rsp), %rcx
	cmpb $0, VCPU_kernel_mode(%rcx)
	je fast_syscall
	cmp $HYPERCALL_IRET, %rax
	je fast_iret
	mov (%rsp), %rcx
	movq $FLAT_DS, (REGS_ss - REGS_rip)(%rsp)
	pushq $0
	SAVE_GPRS
	sub $8, %rsp
	/* The number is clamped without a branch: a mispredicted one would read beyond the table, whose last row is empty. */
	mov $HYPERCALL_ROWS, %ecx
	cmp %rcx, %rax
	cmovb %rax, %rcx
	lea hypercall_table(%rip), %r11
	mov (%r11, %rcx, 8), %r11
	test %r11, %r11
	jz hypercall_absent
	/* Arguments are where C has them, but for the fourth. */
	mov %r10, %rcx
	sti
	call *%r11
	cmp $-ERESTART, %rax
	je hypercall_restarts
hypercall_exit:
	cli
	mov %rax, GUEST(rax)
	WORK_FIRST
	/*
	 * The frame is as SYSCALL left it, since only guest_work and a restart change it, and C has kept RBX, RBP and R12 to R15. SYSRET
	 * faults in our context when RIP is not canonical.
	 */
	mov GUEST(rflags), %r11
	test $(FLAG_TF | FLAG_RF), %r11d
	jnz guest_restore
	mov GUEST(rip), %rcx
	mov %rcx, %rax
	shl $16, %rax
	sar $16, %rax
	cmp %rcx, %rax
	jne guest_restore
	mov GUEST(rax), %rax
	mov GUEST(rdi), %rdi
	mov GUEST(rsi), %rsi
	mov GUEST(rdx), %rdx
	mov GUEST(r10), %r10
	mov GUEST(r8), %r8
	mov GUEST(r9), %r9
	mov GUEST(rsp), %rsp
	sysretq

hypercall_absent:
	mov $-ENOSYS, %rax
	jmp hypercall_exit

hypercall_restarts:
	lea PCPU_guest_regs(%rsp), %rdi
	call upcall_hypercall_restart
	jmp guest_exit

/* The fast paths below were not taken: RSP at the RIP slot, all but RCX as the guest had it. */
	.globl fast_syscall_slow, fast_iret_slow
fast_syscall_slow:
	mov (%rsp), %rcx
	mov (REGS_rflags - REGS_rip)(%rsp), %r11
	movq $FLAT_DS, (REGS_ss - REGS_rip)(%rsp)
	pushq $0
	SAVE_GPRS
	mov %rsp, %rdi
	sub $8, %rsp
	xor %esi, %esi
	call upcall_guest_syscall
	jmp guest_exit_irqs_off

fast_iret_slow:
	mov (%rsp), %rcx
	movq $FLAT_DS, (REGS_ss - REGS_rip)(%rsp)
	pushq $0
	SAVE_GPRS
	mov %rsp, %rdi
	sub $8, %rsp
	call upcall_guest_iret
	jmp guest_exit_irqs_off

	.globl entry_cstar
entry_cstar:
	pushq $FLAT_CS32
	movq $FLAT_DS, (REGS_ss - REGS_cs)(%rsp)
	push %rcx
	pushq $0
	SAVE_GPRS
	mov %rsp, %rdi
	sub $8, %rsp
	mov $KIND_SYSCALL_32, %esi
	call upcall_guest_syscall
	jmp guest_exit_irqs_off

/* SYSENTER loads our stack but keeps every flag other than IF, RF and VM, and tells nothing of where it came from. */
	.globl entry_sysenter
entry_sysenter:
	pushq $FLAT_DS
	pushq $0
	pushfq
	pushq $2
	popfq
	pushq $3
	pushq $0
	pushq $0
	SAVE_GPRS
	mov %rsp, %rdi
	sub $8, %rsp
	mov $KIND_SYSENTER, %esi
	call upcall_guest_syscall
	jmp guest_exit_irqs_off

	.globl enter_guest
enter_guest:
	cli
	PCPU_FROM_STACK %rsp
	xor %ebp, %ebp
	jmp guest_work

/*
 * The way to a guest for all but hypercalls without work. Here RSP is struct pcpu.
 */
	.balign 64
guest_exit:
	cli
guest_exit_irqs_off:
	WORK_FIRST
guest_restore:
	add $8, %rsp
	/* SYSRET needs flat selectors and destroys RCX and R11; it faults in our context when RCX is not canonical. */
	cmpw $FLAT_CS64, REGS_cs(%rsp)
	jne 1f
	mov REGS_rip(%rsp), %rcx
	mov REGS_rflags(%rsp), %r11
	cmp %rcx, REGS_rcx(%rsp)
	jne 1f
	cmp %r11, REGS_r11(%rsp)
	jne 1f
	cmpw $FLAT_DS, REGS_ss(%rsp)
	jne 1f
	test $(FLAG_TF | FLAG_RF), %r11d
	jnz 1f
	mov %rcx, %rax
	shl $16, %rax
	sar $16, %rax
	cmp %rcx, %rax
	jne 1f
	RESTORE_GPRS
	mov (REGS_rsp - REGS_error_code)(%rsp), %rsp
	sysretq
1:	RESTORE_GPRS
	add $8, %rsp
	.globl guest_iretq, guest_work
guest_iretq:
	iretq
	EXTABLE guest_iretq, iretq_fault

guest_work:
	call upcall_before_guest
	jmp guest_restore

/* What IRETQ should have loaded is unusable. RSP and the registers are as before it: rebuild the frame and tell the guest. */
iretq_fault:
	pushq $0
	movl $VECTOR_GP, 4(%rsp)
	SAVE_GPRS
	mov %rsp, %rdi
	sub $8, %rsp
	call upcall_guest_iret_fault
	jmp guest_exit_irqs_off

	.section .note.GNU-stack, "", @progbits
