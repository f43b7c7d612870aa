/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boot loader told, copied out of its memory into one form for both Multiboot protocols.
 */
#ifndef LAMINA_LIB_BOOT_INFO_H
#define LAMINA_LIB_BOOT_INFO_H

#include "lib/types.h"

#define BOOT_MAX_RANGES    128
#define BOOT_MAX_MODULES   8
#define BOOT_CMDLINE_BYTES 1024

/* Types as the BIOS counts them. */
#define RANGE_RAM      1
#define RANGE_RESERVED 2
#define RANGE_ACPI     3
#define RANGE_NVS      4
#define RANGE_UNUSABLE 5

struct boot_range {
	u64 start, bytes;
	u32 type;
};

struct boot_module {
	u64 start, bytes;                   /* machine address */
	char cmdline[BOOT_CMDLINE_BYTES];   /* without the file's name, where the loader gave one */
};

struct boot_info {
	char loader[64];
	char cmdline[BOOT_CMDLINE_BYTES];
	u32 range_count;
	struct boot_range ranges[BOOT_MAX_RANGES]; /* sorted, not overlapping */
	u32 module_count;
	struct boot_module modules[BOOT_MAX_MODULES];
	u8 rsdp[36];                        /* copy of the ACPI root pointer, if the loader gave one */
	u32 rsdp_bytes;                     /* 0: look for it in the BIOS area */
};

#endif
