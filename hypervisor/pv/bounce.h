/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounce frames: how the guest kernel learns of what happened. Within this room only; others use pv_inject_*().
 */
#ifndef LAMINA_PV_BOUNCE_H
#define LAMINA_PV_BOUNCE_H

#include "core/vcpu.h"
#include "lib/types.h"

/* A guest may name @address as a handler: IRETQ to it never faults in our context. 0 means none and is accepted. */
bool pv_handler_address_ok(u64 address);

/*
 * Enters the guest kernel of the current vCPU at @cb, with a frame of RCX, R11, RIP, CS and mask, RFLAGS, RSP, SS on its stack.
 * Crashes the domain when there is no handler or no stack. Interrupts off.
 */
void pv_bounce(struct cpu_user_regs *regs, const struct pv_callback *cb);
/* The failsafe callback: the frame carries DS, ES, FS, GS between R11 and RIP. */
void pv_bounce_failsafe(struct cpu_user_regs *regs);

#endif
