// SPDX-License-Identifier: GPL-2.0-only
/*
 * IO-APIC pins (82093AA datasheet). Each access goes through an index and a data register, so the caller's lock, the interrupt
 * lock of x86/irq.c, covers all of them. The low word of every entry is kept in memory: masking a level interrupt in its
 * handler costs one write.
 */
#include "x86/ioapic.h"

#include "lib/log.h"
#include "x86/acpi.h"
#include "x86/ioapic_pins.h"
#include "x86/own_maps.h"

#define MAX_PINS 240

#define WINDOW_INDEX 0x00
#define WINDOW_DATA  0x10
#define REG_VERSION  0x01
#define REG_ENTRY    0x10

#define ENTRY_ACTIVE_LOW (1u << 13)
#define ENTRY_LEVEL      (1u << 15)
#define ENTRY_MASKED     (1u << 16)

struct ioapic {
	volatile u8 *window;
	u32 gsi_base, pins;
	u32 low[MAX_PINS];
};

static struct ioapic ioapics[ACPI_MAX_IOAPICS];
static u32 ioapic_count, gsi_count;

static u32 reg_read(const struct ioapic *io, u32 reg)
{
	*(volatile u32 *)(io->window + WINDOW_INDEX) = reg;
	return *(volatile u32 *)(io->window + WINDOW_DATA);
}

static void reg_write(const struct ioapic *io, u32 reg, u32 v)
{
	*(volatile u32 *)(io->window + WINDOW_INDEX) = reg;
	*(volatile u32 *)(io->window + WINDOW_DATA) = v;
}

static void write_low(struct ioapic *io, u32 pin, u32 low)
{
	io->low[pin] = low;
	reg_write(io, REG_ENTRY + 2 * pin, low);
}

void ioapic_init(void)
{
	u32 i, pin;

	for (i = 0; i < acpi_info.ioapic_count; i++) {
		struct ioapic *io = &ioapics[ioapic_count];

		io->window = map_device(acpi_info.ioapics[i].maddr, 0x20);
		if (!io->window) {
			log_warn("ioapic: no room to map IO-APIC %u", acpi_info.ioapics[i].id);
			continue;
		}
		ioapic_count++;
		io->gsi_base = acpi_info.ioapics[i].gsi_base;
		io->pins = MIN((reg_read(io, REG_VERSION) >> 16 & 0xff) + 1, (u32)MAX_PINS);
		for (pin = 0; pin < io->pins; pin++) {
			write_low(io, pin, ENTRY_MASKED);
		}
		gsi_count = MAX(gsi_count, io->gsi_base + io->pins);
	}
}

u32 ioapic_gsi_count(void)
{
	return gsi_count;
}

static struct ioapic *find(u32 gsi, u32 *pin)
{
	u32 i;

	for (i = 0; i < ioapic_count; i++) {
		struct ioapic *io = &ioapics[i];

		if (gsi >= io->gsi_base && gsi - io->gsi_base < io->pins) {
			*pin = gsi - io->gsi_base;
			return io;
		}
	}
	return NULL;
}

bool ioapic_has_gsi(u32 gsi)
{
	u32 pin;

	return find(gsi, &pin) != NULL;
}

void ioapic_set_route(u32 gsi, const struct ioapic_route *r)
{
	u32 pin, low;
	struct ioapic *io = find(gsi, &pin);

	BUG_ON(!io);
	low = r->vector | (r->active_low ? ENTRY_ACTIVE_LOW : 0) | (r->level ? ENTRY_LEVEL : 0) | (r->masked ? ENTRY_MASKED : 0);
	/* Masked while the two halves do not belong together. A mere change of destination must not mask: edges would be lost. */
	if (io->low[pin] != low && !(io->low[pin] & ENTRY_MASKED)) {
		write_low(io, pin, io->low[pin] | ENTRY_MASKED);
	}
	reg_write(io, REG_ENTRY + 2 * pin + 1, r->apic_id << 24);
	if (io->low[pin] != low) {
		write_low(io, pin, low);
	}
}

void ioapic_set_mask(u32 gsi, bool masked)
{
	u32 pin;
	struct ioapic *io = find(gsi, &pin);

	BUG_ON(!io);
	write_low(io, pin, masked ? io->low[pin] | ENTRY_MASKED : io->low[pin] & ~ENTRY_MASKED);
}

u32 ioapic_isa_gsi(u32 irq, bool *level, bool *active_low)
{
	const struct acpi_override *o = &acpi_info.isa[irq];

	*level = o->level;
	*active_low = o->active_low;
	return o->gsi;
}
