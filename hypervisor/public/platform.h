/* SPDX-License-Identifier: MIT */
/*
 * platform: platform_op(op): what the first domain's kernel asks of the machine.
 *
 * One structure for all commands: command, interface version, then a union of 128 bytes. The caller
 * must be the first domain. Commands that are not listed with a structure are known by number only
 * and are refused.
 */
#ifndef LAMINA_PUBLIC_PLATFORM_H
#define LAMINA_PUBLIC_PLATFORM_H

#include <stdint.h>
#include "abi_check.h"

#define XENPF_INTERFACE_VERSION	0x03000001

#define XENPF_settime32			17
#define XENPF_add_memtype		31
#define XENPF_del_memtype		32
#define XENPF_read_memtype		33
#define XENPF_microcode_update		35
#define XENPF_platform_quirk		39
#define XENPF_get_cpu_version		48
#define XENPF_efi_runtime_call		49
#define XENPF_firmware_info		50
#define XENPF_enter_acpi_sleep		51
#define XENPF_change_freq		52
#define XENPF_getidletime		53
#define XENPF_set_processor_pminfo	54
#define XENPF_get_cpuinfo		55
#define XENPF_cpu_online		56
#define XENPF_cpu_offline		57
#define XENPF_cpu_hotadd		58
#define XENPF_mem_hotadd		59
#define XENPF_core_parking		60
#define XENPF_resource_op		61
#define XENPF_settime64			62
#define XENPF_settime			XENPF_settime64
#define XENPF_get_symbol		63

struct xenpf_settime32 {
	uint32_t secs;			/* IN: wall clock */
	uint32_t nsecs;			/* IN */
	uint64_t system_time;		/* IN: ns; when the wall clock was that */
};
ABI_SIZE(struct xenpf_settime32, 16);

struct xenpf_settime64 {
	uint64_t secs;			/* IN */
	uint32_t nsecs;			/* IN */
	uint32_t mbz;			/* IN: must be 0 */
	uint64_t system_time;		/* IN */
};
ABI_SIZE(struct xenpf_settime64, 24);

/* xenpf_firmware_info.type, and .index for XEN_FW_EFI_INFO */
#define XEN_FW_DISK_INFO		1
#define XEN_FW_DISK_MBR_SIGNATURE	2
#define XEN_FW_VBEDDC_INFO		3
#define XEN_FW_EFI_INFO			4
#define XEN_FW_KBD_SHIFT_FLAGS		5
#define XEN_FW_EFI_VERSION		0
#define XEN_FW_EFI_CONFIG_TABLE		1
#define XEN_FW_EFI_VENDOR		2
#define XEN_FW_EFI_MEM_INFO		3
#define XEN_FW_EFI_RT_VERSION		4
#define XEN_FW_EFI_PCI_ROM		5
#define XEN_FW_EFI_APPLE_PROPERTIES	6

struct xenpf_firmware_info {
	uint32_t type;			/* IN: XEN_FW_* */
	uint32_t index;			/* IN */
	union {				/* OUT, by type */
		struct {
			uint8_t device;
			uint8_t version;
			uint16_t interface_support;
			uint16_t legacy_max_cylinder;
			uint8_t legacy_max_head;
			uint8_t legacy_sectors_per_track;
			uint64_t edd_params;	/* IN: VA of a buffer, its length first */
		} disk_info;
		struct {
			uint8_t device;
			uint32_t mbr_signature;
		} disk_mbr_signature;
		struct {
			uint8_t capabilities;
			uint8_t edid_transfer_time;
			uint64_t edid;		/* IN: VA of 128 bytes */
		} vbeddc_info;
		union xenpf_efi_info {
			uint32_t version;
			struct {
				uint64_t addr;
				uint32_t nent;
			} cfg;
			struct {
				uint32_t revision;
				uint32_t bufsz;	/* IN: bytes; OUT */
				uint64_t name;	/* IN: VA of the buffer */
			} vendor;
			struct {
				uint64_t addr;
				uint64_t size;
				uint64_t attr;
				uint32_t type;
			} mem;
		} efi_info;
		uint8_t kbd_shift_flags;
	} u;
};
ABI_OFFSET(struct xenpf_firmware_info, u, 8);

