/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programming the MSI and MSI-X capabilities of PCI functions, for x86/irq.c alone. The caller holds the interrupt lock.
 */
#ifndef LAMINA_X86_MSI_H
#define LAMINA_X86_MSI_H

#include "lib/types.h"
#include "x86/irq.h"

struct msi_target {
	struct irq_msi where;
	u8 cap;                  /* offset of the capability in configuration space */
	bool wide, maskable;     /* MSI: 64-bit address, mask register */
	volatile u32 *entry;     /* MSI-X: the mapped table entry */
};

/* Finds the capability that @where asks for and masks it. -ENODEV, -EINVAL (entry or table address), -ENOMEM. */
int msi_open(struct msi_target *t, const struct irq_msi *where) __must_check;
/* Masks if the function remembers what it wanted to send meanwhile; without a mask register messages would be lost. */
void msi_hold(const struct msi_target *t);
/* Sets the message, leaving the mask as it is. */
void msi_set_message(const struct msi_target *t, u64 address, u32 data);
void msi_set_mask(const struct msi_target *t, bool masked);
/* Masks and forgets. */
void msi_close(struct msi_target *t);

#endif
