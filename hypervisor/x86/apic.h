/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC of each processor: identity, interprocessor interrupts, timer. x2APIC when the firmware left it on or an
 * APIC id above 254 needs it, xAPIC otherwise.
 */
#ifndef LAMINA_X86_APIC_H
#define LAMINA_X86_APIC_H

#include "lib/types.h"

/* Finds and maps the local APIC (boot processor, after acpi_init()). Panics if there is none. */
void apic_init(void);
/* Turns this processor's APIC on: all local lines masked, task priority 0, spurious vector set. */
void apic_init_cpu(void);

u32 apic_id(void);
/* End of interrupt. */
void apic_eoi(void);
/* Sends @vector to the processor with @apic_id. Any context. */
void apic_send_ipi(u32 apic_id, u8 vector);
/* The two messages that start a processor; @page is the frame number of the real-mode entry, below 0x100. */
void apic_send_init(u32 apic_id);
void apic_send_startup(u32 apic_id, u8 page);
/* Clears the error status register. */
void apic_clear_errors(void);

/* Timer: one shot after @ticks (0 stops it) of apic_timer_hz(), or at an absolute TSC value with TSC-deadline. */
void apic_timer_set_ticks(u32 ticks);
void apic_timer_set_tsc(u64 tsc);
u32 apic_timer_read(void);
/* Selects one-shot or TSC-deadline mode for this processor's timer. */
void apic_timer_init_cpu(bool tsc_deadline);

/* Address and data of a message that interrupts @apic_id with @vector (edge, fixed). */
u64 apic_msi_address(u32 apic_id);
u32 apic_msi_data(u8 vector);

#endif
