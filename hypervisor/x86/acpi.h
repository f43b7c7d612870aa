/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the firmware's static tables say about the machine. AML is dom0's business.
 */
#ifndef LAMINA_X86_ACPI_H
#define LAMINA_X86_ACPI_H

#include "lib/boot_info.h"
#include "lib/types.h"
#include "x86/layout.h"

#define ACPI_MAX_IOAPICS 16
#define ACPI_MAX_MCFG    16
#define ISA_IRQS         16

struct acpi_ioapic {
	u64 maddr;
	u32 gsi_base;
	u8 id;
};

struct acpi_override {
	u32 gsi;
	bool level, active_low;
};

struct acpi_mcfg {
	u64 maddr;
	u16 segment;
	u8 first_bus, last_bus;
};

struct acpi_info {
	u64 lapic_maddr;
	u32 cpu_count;                /* usable processors, the boot processor among them */
	u32 apic_ids[MAX_PCPUS];
	u32 cpus_ignored;             /* beyond MAX_PCPUS */
	u32 ioapic_count;
	struct acpi_ioapic ioapics[ACPI_MAX_IOAPICS];
	struct acpi_override isa[ISA_IRQS];
	u16 pm1a_control, pm1b_control; /* ports, 0 when absent */
	u16 pm_timer;
	u16 sci;                      /* GSI */
	u8 century_register;          /* of the CMOS clock, 0 when absent */
	u16 reset_port;               /* 0: no usable reset register */
	u8 reset_value;
	u64 hpet_maddr;
	u32 mcfg_count;
	struct acpi_mcfg mcfg[ACPI_MAX_MCFG];
	u64 rsdp_maddr;               /* of the root pointer; 0 when unknown */
};
extern struct acpi_info acpi_info;

/* Finds and reads the tables (boot processor, after own_maps_init()). Missing tables leave classic PC defaults and a warning. */
void acpi_init(const struct boot_info *bi);

/* acpi_madt.c: reads the interrupt controllers from a checked MADT of @bytes bytes. */
void acpi_read_madt(const u8 *table, u32 bytes, struct acpi_info *info);

#endif
