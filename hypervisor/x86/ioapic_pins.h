/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IO-APIC pins by GSI, for x86/irq.c alone. The caller holds the interrupt lock.
 */
#ifndef LAMINA_X86_IOAPIC_PINS_H
#define LAMINA_X86_IOAPIC_PINS_H

#include "lib/types.h"

/* GSIs that exist: one above the highest pin. */
u32 ioapic_gsi_count(void);
/* Claims that some IO-APIC has a pin for @gsi. */
bool ioapic_has_gsi(u32 gsi);

struct ioapic_route {
	u8 vector;
	bool level, active_low, masked;
	u32 apic_id;
};
/* Programs the pin of @gsi, which exists. */
void ioapic_set_route(u32 gsi, const struct ioapic_route *route);
void ioapic_set_mask(u32 gsi, bool masked);

#endif
