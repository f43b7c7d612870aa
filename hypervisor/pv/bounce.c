// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds frames on the guest kernel's stack.
 *
 * Low to high: RCX, R11, [error code or DS ES FS GS], RIP, CS, RFLAGS, RSP, SS. The stack pointer is aligned down to 16 first.
 * CS carries the event mask in bits 32-39 and its low two bits are clear when guest kernel code was interrupted; IF of the
 * RFLAGS slot is the inverse of the mask, because the hardware flag is always set.
 *
 * Frames are written with guest rights to addresses outside the hypervisor's hole; a guest whose stack cannot take one is
 * crashed. Afterwards the registers point at the handler with flat selectors and flags clean: leaving for it cannot fault.
 */
#include "pv/bounce.h"

#include "core/domain.h"
#include "public/mmu.h"
#include "pv/mode.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/gdt.h"
#include "x86/page.h"
#include "x86/uaccess.h"
#include "x86/upcalls.h"

#define PF_USER (1u << 2)
#define INT_INSN_BYTES 2
#define SYSCALL_INSN_BYTES 2
#define VECTOR_UD 6
#define VECTOR_GP 13
/* Selector error code of a gate: vector * 8, and the flag that says IDT. */
#define GATE_ERROR_CODE(vector) (((vector) << 3) | 2u)

/* Vectors whose frame has an error code. */
#define ERROR_CODE_VECTORS ((1u << 8) | (1u << 10) | (1u << 11) | (1u << 12) | (1u << 13) | (1u << 14) | (1u << 17) | (1u << 21))

/* Flags that a handler starts without. */
#define HANDLER_CLEARS (RFLAGS_TF | RFLAGS_DF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM | RFLAGS_AC)

bool pv_handler_address_ok(u64 address)
{
	return guest_range_ok(address, 1);
}

static void __attribute__((noinline)) no_stack(struct vcpu *v, u64 sp, u64 handler)
{
	int rc = domain_crash(v->domain, "vcpu%u: no room for a frame at stack %llx (handler %llx)", v->id,
			      (unsigned long long)sp, (unsigned long long)handler);

	(void)rc;
}

/* The rights of the interrupted code as the frame tells them: the event mask instead of IF, and IOPL if the guest wants it. */
static inline u64 frame_flags(const struct vcpu *v, const struct cpu_user_regs *regs, u8 masked)
{
	u64 flags = regs->rflags & ~(u64)(RFLAGS_IF | RFLAGS_IOPL);

	if (unlikely(v->pv.iopl_by_iret)) {
		flags |= (u64)v->pv.iopl << 12;
	}
	return flags | (masked ? 0 : RFLAGS_IF);
}

/* Writes the frame at @sp; false if it cannot be. */
static inline __attribute__((always_inline)) bool put_frame(u64 sp, const struct cpu_user_regs *regs, const u64 *extra,
							     unsigned int extra_words, u64 cs, u64 flags)
{
	unsigned int i;

	uaccess_begin();
	UACCESS_PUT(sp, regs->rcx, fault);
	UACCESS_PUT(sp + 8, regs->r11, fault);
	for (i = 0; i < extra_words; i++) {
		UACCESS_PUT(sp + 16 + 8 * i, extra[i], fault);
	}
	sp += 16 + 8 * extra_words;
	UACCESS_PUT(sp, regs->rip, fault);
	UACCESS_PUT(sp + 8, cs, fault);
	UACCESS_PUT(sp + 16, flags, fault);
	UACCESS_PUT(sp + 24, regs->rsp, fault);
	UACCESS_PUT(sp + 32, regs->ss, fault);
	uaccess_end();
	return true;
fault:
	uaccess_end();
	return false;
}

/*
 * @extra: @extra_words words between R11 and RIP. Inlined with constant counts.
 */
static inline __attribute__((always_inline)) void bounce(struct vcpu *v, struct cpu_user_regs *regs,
							  const struct pv_callback *cb, const u64 *extra,
							  unsigned int extra_words)
{
	struct vcpu_info *info = v->info;
	u8 masked = READ_ONCE(info->evtchn_upcall_mask);
	const u64 bytes = (7 + extra_words) * sizeof(u64);
	u16 cs = regs->cs;
	u64 sp;

	if (likely(!v->pv.kernel_mode)) {
		pv_enter_kernel_mode(v);
		sp = v->pv.kernel_sp;
	} else {
		sp = regs->rsp;
		cs &= (u16)~3u;
	}
	sp = (sp & ~15ULL) - bytes;
	if (unlikely(!guest_range_ok(sp, bytes)) ||
	    unlikely(!put_frame(sp, regs, extra, extra_words, cs | (u64)masked << 32, frame_flags(v, regs, masked)))) {
		no_stack(v, sp, cb->addr);
		return;
	}
	if (likely(cb->masks_events)) {
		info->evtchn_upcall_mask = 1;
	}
	regs->rip = cb->addr;
	regs->cs = FLAT_CS64;
	regs->rflags &= ~(u64)HANDLER_CLEARS;
	regs->rsp = sp;
	regs->ss = FLAT_DS;
}

