// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows. A new key is a row here and, when its kind is new, a reader in domain_config.c.
 */
#include "lib/domain_config_keys.h"

#include <string.h>

#include "lib/suggest.h"

#define AT(field) offsetof(struct key_values, field)
#define TEXT(key, field) \
	{ key, KEY_STRING, AT(field), 0, sizeof(((struct key_values *)0)->field), NULL }
#define NUMBER(key, field, min, max, unit) { key, KEY_NUMBER32, AT(field), min, max, unit }
#define SIZE(key, field, min, max, unit) { key, KEY_NUMBER64, AT(field), min, max, unit }
#define ACTION(key, event) { key, KEY_ACTION, 0, 0, event, NULL }
#define OTHER(key, kind, reason) { key, kind, 0, 0, 0, reason }

static const struct key keys[] = {
	TEXT("name", domain.name),
	TEXT("kernel", domain.kernel),
	TEXT("ramdisk", domain.ramdisk),
	TEXT("cmdline", domain.cmdline),
	TEXT("extra", extra),
	TEXT("root", root),
	SIZE("memory", domain.memory_mib, 1, DOMAIN_MAX_MEMORY_MIB, " MiB"),
	SIZE("maxmem", domain.maxmem_mib, 1, DOMAIN_MAX_MEMORY_MIB, " MiB"),
	NUMBER("vcpus", domain.vcpus, 1, DOMAIN_MAX_VCPUS, ""),
	NUMBER("maxvcpus", domain.maxvcpus, 1, DOMAIN_MAX_VCPUS, ""),
	NUMBER("cpu_weight", domain.weight, 1, 65535, ""),
	NUMBER("cap", domain.cap_percent, 0, DOMAIN_MAX_VCPUS * 100, " percent"),
	NUMBER("max_grant_frames", domain.max_grant_frames, 1, 1024, " frames"),
	NUMBER("max_event_channels", domain.max_ports, 8, 131071, " ports"),
	NUMBER("allow_peers", domain.allow_peers, 0, 1, ""),
	ACTION("on_poweroff", DOMAIN_EVENT_POWEROFF),
	ACTION("on_reboot", DOMAIN_EVENT_REBOOT),
	ACTION("on_crash", DOMAIN_EVENT_CRASH),
	ACTION("on_watchdog", DOMAIN_EVENT_WATCHDOG),
	ACTION("on_soft_reset", DOMAIN_EVENT_SOFT_RESET),
	OTHER("type", KEY_TYPE, NULL),
	OTHER("builder", KEY_TYPE, NULL),
	OTHER("uuid", KEY_UUID, NULL),
	OTHER("disk", KEY_DISK, NULL),
	OTHER("vif", KEY_VIF, NULL),
	OTHER("cpus", KEY_CPUS, NULL),
	OTHER("cpus_soft", KEY_CPUS_SOFT, NULL),
	OTHER("bootloader", KEY_LATER, "no boot loader is run in dom0; give kernel and ramdisk"),
	OTHER("firmware", KEY_LATER, "no firmware is run in a guest; give kernel and ramdisk"),
	OTHER("channel", KEY_LATER, "a domain has no channels besides its console"),
	OTHER("p9", KEY_LATER, "there is no back end for 9pfs"),
	OTHER("pci", KEY_LATER, "devices are not passed to guests: there is no IOMMU support"),
	OTHER("ioports", KEY_LATER, "devices are not passed to guests: there is no IOMMU support"),
	OTHER("iomem", KEY_LATER, "devices are not passed to guests: there is no IOMMU support"),
	OTHER("irqs", KEY_LATER, "devices are not passed to guests: there is no IOMMU support"),
	OTHER("usbctrl", KEY_LATER, "there is no back end for USB"),
	OTHER("usbdev", KEY_LATER, "there is no back end for USB"),
	OTHER("vtpm", KEY_LATER, "there is no back end for TPMs"),
	OTHER("vkb", KEY_LATER, "there is no back end for keyboards"),
	OTHER("vdispl", KEY_LATER, "there is no back end for displays"),
	OTHER("vsnd", KEY_LATER, "there is no back end for sound"),
	OTHER("vfb", KEY_LATER, "there is no framebuffer; use the console"),
	OTHER("pvcalls", KEY_LATER, "there is no back end for calls"),
	OTHER("virtio", KEY_LATER, "there is no back end for virtio devices"),
	OTHER("pvh", KEY_LATER, "Lamina runs paravirtual domains only"),
	OTHER("driver_domain", KEY_LATER, "back ends run in dom0 only"),
	OTHER("bootloader_args", KEY_UNUSED, "no boot loader is run in dom0"),
	OTHER("pool", KEY_UNUSED, "there are no pools of processors"),
	OTHER("vnuma", KEY_UNUSED, "guests see no NUMA nodes"),
	OTHER("max_maptrack_frames", KEY_UNUSED, "the limit of mapped grants is fixed"),
	OTHER("max_grant_version", KEY_UNUSED, "guests have version 1 of grants"),
	OTHER("nomigrate", KEY_UNUSED, "no domain is migrated"),
	OTHER("tsc_mode", KEY_UNUSED, "the TSC is never emulated"),
	OTHER("localtime", KEY_UNUSED, "guests get UTC"),
	OTHER("rtc_timeoffset", KEY_UNUSED, "guests get UTC"),
	OTHER("cpuid", KEY_UNUSED, "all guests see the same CPUID"),
	OTHER("seclabel", KEY_UNUSED, "there are no labels"),
	OTHER("init_seclabel", KEY_UNUSED, "there are no labels"),
	OTHER("e820_host", KEY_UNUSED, "it serves passed-through devices only"),
	OTHER("passthrough", KEY_UNUSED, "devices are not passed to guests"),
	OTHER("pci_msitranslate", KEY_UNUSED, "devices are not passed to guests"),
	OTHER("pci_permissive", KEY_UNUSED, "devices are not passed to guests"),
	OTHER("pci_power_mgmt", KEY_UNUSED, "devices are not passed to guests"),
	OTHER("pci_seize", KEY_UNUSED, "devices are not passed to guests"),
	OTHER("rdm", KEY_UNUSED, "devices are not passed to guests"),
	OTHER("claim_mode", KEY_UNUSED, "memory is always claimed first"),
	OTHER("vpmu", KEY_UNUSED, "guests see no performance counters"),
	OTHER("vmtrace_buf_kb", KEY_UNUSED, "there is no processor trace"),
	OTHER("sched", KEY_UNUSED, "there is one scheduler"),
	OTHER("period", KEY_UNUSED, "it belongs to another scheduler"),
	OTHER("slice", KEY_UNUSED, "it belongs to another scheduler"),
	OTHER("budget", KEY_UNUSED, "it belongs to another scheduler"),
	OTHER("latency", KEY_UNUSED, "it belongs to another scheduler"),
	OTHER("extratime", KEY_UNUSED, "it belongs to another scheduler"),
	OTHER("suppress_spurious_page_faults", KEY_UNUSED, "no spurious faults reach a guest"),
	OTHER("xend_suspend_evtchn_compat", KEY_UNUSED, "no domain is suspended"),
};

