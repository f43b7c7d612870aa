/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device interrupts that belong to dom0 (PIRQs): IO-APIC pins and MSI messages, routed to a processor and handed to
 * upcall_pirq(). A PIRQ number below irq_gsi_count() is the GSI of the same number; MSIs get numbers above.
 *
 * Level-triggered pins are masked at the IO-APIC when they fire and acknowledged at the local APIC at once; the guest's EOI
 * (irq_eoi) unmasks them. Edge pins and MSIs are acknowledged at once and need no EOI.
 */
#ifndef LAMINA_X86_IRQ_H
#define LAMINA_X86_IRQ_H

#include "lib/types.h"

#define MAX_PIRQS 1024

u32 irq_gsi_count(void);

/* Gives @gsi its trigger mode and polarity and a vector, masked. -EEXIST if set up before, -EINVAL, -ENOSPC, -EPERM (ours). */
int irq_setup_gsi(u32 gsi, bool level, bool active_low) __must_check;
/* Unmasks (a guest is listening) or masks a PIRQ, GSI or MSI. -EINVAL for one that is not set up. */
int irq_enable_pirq(u32 pirq, u32 cpu) __must_check;
void irq_disable_pirq(u32 pirq);
/* The guest has handled a level-triggered interrupt. Harmless for others. */
void irq_eoi(u32 pirq);
bool irq_needs_eoi(u32 pirq);
/* True if @mfn holds registers of an interrupt controller that the hypervisor drives: guests must not write there. */
bool irq_owns_frame(mfn_t mfn);
/* Moves delivery to @cpu. */
void irq_set_affinity(u32 pirq, u32 cpu);

/*
 * Allocates a PIRQ with a vector for an MSI (@msix: entry @entry of the table at machine address @table_base) of PCI function
 * @seg:@bus:@devfn and writes address and data into the function (MSI) or its table (MSI-X), masked until irq_enable_pirq().
 * Returns the PIRQ or -errno.
 */
struct irq_msi {
	u16 seg;
	u8 bus, devfn;
	bool msix;
	u16 entry;
	u64 table_base;
};
int irq_alloc_msi(const struct irq_msi *msi) __must_check;
int irq_free_msi(u32 pirq);

#endif
