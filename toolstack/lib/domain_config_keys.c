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
#define OTHER(key, kind) { key, kind, 0, 0, 0, NULL }

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
	ACTION("on_poweroff", DOMAIN_EVENT_POWEROFF),
	ACTION("on_reboot", DOMAIN_EVENT_REBOOT),
	ACTION("on_crash", DOMAIN_EVENT_CRASH),
	ACTION("on_watchdog", DOMAIN_EVENT_WATCHDOG),
	ACTION("on_soft_reset", DOMAIN_EVENT_SOFT_RESET),
	OTHER("type", KEY_TYPE),
	OTHER("builder", KEY_TYPE),
	OTHER("uuid", KEY_UUID),
	OTHER("disk", KEY_DISK),
	OTHER("vif", KEY_LATER),
	OTHER("bootloader", KEY_LATER),
	OTHER("channel", KEY_LATER),
	OTHER("p9", KEY_LATER),
	OTHER("pci", KEY_LATER),
	OTHER("ioports", KEY_LATER),
	OTHER("iomem", KEY_LATER),
	OTHER("irqs", KEY_LATER),
	OTHER("usbctrl", KEY_LATER),
	OTHER("usbdev", KEY_LATER),
	OTHER("vtpm", KEY_LATER),
	OTHER("vkb", KEY_LATER),
	OTHER("vdispl", KEY_LATER),
	OTHER("vsnd", KEY_LATER),
	OTHER("pvcalls", KEY_LATER),
	OTHER("virtio", KEY_LATER),
	OTHER("vfb", KEY_LATER),
	OTHER("bootloader_args", KEY_UNUSED),
	OTHER("cpus", KEY_UNUSED),
	OTHER("cpus_soft", KEY_UNUSED),
	OTHER("pool", KEY_UNUSED),
	OTHER("max_maptrack_frames", KEY_UNUSED),
	OTHER("max_grant_version", KEY_UNUSED),
	OTHER("nomigrate", KEY_UNUSED),
	OTHER("driver_domain", KEY_UNUSED),
	OTHER("tsc_mode", KEY_UNUSED),
	OTHER("localtime", KEY_UNUSED),
	OTHER("rtc_timeoffset", KEY_UNUSED),
	OTHER("cpuid", KEY_UNUSED),
	OTHER("seclabel", KEY_UNUSED),
	OTHER("vnuma", KEY_UNUSED),
	OTHER("e820_host", KEY_UNUSED),
	OTHER("firmware", KEY_UNUSED),
	OTHER("passthrough", KEY_UNUSED),
	OTHER("claim_mode", KEY_UNUSED),
	OTHER("boot", KEY_HVM),
	OTHER("hap", KEY_HVM),
	OTHER("pae", KEY_HVM),
	OTHER("acpi", KEY_HVM),
	OTHER("apic", KEY_HVM),
	OTHER("nx", KEY_HVM),
	OTHER("nestedhvm", KEY_HVM),
	OTHER("altp2m", KEY_HVM),
	OTHER("viridian", KEY_HVM),
	OTHER("vga", KEY_HVM),
	OTHER("vnc", KEY_HVM),
	OTHER("vnclisten", KEY_HVM),
	OTHER("sdl", KEY_HVM),
	OTHER("spice", KEY_HVM),
	OTHER("serial", KEY_HVM),
	OTHER("usb", KEY_HVM),
	OTHER("usbdevice", KEY_HVM),
	OTHER("soundhw", KEY_HVM),
	OTHER("videoram", KEY_HVM),
	OTHER("stdvga", KEY_HVM),
	OTHER("keymap", KEY_HVM),
	OTHER("shadow_memory", KEY_HVM),
	OTHER("device_model_version", KEY_HVM),
	OTHER("device_model_override", KEY_HVM),
	OTHER("device_model_args", KEY_HVM),
};

const struct key *key_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0) {
			return &keys[i];
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
