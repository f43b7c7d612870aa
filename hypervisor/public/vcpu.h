/* SPDX-License-Identifier: MIT */
/*
 * vcpu: operations on a virtual processor, and the register image that starts one.
 *
 * vcpu_op(cmd, vcpuid, arg): arg is the VA of the structure named beside the command, or unused.
 * An id that the domain does not have is refused with -XEN_ENOENT.
 *
 * Areas registered by VA (runstate, time) are written in the kernel page tables only; areas
 * registered by MFN (vcpu_info) hold a writable reference on their frame until the domain ends.
 */
#ifndef LAMINA_PUBLIC_VCPU_H
#define LAMINA_PUBLIC_VCPU_H

#include <stdint.h>
#include "abi_check.h"

#define VCPUOP_initialise			0	/* struct vcpu_guest_context */
#define VCPUOP_up				1
#define VCPUOP_down				2	/* of the caller itself */
#define VCPUOP_is_up				3	/* returns 0 or 1 */
#define VCPUOP_get_runstate_info		4	/* struct vcpu_runstate_info */
#define VCPUOP_register_runstate_memory_area	5
#define VCPUOP_set_periodic_timer		6
#define VCPUOP_stop_periodic_timer		7
#define VCPUOP_set_singleshot_timer		8
#define VCPUOP_stop_singleshot_timer		9
#define VCPUOP_register_vcpu_info		10
#define VCPUOP_send_nmi				11
#define VCPUOP_get_physid			12
#define VCPUOP_register_vcpu_time_memory_area	13

/* vcpu_runstate_info.state and the index into .time */
#define RUNSTATE_running	0
#define RUNSTATE_runnable	1	/* waiting for a processor */
#define RUNSTATE_blocked	2	/* waiting for an event */
#define RUNSTATE_offline	3	/* down or paused */

/* Bit of state_entry_time, set while an update is under way; needs VMASST 5. */
#define XEN_RUNSTATE_UPDATE	(1ULL << 63)

struct vcpu_runstate_info {
	int32_t state;
	uint64_t state_entry_time;	/* ns */
	uint64_t time[4];		/* ns spent in each state */
};
ABI_SIZE(struct vcpu_runstate_info, 48);

struct vcpu_register_runstate_memory_area {
	union {
		uint64_t p;		/* IN: VA of struct vcpu_runstate_info */
	} addr;
};
ABI_SIZE(struct vcpu_register_runstate_memory_area, 8);

struct vcpu_register_time_memory_area {
	union {
		uint64_t p;		/* IN: VA of struct vcpu_time_info; 0 unregisters */
	} addr;
};
ABI_SIZE(struct vcpu_register_time_memory_area, 8);

struct vcpu_set_periodic_timer {
	uint64_t period_ns;		/* IN */
};

#define _VCPU_SSHOTTMR_future	0
#define VCPU_SSHOTTMR_future	(1U << _VCPU_SSHOTTMR_future)	/* refuse a time in the past */

struct vcpu_set_singleshot_timer {
	uint64_t timeout_abs_ns;	/* IN: system time */
	uint32_t flags;			/* IN: VCPU_SSHOTTMR_* */
};
ABI_SIZE(struct vcpu_set_singleshot_timer, 16);

struct vcpu_register_vcpu_info {
	uint64_t mfn;			/* IN */
	uint32_t offset;		/* IN: bytes; struct vcpu_info must not leave the page */
	uint32_t rsvd;
};
ABI_SIZE(struct vcpu_register_vcpu_info, 16);

struct vcpu_get_physid {
	uint64_t phys_id;		/* OUT: APIC id low, ACPI id high */
};

