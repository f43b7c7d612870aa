// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI and MSI-X (PCI Local Bus specification 3.0, section 6.8). A function without an MSI mask register is masked by its enable
 * bit. The BAR with the MSI-X table is named by dom0 by machine address; the table must not be RAM.
 */
#include "x86/msi.h"

#include "lib/errno.h"
#include "x86/early_alloc.h"
#include "x86/own_maps.h"
#include "x86/page.h"
#include "x86/pci_config.h"

#define PCI_STATUS         0x06
#define PCI_STATUS_CAPS    0x10
#define PCI_CAP_POINTER    0x34
#define PCI_MAX_CAPS       48
#define CAP_MSI            0x05
#define CAP_MSIX           0x11

#define CONTROL            2
#define MSI_ENABLE         (1u << 0)
#define MSI_COUNT          (7u << 4)
#define MSI_64BIT          (1u << 7)
#define MSI_MASKABLE       (1u << 8)
#define MSIX_SIZE          0x7ff
#define MSIX_TABLE         4
#define MSIX_MASK_ALL      (1u << 14)
#define MSIX_ENABLE        (1u << 15)
#define MSIX_ENTRY_BYTES   16
#define MSIX_ENTRY_MASKED  1u

static u32 config_read(const struct msi_target *t, u16 reg, u32 size)
{
	return pci_config_read(t->where.seg, t->where.bus, t->where.devfn, reg, size);
}

static void config_write(const struct msi_target *t, u16 reg, u32 size, u32 v)
{
	pci_config_write(t->where.seg, t->where.bus, t->where.devfn, reg, size, v);
}

/* Offset of capability @id, 0 if the function has none. */
static u8 find_capability(const struct msi_target *t, u8 id)
{
	u32 steps;
	u8 at;

	if (config_read(t, 0, 2) == 0xffff || !(config_read(t, PCI_STATUS, 2) & PCI_STATUS_CAPS)) {
		return 0;
	}
	at = config_read(t, PCI_CAP_POINTER, 1) & ~3u;
	for (steps = 0; at >= 0x40 && steps < PCI_MAX_CAPS; steps++) {
		if (config_read(t, at, 1) == id) {
			return at;
		}
		at = config_read(t, at + 1, 1) & ~3u;
	}
	return 0;
}

static int open_msix(struct msi_target *t)
{
	u32 control = config_read(t, t->cap + CONTROL, 2);
	/* The caller names the BAR; the low bits of the table register say which BAR, the rest is the offset in it. */
	u64 table = t->where.table_base + (config_read(t, t->cap + MSIX_TABLE, 4) & ~7u);
	u64 at = table + t->where.entry * MSIX_ENTRY_BYTES;

	if (t->where.entry > (control & MSIX_SIZE) || (t->where.table_base & 7) || early_alloc_is_ram(at)) {
		return -EINVAL;
	}
	t->entry = map_device(at, MSIX_ENTRY_BYTES);
	if (!t->entry) {
		return -ENOMEM;
	}
	t->entry[3] |= MSIX_ENTRY_MASKED;
	config_write(t, t->cap + CONTROL, 2, (control | MSIX_ENABLE) & ~MSIX_MASK_ALL);
	return 0;
}

int msi_open(struct msi_target *t, const struct irq_msi *where)
{
	u32 control;

	*t = (struct msi_target){ .where = *where };
	t->cap = find_capability(t, where->msix ? CAP_MSIX : CAP_MSI);
	if (!t->cap) {
		return -ENODEV;
	}
	if (where->msix) {
		return open_msix(t);
	}
	control = config_read(t, t->cap + CONTROL, 2);
	t->wide = control & MSI_64BIT;
	t->maskable = control & MSI_MASKABLE;
	config_write(t, t->cap + CONTROL, 2, control & ~(MSI_ENABLE | MSI_COUNT));
	return 0;
}

void msi_set_message(const struct msi_target *t, u64 address, u32 data)
{
	if (t->entry) {
		t->entry[0] = address;
		t->entry[1] = address >> 32;
		t->entry[2] = data;
		return;
	}
	config_write(t, t->cap + 4, 4, address);
	if (t->wide) {
		config_write(t, t->cap + 8, 4, address >> 32);
	}
	config_write(t, t->cap + (t->wide ? 12 : 8), 2, data);
}

void msi_set_mask(const struct msi_target *t, bool masked)
{
	u32 control;

	if (t->entry) {
		t->entry[3] = masked ? t->entry[3] | MSIX_ENTRY_MASKED : t->entry[3] & ~MSIX_ENTRY_MASKED;
		return;
	}
	control = config_read(t, t->cap + CONTROL, 2);
	if (t->maskable) {
		config_write(t, t->cap + (t->wide ? 16 : 12), 4, masked ? ~0u : 0);
		control |= MSI_ENABLE;
	} else {
		control = masked ? control & ~MSI_ENABLE : control | MSI_ENABLE;
	}
	config_write(t, t->cap + CONTROL, 2, control);
}

void msi_hold(const struct msi_target *t)
{
	if (t->entry || t->maskable) {
		msi_set_mask(t, true);
	}
}

void msi_close(struct msi_target *t)
{
	msi_set_mask(t, true);
	if (t->entry) {
		unmap_device((void *)t->entry, MSIX_ENTRY_BYTES);
	} else {
		config_write(t, t->cap + CONTROL, 2, config_read(t, t->cap + CONTROL, 2) & ~MSI_ENABLE);
	}
}
