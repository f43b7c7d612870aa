// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI: from the root pointer to the few static tables the hypervisor needs (ACPI specification 6.3, chapter 5.2).
 *
 * Tables are mapped one at a time, checked (length, checksum), read and unmapped. Firmware data is treated as possibly wrong:
 * lengths are bounded, and a bad table is named and skipped, never trusted half-way.
 */
#include "x86/acpi.h"

#include "lib/checked.h"
#include "lib/log.h"
#include "lib/string.h"
#include "x86/own_maps.h"

#define HEADER_BYTES    36
#define MAX_TABLE_BYTES MIB(1)
#define BIOS_AREA       0xe0000
#define BIOS_AREA_BYTES 0x20000
#define EBDA_POINTER    0x40e
#define SCAN_CHUNK      0x10000
#define MAX_SCAN_BYTES  MIB(16)
#define RSDP_V1_BYTES   20
#define RSDP_V2_BYTES   36

/* Offsets into the FADT. */
#define FADT_SCI         46
#define FADT_PM1A_CNT    64
#define FADT_PM1B_CNT    68
#define FADT_PM_TMR      76
#define FADT_CENTURY     108
#define FADT_FLAGS       112
#define FADT_RESET_REG   116
#define FADT_RESET_VALUE 128
#define FADT_X_PM1A_CNT  172
#define FADT_X_PM1B_CNT  184
#define FADT_X_PM_TMR    208
#define FADT_FLAG_RESET  (1u << 10)
#define GAS_SYSTEM_IO    1

struct acpi_info acpi_info;

static u16 get16(const u8 *p) { u16 v; memcpy(&v, p, 2); return v; }
static u32 get32(const u8 *p) { u32 v; memcpy(&v, p, 4); return v; }
static u64 get64(const u8 *p) { u64 v; memcpy(&v, p, 8); return v; }

static bool checksum_ok(const u8 *p, size_t bytes)
{
	u8 sum = 0;

	while (bytes--) {
		sum += *p++;
	}
	return sum == 0;
}

/* Port of a generic address structure at @offset, 0 if it is none. */
static u16 gas_port(const u8 *table, u32 bytes, u32 offset)
{
	u64 at;

	if (!range_within(offset, 12, bytes) || table[offset] != GAS_SYSTEM_IO) {
		return 0;
	}
	at = get64(table + offset + 4);
	return at < 0x10000 ? at : 0;
}

/* The extended block of the FADT wins over the 32-bit one. */
static u16 fadt_port(const u8 *t, u32 bytes, u32 legacy, u32 extended)
{
	u16 port = gas_port(t, bytes, extended);

	if (!port && range_within(legacy, 4, bytes) && get32(t + legacy) < 0x10000) {
		port = get32(t + legacy);
	}
	return port;
}

static void read_fadt(const u8 *t, u32 bytes)
{
	struct acpi_info *a = &acpi_info;

	if (bytes < FADT_FLAGS + 4) {
		log_warn("acpi: FADT of %u bytes is too short", bytes);
		return;
	}
	a->sci = get16(t + FADT_SCI);
	a->pm1a_control = fadt_port(t, bytes, FADT_PM1A_CNT, FADT_X_PM1A_CNT);
	a->pm1b_control = fadt_port(t, bytes, FADT_PM1B_CNT, FADT_X_PM1B_CNT);
	a->pm_timer = fadt_port(t, bytes, FADT_PM_TMR, FADT_X_PM_TMR);
	a->century_register = t[FADT_CENTURY] < 128 ? t[FADT_CENTURY] : 0;
	if ((get32(t + FADT_FLAGS) & FADT_FLAG_RESET) && bytes > FADT_RESET_VALUE) {
		a->reset_port = gas_port(t, bytes, FADT_RESET_REG);
		a->reset_value = t[FADT_RESET_VALUE];
	}
}

static void read_hpet(const u8 *t, u32 bytes)
{
	if (bytes >= 52 && t[HEADER_BYTES + 4] == 0) { /* memory space */
		acpi_info.hpet_maddr = get64(t + HEADER_BYTES + 8);
	}
}