/* The two words of an exception frame that share 64 bits with padding are split out here. */
struct cpu_user_regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint32_t error_code;
	uint32_t entry_vector;
	uint64_t rip;
	uint16_t cs, _pad0[1];
	uint8_t saved_upcall_mask;
	uint8_t _pad1[3];
	uint64_t rflags;
	uint64_t rsp;
	uint16_t ss, _pad2[3];
	uint16_t es, _pad3[3];
	uint16_t ds, _pad4[3];
	uint16_t fs, _pad5[3];
	uint16_t gs, _pad6[3];
};
ABI_SIZE(struct cpu_user_regs, 200);
ABI_OFFSET(struct cpu_user_regs, rdi, 0x70);
ABI_OFFSET(struct cpu_user_regs, rip, 0x80);
ABI_OFFSET(struct cpu_user_regs, cs, 0x88);
ABI_OFFSET(struct cpu_user_regs, rflags, 0x90);
ABI_OFFSET(struct cpu_user_regs, gs, 0xc0);

/* set_trap_table(array): entries up to the first with address 0; each replaces its vector. */
struct trap_info {
	uint8_t vector;
	uint8_t flags;			/* bits 0-1: least CPL that may `int`; bit 2: mask events */
	uint16_t cs;
	uint64_t address;
};
ABI_SIZE(struct trap_info, 16);
ABI_OFFSET(struct trap_info, address, 8);
#define TI_GET_DPL(ti)	((ti)->flags & 3)
#define TI_GET_IF(ti)	((ti)->flags & 4)

/* vcpu_guest_context.flags */
#define _VGCF_i387_valid		0
#define VGCF_i387_valid			(1 << _VGCF_i387_valid)	/* fpu_ctxt holds an image */
#define VGCF_I387_VALID			(1 << 0)
#define _VGCF_in_kernel			2
#define VGCF_in_kernel			(1 << _VGCF_in_kernel)	/* starts in kernel mode */
#define VGCF_IN_KERNEL			(1 << 2)
#define _VGCF_failsafe_disables_events	3
#define VGCF_failsafe_disables_events	(1 << _VGCF_failsafe_disables_events)
#define _VGCF_syscall_disables_events	4
#define VGCF_syscall_disables_events	(1 << _VGCF_syscall_disables_events)
#define _VGCF_online			5
#define VGCF_online			(1 << _VGCF_online)
/* iret frame flags: RCX and R11 need not be restored, SYSRET is allowed */
#define _VGCF_in_syscall		8
#define VGCF_in_syscall			(1 << _VGCF_in_syscall)
#define VGCF_IN_SYSCALL			VGCF_in_syscall

struct vcpu_guest_context {
	struct {
		char x[512];		/* FXSAVE format */
	} fpu_ctxt;
	uint64_t flags;			/* VGCF_* */
	struct cpu_user_regs user_regs;
	struct trap_info trap_ctxt[256];	/* indexed by vector */
	uint64_t ldt_base, ldt_ents;
	uint64_t gdt_frames[16], gdt_ents;	/* MFNs */
	uint64_t kernel_ss, kernel_sp;
	uint64_t ctrlreg[8];		/* CR0 to CR7; CR3 as MFN << 12, [1] the user tables */
	uint64_t debugreg[8];
	uint64_t event_callback_eip;
	uint64_t failsafe_callback_eip;
	uint64_t syscall_callback_eip;
	uint64_t vm_assist;
	uint64_t fs_base;
	uint64_t gs_base_kernel;
	uint64_t gs_base_user;
};
ABI_SIZE(struct vcpu_guest_context, 5168);
ABI_OFFSET(struct vcpu_guest_context, flags, 0x200);
ABI_OFFSET(struct vcpu_guest_context, user_regs, 0x208);
ABI_OFFSET(struct vcpu_guest_context, trap_ctxt, 0x2d0);
ABI_OFFSET(struct vcpu_guest_context, gdt_frames, 0x12e0);
ABI_OFFSET(struct vcpu_guest_context, kernel_ss, 0x1368);
ABI_OFFSET(struct vcpu_guest_context, ctrlreg, 0x1378);
ABI_OFFSET(struct vcpu_guest_context, event_callback_eip, 0x13f8);
ABI_OFFSET(struct vcpu_guest_context, fs_base, 0x1418);

/* What the iret hypercall finds at the guest's RSP, lowest address first. */
struct iret_context {
	uint64_t rax, r11, rcx;
	uint64_t flags;			/* VGCF_in_syscall or 0 */
	uint64_t rip, cs, rflags, rsp, ss;
};
ABI_SIZE(struct iret_context, 72);

#endif