/* Of virtual hardware, of other kinds of domain, of other machines: known, without a meaning here. */
static const char *const hvm_names[] = {
	"boot", "bios", "bios_path_override", "hap", "oos", "pae", "acpi", "acpi_s3", "acpi_s4",
	"acpi_laptop_slate", "acpi_firmware", "smbios_firmware", "smbios", "apic", "nx", "hpet",
	"nestedhvm", "altp2m", "max_altp2m", "viridian", "hdtype", "timer_mode", "vpt_align",
	"xen_platform_pci", "mca_caps", "msr_relaxed", "invtsc", "mmio_hole", "ms_vm_genid",
	"vendor_device", "dm_restrict", "rdm_mem_boundary", "cpuid_faulting", "vga", "vnc",
	"vnclisten", "vncdisplay", "vncunused", "vncpasswd", "sdl", "opengl", "nographic",
	"spice", "spiceport", "spicetls_port", "spicehost", "spicedisable_ticketing",
	"spicepasswd", "spiceagent_mouse", "spicevdagent", "spice_clipboard_sharing",
	"spiceusbredirection", "spice_image_compression", "spice_streaming_video", "gfx_passthru",
	"serial", "parallel", "usb", "usbdevice", "usbversion", "soundhw", "videoram", "stdvga",
	"keymap", "shadow_memory", "device_model", "device_model_version",
	"device_model_override", "device_model_args", "device_model_args_pv",
	"device_model_args_hvm", "device_model_user", "device_model_stubdomain_override",
	"device_model_stubdomain_seclabel", "stubdomain_kernel", "stubdomain_ramdisk",
	"stubdomain_cmdline", "stubdomain_memory", "pvshim", "pvshim_path", "pvshim_cmdline",
	"pvshim_extra", "device_tree", "vuart", "gic_version", "tee", "sve", "nr_spis",
};

static const struct key hvm_key = { "", KEY_HVM, 0, 0, 0, NULL };

const struct key *key_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0) {
			return &keys[i];
		}
	}
	for (i = 0; i < sizeof(hvm_names) / sizeof(hvm_names[0]); i++) {
		if (strcmp(hvm_names[i], name) == 0) {
			return &hvm_key;
		}
	}
	return NULL;
}

const char *key_nearest(const char *name)
{
	struct suggest suggest;
	size_t i;

	suggest_start(&suggest, name);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		suggest_offer(&suggest, keys[i].name);
	}
	return suggest_result(&suggest);
}