static void read_mcfg(const u8 *t, u32 bytes)
{
	u32 offset;

	for (offset = HEADER_BYTES + 8; range_within(offset, 16, bytes); offset += 16) {
		if (acpi_info.mcfg_count == ACPI_MAX_MCFG) {
			log_warn("acpi: more than %u MCFG areas", ACPI_MAX_MCFG);
			return;
		}
		acpi_info.mcfg[acpi_info.mcfg_count++] = (struct acpi_mcfg){
			.maddr = get64(t + offset),
			.segment = get16(t + offset + 8),
			.first_bus = t[offset + 10],
			.last_bus = t[offset + 11],
		};
	}
}

static void read_madt(const u8 *t, u32 bytes)
{
	acpi_read_madt(t, bytes, &acpi_info);
}

static const struct {
	char signature[5];
	void (*read)(const u8 *table, u32 bytes);
} readers[] = {
	{ "FACP", read_fadt },
	{ "APIC", read_madt },
	{ "HPET", read_hpet },
	{ "MCFG", read_mcfg },
};

/* Maps the table at @maddr whole and checks it; NULL (and a warning) if it is unusable. */
static const u8 *map_table(u64 maddr, u32 *bytes)
{
	const u8 *t = map_device(maddr, HEADER_BYTES);
	char name[5] = { 0 };
	u32 n;

	if (!t) {
		return NULL;
	}
	memcpy(name, t, 4);
	n = get32(t + 4);
	unmap_device((void *)t, HEADER_BYTES);
	if (n < HEADER_BYTES || n > MAX_TABLE_BYTES) {
		log_warn("acpi: table %s at %#llx has an impossible length %u", name, (unsigned long long)maddr, n);
		return NULL;
	}
	t = map_device(maddr, n);
	if (t && !checksum_ok(t, n)) {
		log_warn("acpi: table %s at %#llx has a wrong checksum", name, (unsigned long long)maddr);
		unmap_device((void *)t, n);
		return NULL;
	}
	*bytes = n;
	return t;
}

static void read_table(u64 maddr)
{
	u32 bytes, i;
	const u8 *t = map_table(maddr, &bytes);

	for (i = 0; t && i < ARRAY_SIZE(readers); i++) {
		if (memcmp(t, readers[i].signature, 4) == 0) {
			readers[i].read(t, bytes);
		}
	}
	if (t) {
		unmap_device((void *)t, bytes);
	}
}

/* Reads every table that the RSDT (@entry_bytes 4) or XSDT (8) lists. */
static void read_root_table(u64 maddr, u32 entry_bytes)
{
	u32 bytes, offset;
	const u8 *root = map_table(maddr, &bytes);

	if (!root) {
		return;
	}
	for (offset = HEADER_BYTES; range_within(offset, entry_bytes, bytes); offset += entry_bytes) {
		read_table(entry_bytes == 8 ? get64(root + offset) : get32(root + offset));
	}
	unmap_device((void *)root, bytes);
}

/* Looks for the bytes of @rsdp in [@start, @start + @bytes), 4-byte aligned; returns their address or 0. */
static u64 find_copy(u64 start, u64 bytes, const u8 *rsdp, u32 rsdp_bytes)
{
	const u8 *chunk;
	u64 done, found = 0;
	u32 size, at;

	for (done = 0; !found && done < bytes; done += SCAN_CHUNK) {
		/* Chunks overlap by one pointer, so that none is cut in two. */
		size = MIN(bytes - done, (u64)SCAN_CHUNK + RSDP_V2_BYTES);
		chunk = map_device(start + done, size);
		if (!chunk) {
			return 0;
		}
		for (at = 0; !found && at + rsdp_bytes <= size; at += 4) {
			if (get32(chunk + at) == get32(rsdp) && memcmp(chunk + at, rsdp, rsdp_bytes) == 0) {
				found = start + done + at;
			}
		}
		unmap_device((void *)chunk, size);
	}
	return found;
}

