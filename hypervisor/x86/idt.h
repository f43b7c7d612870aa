/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt descriptor table, one for all processors, and the vectors above the exceptions.
 *
 *   0x00-0x1f  exceptions
 *   0x20-0x2f  the masked PIC's spurious interrupts
 *   0x30-0xdf  devices (irq.h), given out at run time
 *   0x80       not given out: guests' int 0x80
 *   0xf0-      the hypervisor's own, below
 */
#ifndef LAMINA_X86_IDT_H
#define LAMINA_X86_IDT_H

#define VECTOR_NMI           2
#define VECTOR_DF            8
#define VECTOR_DB            1
#define VECTOR_BP            3
#define VECTOR_OF            4
#define VECTOR_MC            18
#define VECTOR_DEVICE_FIRST  0x30
#define VECTOR_DEVICE_LAST   0xdf
#define VECTOR_GUEST_SYSCALL 0x80
#define VECTOR_CALL          0xf1 /* smp_call(), TLB flushes */
#define VECTOR_KICK          0xf2 /* look at pcpu.work */
#define VECTOR_TIMER         0xf3
#define VECTOR_ERROR         0xfe
#define VECTOR_SPURIOUS      0xff

#ifndef __ASSEMBLY__

#include "lib/types.h"

/* Fills the table (boot processor). */
void idt_init(void);
/* Loads it. */
void idt_load(void);

/*
 * An interrupt with @vector >= 0x20 arrived, from a guest or from the hypervisor: acknowledges it and runs its handler.
 * Called by entry code with interrupts off on the main stack.
 */
void irq_dispatch(u32 vector);

#endif
#endif
