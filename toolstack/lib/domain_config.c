// SPDX-License-Identifier: GPL-2.0-only
/*
 * The meaning of keys: one row per key says its type, its range and where its value goes. Keys of
 * xl that Lamina does not act on are in the table too, so that "unknown" means unknown to both.
 *
 * Three kinds of such keys: LATER (devices: ignoring them would build the wrong domain: refused
 * unless empty), UNUSED (a wish that is not honoured yet: warned about) and HVM (means nothing for
 * a paravirtual domain: warned about).
 */
#include "lib/domain_config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/config.h"
#include "lib/suggest.h"
#include "lib/uuid.h"
#include "sys/error.h"

enum key_kind {
	KEY_STRING,
	KEY_NUMBER32,
	KEY_NUMBER64,
	KEY_ACTION,
	KEY_TYPE,
	KEY_UUID,
	KEY_LATER,
	KEY_UNUSED,
	KEY_HVM,
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t offset;		/* in struct key_values */
	uint64_t min;		/* numbers */
	uint64_t max;		/* numbers; strings: room in bytes; actions: the event */
	const char *unit;
};

/* The domain's fields, and keys that end up combined in one of them. */
struct key_values {
	struct domain_config domain;
	char extra[MAX_GUEST_CMDLINE];
	char root[MAX_GUEST_CMDLINE];
	const struct domain_config_warnings *warnings;
	struct error *error;
};

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
	OTHER("disk", KEY_LATER),
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

static const char *const action_names[] = { "destroy", "restart", "rename-restart", "preserve" };
static const char *const event_names[] = { "poweroff", "reboot", "crash", "watchdog", "soft-reset" };

const char *domain_action_name(enum domain_action action)
{
	return action_names[action];
}

const char *domain_event_name(enum domain_event event)
{
	return event_names[event];
}

static void key_warn(struct key_values *values, const struct config_position *at,
		     const char *text)
{
	char line[600];
	struct error where;

	if (values->warnings == NULL || values->warnings->warn == NULL) {
		return;
	}
	config_error(&where, at, EINVAL, "%s", text);
	snprintf(line, sizeof(line), "%s: %s", where.object, text);
	values->warnings->warn(values->warnings->context, line);
}

static int key_wrong_type(const struct key_values *values, const struct config_entry *entry,
			  const char *wanted)
{
	return config_error(values->error, &entry->value->at, EINVAL, "%s must be a %s, not a %s",
			    entry->key, wanted, config_type_name(entry->value->type));
}

static int key_read_string(struct key_values *values, const struct key *key,
			   const struct config_entry *entry)
{
	const char *text = entry->value->text;

	if (entry->value->type != CONFIG_STRING) {
		return key_wrong_type(values, entry, "quoted string");
	}
	if (strlen(text) >= key->max) {
		return config_error(values->error, &entry->value->at, ENAMETOOLONG,
				    "%s is %zu bytes long; at most %zu are possible", key->name,
				    strlen(text), (size_t)key->max - 1);
	}
	strcpy((char *)values + key->offset, text);
	return 0;
}

static int key_number(struct key_values *values, const struct config_entry *entry,
		      const struct key *key, int64_t *number)
{
	const struct config_value *value = entry->value;
	char *stop = NULL;

	if (value->type == CONFIG_LIST) {
		return key_wrong_type(values, entry, "number");
	}
	*number = value->number;
	if (value->type == CONFIG_STRING) {
		errno = 0;
		*number = strtoll(value->text, &stop, 0);
		if (errno == ERANGE) {
			*number = INT64_MAX;
		}
		if (stop == value->text || *stop != '\0') {
			config_error(values->error, &value->at, EINVAL, "%s: '%.60s' is not a number",
				     key->name, value->text);
			if (strcmp(key->unit, " MiB") == 0) {
				error_set_hint(values->error, "%s is given in MiB, without a unit",
					       key->name);
			}
			return -EINVAL;
		}
	}
	return 0;
}