/*
 * UEFI machines have no root pointer in the BIOS area, and the boot loader hands over a copy, not the address. dom0 needs the
 * address: the original lies in one of the firmware's ranges.
 */
static void locate_rsdp(const struct boot_info *bi)
{
	static const u32 types[] = { RANGE_ACPI, RANGE_NVS, RANGE_RESERVED }; /* the likely ones first */
	u32 t, i;

	for (t = 0; t < ARRAY_SIZE(types); t++) {
		for (i = 0; i < bi->range_count && !acpi_info.rsdp_maddr; i++) {
			const struct boot_range *r = &bi->ranges[i];

			if (r->type == types[t] && r->bytes <= MAX_SCAN_BYTES) {
				acpi_info.rsdp_maddr = find_copy(r->start, r->bytes, bi->rsdp, bi->rsdp_bytes);
			}
		}
	}
	if (!acpi_info.rsdp_maddr) {
		log_warn("acpi: the root pointer's address is unknown; dom0 may not find it");
	}
}

static bool rsdp_ok(const u8 *p)
{
	return memcmp(p, "RSD PTR ", 8) == 0 && checksum_ok(p, RSDP_V1_BYTES);
}

/* Looks through [@start, @start + @bytes) for a root pointer and copies it; false if there is none. */
static bool scan_for_rsdp(u64 start, u32 bytes, u8 rsdp[RSDP_V2_BYTES])
{
	const u8 *area = map_device(start, bytes);
	bool found = false;
	u32 at;

	for (at = 0; area && !found && at + RSDP_V2_BYTES <= bytes; at += 16) {
		if (rsdp_ok(area + at)) {
			memcpy(rsdp, area + at, RSDP_V2_BYTES);
			acpi_info.rsdp_maddr = start + at;
			found = true;
		}
	}
	if (area) {
		unmap_device((void *)area, bytes);
	}
	return found;
}

static bool find_rsdp(const struct boot_info *bi, u8 rsdp[RSDP_V2_BYTES])
{
	const u8 *low;
	u64 ebda = 0;

	if (bi->rsdp_bytes >= RSDP_V1_BYTES) {
		memcpy(rsdp, bi->rsdp, bi->rsdp_bytes);
		if (!rsdp_ok(rsdp)) {
			return false;
		}
		locate_rsdp(bi);
		return true;
	}
	low = map_device(EBDA_POINTER, 2);
	if (low) {
		ebda = (u64)get16(low) << 4;
		unmap_device((void *)low, 2);
	}
	if (ebda >= 0x80000 && ebda < 0xa0000 && scan_for_rsdp(ebda, 1024, rsdp)) {
		return true;
	}
	return scan_for_rsdp(BIOS_AREA, BIOS_AREA_BYTES, rsdp);
}

static void set_defaults(struct acpi_info *a)
{
	u32 i;

	a->lapic_maddr = 0xfee00000;
	for (i = 0; i < ISA_IRQS; i++) {
		a->isa[i].gsi = i;
	}
}

void acpi_init(const struct boot_info *bi)
{
	struct acpi_info *a = &acpi_info;
	u8 rsdp[RSDP_V2_BYTES] = { 0 };

	set_defaults(a);
	if (!find_rsdp(bi, rsdp)) {
		log_warn("acpi: no root pointer found; one processor, no device interrupts");
		return;
	}
	if (rsdp[15] >= 2 && checksum_ok(rsdp, RSDP_V2_BYTES) && get64(rsdp + 24)) {
		read_root_table(get64(rsdp + 24), 8);
	} else {
		read_root_table(get32(rsdp + 16), 4);
	}
	log_info("acpi: %u processors, %u IO-APICs, PM timer at port %#x, HPET at %#llx", a->cpu_count, a->ioapic_count,
		 a->pm_timer, (unsigned long long)a->hpet_maddr);
	if (a->cpus_ignored) {
		log_warn("acpi: %u processors beyond the limit of %u stay unused", a->cpus_ignored, MAX_PCPUS);
	}
}
