/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IO-APICs and the interrupt lines the hypervisor keeps for itself. The interface for guests' lines is x86/irq.h.
 */
#ifndef LAMINA_X86_IOAPIC_H
#define LAMINA_X86_IOAPIC_H

#include "lib/types.h"

/* Maps every IO-APIC the MADT lists and masks all pins (boot processor, after acpi_init()). */
void ioapic_init(void);

/*
 * Routes ISA interrupt @irq to the boot processor and @handler (interrupts off), and keeps guests from it. -ENODEV when
 * there is no such line, -ENOSPC without a free vector.
 */
int irq_claim_isa(u32 irq, void (*handler)(void)) __must_check;

/* The GSI that ISA interrupt @irq arrives at, with its trigger mode and polarity, as the MADT's overrides say. */
u32 ioapic_isa_gsi(u32 irq, bool *level, bool *active_low);

#endif