static int key_read_number(struct key_values *values, const struct key *key,
			   const struct config_entry *entry)
{
	int64_t number = 0;
	int rc = key_number(values, entry, key, &number);

	if (rc < 0) {
		return rc;
	}
	if (number < (int64_t)key->min || number > (int64_t)key->max) {
		return config_error(values->error, &entry->value->at, ERANGE,
				    "%s = %s is out of range: %llu to %llu%s are possible",
				    key->name, entry->value->text, (unsigned long long)key->min,
				    (unsigned long long)key->max, key->unit);
	}
	if (key->kind == KEY_NUMBER32) {
		*(uint32_t *)(void *)((char *)values + key->offset) = (uint32_t)number;
	} else {
		*(uint64_t *)(void *)((char *)values + key->offset) = (uint64_t)number;
	}
	return 0;
}

/* Actions that exist elsewhere: what is done instead, said aloud. */
static int key_replace_action(struct key_values *values, const struct config_entry *entry,
			      enum domain_action *action)
{
	static const struct {
		const char *name;
		enum domain_action instead;
		const char *text;
	} others[] = {
		{ "coredump-destroy", DOMAIN_ACTION_DESTROY,
		  "core dumps are not available yet: coredump-destroy acts as destroy" },
		{ "coredump-restart", DOMAIN_ACTION_RESTART,
		  "core dumps are not available yet: coredump-restart acts as restart" },
		{ "soft-reset", DOMAIN_ACTION_RESTART,
		  "soft reset is not available yet: soft-reset acts as restart" },
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(entry->value->text, others[i].name) == 0) {
			*action = others[i].instead;
			key_warn(values, &entry->value->at, others[i].text);
			return 0;
		}
	}
	return config_error(values->error, &entry->value->at, EINVAL,
			    "%s: unknown action '%.40s'; there are destroy, restart, rename-restart "
			    "and preserve", entry->key, entry->value->text);
}

static int key_read_action(struct key_values *values, const struct key *key,
			   const struct config_entry *entry)
{
	enum domain_action *action = &values->domain.on[key->max];
	size_t i;

	if (entry->value->type != CONFIG_STRING) {
		return key_wrong_type(values, entry, "quoted string");
	}
	for (i = 0; i < sizeof(action_names) / sizeof(action_names[0]); i++) {
		if (strcmp(entry->value->text, action_names[i]) == 0) {
			*action = (enum domain_action)i;
			return 0;
		}
	}
	return key_replace_action(values, entry, action);
}

static int key_read_type(struct key_values *values, const struct config_entry *entry)
{
	static const char *const good[] = { "pv", "generic", "linux" };
	static const char *const foreign[] = { "hvm", "pvh" };
	const char *text = entry->value->text;
	size_t i;

	if (entry->value->type != CONFIG_STRING) {
		return key_wrong_type(values, entry, "quoted string");
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (strcmp(text, good[i]) == 0) {
			return 0;
		}
	}
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (strcmp(text, foreign[i]) == 0) {
			return config_error(values->error, &entry->value->at, ENOTSUP,
					    "%s = \"%s\": Lamina runs paravirtual domains only",
					    entry->key, text);
		}
	}
	return config_error(values->error, &entry->value->at, EINVAL,
			    "%s: unknown domain type '%.40s'; the only one is \"pv\"", entry->key,
			    text);
}

static int key_read_uuid(struct key_values *values, const struct config_entry *entry)
{
	if (entry->value->type != CONFIG_STRING) {
		return key_wrong_type(values, entry, "quoted string");
	}
	if (uuid_parse(entry->value->text, values->domain.uuid) < 0) {
		return config_error(values->error, &entry->value->at, EINVAL,
				    "uuid: '%.60s' is not a UUID", entry->value->text);
	}
	values->domain.has_uuid = true;
	return 0;
}

