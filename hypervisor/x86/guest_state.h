/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a guest that stay in the processor while the hypervisor runs: data segments, segment bases, debug registers, the
 * task-switched flag. The hypervisor needs none of them and touches them only through here.
 *
 * While guest kernel code runs GS_BASE is the kernel's base and KERNEL_GS_BASE the user's; guest_swapgs() exchanges them.
 */
#ifndef LAMINA_X86_GUEST_STATE_H
#define LAMINA_X86_GUEST_STATE_H

#include "lib/types.h"
#include "public/vcpu.h"

static inline void guest_swapgs(void) { __asm__ volatile("swapgs" ::: "memory"); }

/* DS, ES, FS, GS between the processor and @regs. A selector that cannot be loaded becomes NULL, in @regs too. */
void guest_segments_save(struct cpu_user_regs *regs);
void guest_segments_load(struct cpu_user_regs *regs);
/* Loads the GS selector of the inactive (user) side, NULL if it cannot be loaded; its base becomes the descriptor's. Interrupts off. */
void guest_load_user_gs(u16 selector);

/* CR0.TS: the next FPU instruction of the guest traps. */
void guest_set_ts(bool on);

u64 guest_read_dr6(void);
/* @reg 0-3, 6 or 7. The value has been checked. */
void guest_write_dr(unsigned int reg, u64 value);

/* Writes back and invalidates the caches. */
static inline void guest_wbinvd(void) { __asm__ volatile("wbinvd" ::: "memory"); }

#endif