void pv_bounce(struct cpu_user_regs *regs, const struct pv_callback *cb)
{
	struct vcpu *v = current_vcpu();

	if (unlikely(!cb->addr)) {
		no_stack(v, v->pv.kernel_sp, 0);
	} else {
		bounce(v, regs, cb, NULL, 0);
	}
}

void pv_bounce_failsafe(struct cpu_user_regs *regs)
{
	struct vcpu *v = current_vcpu();
	u64 flags = irq_save();
	u64 segments[4];

	guest_segments_save(regs);
	segments[0] = regs->ds;
	segments[1] = regs->es;
	segments[2] = regs->fs;
	segments[3] = regs->gs;
	bounce(v, regs, &v->pv.failsafe_cb, segments, ARRAY_SIZE(segments));
	irq_restore(flags);
}

void pv_inject_trap(struct cpu_user_regs *regs, u8 vector, u32 error_code)
{
	struct vcpu *v = current_vcpu();
	const struct pv_trap *trap = &v->pv.traps[vector];
	struct pv_callback cb = { .addr = trap->addr, .masks_events = trap->masks_events };
	u64 extra = error_code;
	u64 flags;

	if (unlikely(!cb.addr)) {
		int rc = domain_crash(v->domain, "vcpu%u: no handler for exception %u (error code %x) at %llx", v->id, vector,
				      error_code, (unsigned long long)regs->rip);

		(void)rc;
		return;
	}
	flags = irq_save();
	if (vector < 32 && (ERROR_CODE_VECTORS & (1u << vector))) {
		bounce(v, regs, &cb, &extra, 1);
	} else {
		bounce(v, regs, &cb, NULL, 0);
	}
	irq_restore(flags);
}

void pv_inject_page_fault(struct cpu_user_regs *regs, u32 error_code, u64 cr2)
{
	struct vcpu *v = current_vcpu();

	v->pv.cr2 = cr2;
	v->info->arch.cr2 = cr2;
	error_code &= ~PF_USER;
	if (!v->pv.kernel_mode) {
		error_code |= PF_USER;
	}
	pv_inject_trap(regs, 14, error_code);
}

/* All that is not a 64-bit system call of user space with a handler. */
static void __attribute__((noinline)) rare_syscall(struct vcpu *v, struct cpu_user_regs *regs, enum guest_syscall_kind kind)
{
	const struct pv_callback *cb = kind == GUEST_SYSCALL_64 ? &v->pv.syscall_cb : &v->pv.syscall32_cb;
	const struct pv_trap *gate = &v->pv.traps[0x80];
	struct pv_callback gate_cb = { .addr = gate->addr, .masks_events = gate->masks_events };

	switch (kind) {
	case GUEST_SYSCALL_64:
	case GUEST_SYSCALL_32:
		if (v->pv.kernel_mode || !cb->addr) {
			regs->rip -= SYSCALL_INSN_BYTES;
			pv_inject_trap(regs, VECTOR_UD, 0);
			return;
		}
		pv_bounce(regs, cb);
		return;
	case GUEST_SYSENTER:
		if (v->pv.kernel_mode || !v->pv.sysenter_cb.addr) {
			pv_inject_trap(regs, VECTOR_GP, 0);
			return;
		}
		pv_bounce(regs, &v->pv.sysenter_cb);
		return;
	case GUEST_INT80:
		if (!gate->addr || (gate->dpl < 3 && !v->pv.kernel_mode)) {
			regs->rip -= INT_INSN_BYTES;
			pv_inject_trap(regs, VECTOR_GP, GATE_ERROR_CODE(0x80));
			return;
		}
		pv_bounce(regs, &gate_cb);
		return;
	}
}

void pv_update_syscall_frame(struct vcpu *v)
{
	const u64 bytes = 7 * sizeof(u64);
	u64 frame = (v->pv.kernel_sp & ~15ULL) - bytes;
	bool plain;

	v->pv.iopl_by_iret = v->domain->vm_assist & (1u << VMASST_TYPE_architectural_iopl);
	plain = v->pv.syscall_cb.addr && v->pv.syscall_cb.masks_events && guest_range_ok(frame, bytes) && !v->pv.iopl_by_iret;
	v->pv.syscall_frame = plain ? frame : 0;
}

void upcall_guest_syscall(struct cpu_user_regs *regs, enum guest_syscall_kind kind)
{
	struct vcpu *v = current_vcpu();

	if (unlikely(kind != GUEST_SYSCALL_64) || unlikely(!v->pv.syscall_cb.addr)) {
		rare_syscall(v, regs, kind);
		return;
	}
	bounce(v, regs, &v->pv.syscall_cb, NULL, 0);
}