static bool key_is_empty(const struct config_value *value)
{
	if (value->type == CONFIG_LIST) {
		return value->count == 0;
	}
	return value->text[0] == '\0' || (value->type == CONFIG_NUMBER && value->number == 0);
}

static int key_read_other(struct key_values *values, const struct key *key,
			  const struct config_entry *entry)
{
	char text[160];

	if (key->kind == KEY_LATER) {
		if (key_is_empty(entry->value)) {
			return 0;
		}
		return config_error(values->error, &entry->at, ENOTSUP,
				    "%s: not yet: Lamina cannot give a domain this", key->name);
	}
	snprintf(text, sizeof(text), key->kind == KEY_HVM ?
		 "%s means nothing for a paravirtual domain and is ignored" :
		 "%s is not honoured yet and is ignored", key->name);
	key_warn(values, &entry->at, text);
	return 0;
}

static int key_read(struct key_values *values, const struct key *key,
		    const struct config_entry *entry)
{
	switch (key->kind) {
	case KEY_STRING:
		return key_read_string(values, key, entry);
	case KEY_NUMBER32:
	case KEY_NUMBER64:
		return key_read_number(values, key, entry);
	case KEY_ACTION:
		return key_read_action(values, key, entry);
	case KEY_TYPE:
		return key_read_type(values, entry);
	case KEY_UUID:
		return key_read_uuid(values, entry);
	default:
		return key_read_other(values, key, entry);
	}
}

static void key_unknown(struct key_values *values, const struct config_entry *entry)
{
	struct suggest suggest;
	const char *near;
	char text[200];
	size_t i;

	suggest_start(&suggest, entry->key);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		suggest_offer(&suggest, keys[i].name);
	}
	near = suggest_result(&suggest);
	if (near != NULL) {
		snprintf(text, sizeof(text), "unknown key '%.60s' is ignored; the nearest key is '%s'",
			 entry->key, near);
	} else {
		snprintf(text, sizeof(text), "unknown key '%.60s' is ignored", entry->key);
	}
	key_warn(values, &entry->at, text);
}

static int key_read_entry(struct key_values *values, const struct config_entry *entry)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, entry->key) == 0) {
			return key_read(values, &keys[i], entry);
		}
	}
	key_unknown(values, entry);
	return 0;
}

/* root= and extra= make the command line, unless cmdline= gives it whole. */
static int domain_config_join_cmdline(struct key_values *values, const struct config *config)
{
	struct domain_config *domain = &values->domain;
	const struct config_entry *extra = config_find(config, "extra");
	const struct config_entry *root = config_find(config, "root");
	int length;

	if (config_find(config, "cmdline") != NULL) {
		if (extra != NULL || root != NULL) {
			key_warn(values, extra != NULL ? &extra->at : &root->at,
				 "cmdline is given: root and extra are ignored");
		}
		return 0;
	}
	length = snprintf(domain->cmdline, sizeof(domain->cmdline), "%s%s%s%s",
			  values->root[0] != '\0' ? "root=" : "", values->root,
			  values->root[0] != '\0' && values->extra[0] != '\0' ? " " : "",
			  values->extra);
	if (length >= (int)sizeof(domain->cmdline)) {
		return config_error(values->error, &extra->at, ENAMETOOLONG,
				    "root and extra together are %d bytes long; at most %zu are "
				    "possible", length, sizeof(domain->cmdline) - 1);
	}
	return 0;
}