/* hardware-reduced: val_a is the control byte */
#define XENPF_ACPI_SLEEP_EXTENDED	0x00000001

struct xenpf_enter_acpi_sleep {
	uint16_t val_a;			/* IN: value for PM1a control */
	uint16_t val_b;			/* IN: value for PM1b control */
	uint32_t sleep_state;		/* IN: 1 to 5 */
	uint32_t flags;			/* IN: XENPF_ACPI_SLEEP_* */
};
ABI_SIZE(struct xenpf_enter_acpi_sleep, 12);

#define XEN_PCPU_FLAGS_ONLINE	1
#define XEN_PCPU_FLAGS_INVALID	2

struct xenpf_pcpuinfo {
	uint32_t xen_cpuid;		/* IN */
	uint32_t max_present;		/* OUT: highest number that exists */
	uint32_t flags;			/* OUT: XEN_PCPU_FLAGS_* */
	uint32_t apic_id;		/* OUT */
	uint32_t acpi_id;		/* OUT */
};
ABI_SIZE(struct xenpf_pcpuinfo, 20);

struct xenpf_pcpu_version {
	uint32_t xen_cpuid;		/* IN */
	uint32_t max_present;		/* OUT */
	char vendor_id[12];		/* OUT */
	uint32_t family;		/* OUT */
	uint32_t model;			/* OUT */
	uint32_t stepping;		/* OUT */
};
ABI_SIZE(struct xenpf_pcpu_version, 32);

struct xenpf_cpu_ol {
	uint32_t cpuid;			/* IN: for cpu_online, cpu_offline */
};

struct xenpf_cpu_hotadd {
	uint32_t apic_id;		/* IN */
	uint32_t acpi_id;		/* IN */
	uint32_t pxm;			/* IN */
};

struct xenpf_mem_hotadd {
	uint64_t spfn;
	uint64_t epfn;
	uint32_t pxm;
	uint32_t flags;
};
ABI_SIZE(struct xenpf_mem_hotadd, 24);

#define XEN_CORE_PARKING_SET	1
#define XEN_CORE_PARKING_GET	2

struct xenpf_core_parking {
	uint32_t type;			/* IN: XEN_CORE_PARKING_* */
	uint32_t idle_nums;		/* IN or OUT */
};

struct xenpf_symdata {
	uint32_t namelen;		/* IN: room; OUT: bytes */
	uint32_t symnum;		/* IN: which; OUT: the next */
	uint64_t name;			/* IN: VA of the buffer */
	uint64_t address;		/* OUT */
	char type;			/* OUT: as nm prints it */
};
ABI_SIZE(struct xenpf_symdata, 32);

struct xen_platform_op {
	uint32_t cmd;			/* IN: XENPF_* */
	uint32_t interface_version;	/* IN: XENPF_INTERFACE_VERSION */
	union {
		struct xenpf_settime32 settime32;
		struct xenpf_settime64 settime64;
		struct xenpf_firmware_info firmware_info;
		struct xenpf_enter_acpi_sleep enter_acpi_sleep;
		struct xenpf_pcpuinfo pcpu_info;
		struct xenpf_pcpu_version pcpu_version;
		struct xenpf_cpu_ol cpu_ol;
		struct xenpf_cpu_hotadd cpu_add;
		struct xenpf_mem_hotadd mem_add;
		struct xenpf_core_parking core_parking;
		struct xenpf_symdata symdata;
		uint8_t pad[128];
	} u;
};
ABI_SIZE(struct xen_platform_op, 136);
ABI_OFFSET(struct xen_platform_op, u, 8);

#endif
