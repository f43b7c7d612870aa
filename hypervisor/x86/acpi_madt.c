// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MADT: processors, IO-APICs, and where ISA interrupts really arrive (ACPI specification 6.3, section 5.2.12).
 */
#include "x86/acpi.h"

#include "lib/checked.h"
#include "lib/log.h"
#include "lib/string.h"

#define MADT_FIRST_ENTRY 44

#define ENTRY_LAPIC          0
#define ENTRY_IOAPIC         1
#define ENTRY_OVERRIDE       2
#define ENTRY_LAPIC_ADDRESS  5
#define ENTRY_X2APIC         9

#define CPU_ENABLED 1u

static u16 get16(const u8 *p) { u16 v; memcpy(&v, p, 2); return v; }
static u32 get32(const u8 *p) { u32 v; memcpy(&v, p, 4); return v; }
static u64 get64(const u8 *p) { u64 v; memcpy(&v, p, 8); return v; }

static void add_cpu(struct acpi_info *a, u32 apic_id, u32 flags)
{
	u32 i;

	if (!(flags & CPU_ENABLED)) {
		return;
	}
	for (i = 0; i < a->cpu_count; i++) {
		if (a->apic_ids[i] == apic_id) {
			return;
		}
	}
	if (a->cpu_count == MAX_PCPUS) {
		a->cpus_ignored++;
		return;
	}
	a->apic_ids[a->cpu_count++] = apic_id;
}

static void add_ioapic(struct acpi_info *a, const u8 *e)
{
	if (a->ioapic_count == ACPI_MAX_IOAPICS) {
		log_warn("acpi: more than %u IO-APICs", ACPI_MAX_IOAPICS);
		return;
	}
	a->ioapics[a->ioapic_count++] = (struct acpi_ioapic){ .id = e[2], .maddr = get32(e + 4), .gsi_base = get32(e + 8) };
}

/* Polarity in bits 0-1, trigger mode in bits 2-3: 1 high or edge, 3 low or level, 0 as the bus does (ISA: high, edge). */
static void add_override(struct acpi_info *a, const u8 *e)
{
	u16 flags = get16(e + 8);

	if (e[2] != 0 || e[3] >= ISA_IRQS) {
		log_warn("acpi: interrupt override of bus %u line %u ignored", e[2], e[3]);
		return;
	}
	a->isa[e[3]] = (struct acpi_override){
		.gsi = get32(e + 4),
		.active_low = (flags & 3) == 3,
		.level = ((flags >> 2) & 3) == 3,
	};
}

static void read_entry(struct acpi_info *a, const u8 *e, u32 bytes)
{
	switch (e[0]) {
	case ENTRY_LAPIC:
		if (bytes >= 8) {
			add_cpu(a, e[3], get32(e + 4));
		}
		break;
	case ENTRY_IOAPIC:
		if (bytes >= 12) {
			add_ioapic(a, e);
		}
		break;
	case ENTRY_OVERRIDE:
		if (bytes >= 10) {
			add_override(a, e);
		}
		break;
	case ENTRY_LAPIC_ADDRESS:
		if (bytes >= 12) {
			a->lapic_maddr = get64(e + 4);
		}
		break;
	case ENTRY_X2APIC:
		if (bytes >= 16) {
			add_cpu(a, get32(e + 4), get32(e + 8));
		}
		break;
	}
}

void acpi_read_madt(const u8 *table, u32 bytes, struct acpi_info *info)
{
	u32 offset;

	if (bytes < MADT_FIRST_ENTRY) {
		log_warn("acpi: MADT of %u bytes is too short", bytes);
		return;
	}
	info->lapic_maddr = get32(table + 36);
	for (offset = MADT_FIRST_ENTRY; range_within(offset, 2, bytes); offset += table[offset + 1]) {
		u32 size = table[offset + 1];

		if (size < 2 || !range_within(offset, size, bytes)) {
			log_warn("acpi: MADT entry at offset %u has an impossible size %u", offset, size);
			return;
		}
		read_entry(info, table + offset, size);
	}
}