int domain_name_check(const char *name, struct error *error)
{
	char object[DOMAIN_NAME_BYTES + 16];
	const char *p;

	snprintf(object, sizeof(object), "name '%s'", name);
	if (strlen(name) >= DOMAIN_NAME_BYTES) {
		return error_set(error, ENAMETOOLONG, object, "is longer than %d bytes",
				 DOMAIN_NAME_BYTES - 1);
	}
	if (name[0] == '\0') {
		return error_set(error, EINVAL, NULL, "a domain's name must not be empty");
	}
	for (p = name; *p != '\0'; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '/') {
			return error_set(error, EINVAL, object,
					 "a name has no blanks, control characters and slashes");
		}
	}
	if (name[strspn(name, "0123456789")] == '\0') {
		return error_set(error, EINVAL, object,
				 "a name of digits only would be taken for a domain number");
	}
	if (name[0] == '.' || name[0] == '-' || strcmp(name, "Domain-0") == 0) {
		return error_set(error, EINVAL, object, "is reserved");
	}
	return 0;
}

static int domain_config_check_limits(struct key_values *values, const struct config *config)
{
	struct domain_config *domain = &values->domain;
	const struct config_entry *entry;

	if (domain->maxmem_mib == 0) {
		domain->maxmem_mib = domain->memory_mib;
	}
	if (domain->maxvcpus == 0) {
		domain->maxvcpus = domain->vcpus;
	}
	if (domain->maxmem_mib < domain->memory_mib) {
		entry = config_find(config, "maxmem");
		return config_error(values->error, &entry->at, ERANGE,
				    "maxmem = %llu MiB is less than memory = %llu MiB",
				    (unsigned long long)domain->maxmem_mib,
				    (unsigned long long)domain->memory_mib);
	}
	if (domain->maxvcpus < domain->vcpus) {
		entry = config_find(config, "maxvcpus");
		return config_error(values->error, &entry->at, ERANGE,
				    "maxvcpus = %u is less than vcpus = %u", domain->maxvcpus,
				    domain->vcpus);
	}
	return 0;
}

static int domain_config_check(struct key_values *values, const struct config *config)
{
	struct domain_config *domain = &values->domain;
	const char *source = config->first != NULL ? config->first->at.source : NULL;
	const struct config_entry *name = config_find(config, "name");
	int rc;

	if (name == NULL) {
		return error_set(values->error, EINVAL, source, "the key 'name' is missing");
	}
	rc = domain_name_check(domain->name, values->error);
	if (rc < 0) {
		return rc;
	}
	if (domain->kernel[0] == '\0') {
		return error_set(values->error, EINVAL, source, "the key 'kernel' is missing");
	}
	if (domain->memory_mib == 0) {
		error_set(values->error, EINVAL, source, "the key 'memory' is missing");
		error_set_hint(values->error, "memory = 128 gives the domain 128 MiB");
		return -EINVAL;
	}
	rc = domain_config_check_limits(values, config);
	return rc < 0 ? rc : domain_config_join_cmdline(values, config);
}

static void domain_config_defaults(struct domain_config *domain)
{
	domain->vcpus = 1;
	domain->on[DOMAIN_EVENT_POWEROFF] = DOMAIN_ACTION_DESTROY;
	domain->on[DOMAIN_EVENT_REBOOT] = DOMAIN_ACTION_RESTART;
	domain->on[DOMAIN_EVENT_CRASH] = DOMAIN_ACTION_DESTROY;
	domain->on[DOMAIN_EVENT_WATCHDOG] = DOMAIN_ACTION_DESTROY;
	domain->on[DOMAIN_EVENT_SOFT_RESET] = DOMAIN_ACTION_RESTART;
}

int domain_config_read(const struct config *config, struct domain_config *out,
		       const struct domain_config_warnings *warnings, struct error *error)
{
	struct key_values *values = calloc(1, sizeof(*values));
	const struct config_entry *entry;
	int rc = 0;

	if (values == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	values->warnings = warnings;
	values->error = error;
	domain_config_defaults(&values->domain);
	for (entry = config->first; entry != NULL && rc == 0; entry = entry->next) {
		rc = key_read_entry(values, entry);
	}
	if (rc == 0) {
		rc = domain_config_check(values, config);
	}
	if (rc == 0) {
		*out = values->domain;
	}
	free(values);
	return rc;
}
