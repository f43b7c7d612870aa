// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configurations as files: reading one with the overrides of a command line, and writing the text
 * from which the same domain can be built again.
 */
#include "lib/domain_config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/config.h"
#include "lib/config_file.h"
#include "lib/domain_defaults.h"
#include "lib/uuid.h"
#include "sys/error.h"

struct text {
	char *buffer;
	size_t room;
	size_t length;
};

static void text_add(struct text *text, const char *format, ...)
{
	size_t left = text->length < text->room ? text->room - text->length : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(left != 0 ? text->buffer + text->length : NULL, left, format, args);
	va_end(args);
	text->length += n > 0 ? (size_t)n : 0;
}

static void text_add_quoted(struct text *text, const char *value)
{
	const unsigned char *p;

	text_add(text, "\"");
	for (p = (const unsigned char *)value; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\') {
			text_add(text, "\\%c", *p);
		} else if (*p < 0x20 || *p == 0x7f) {
			text_add(text, "\\%03o", *p);
		} else {
			text_add(text, "%c", *p);
		}
	}
	text_add(text, "\"");
}

static void text_add_string(struct text *text, const char *key, const char *value)
{
	if (value[0] != '\0') {
		text_add(text, "%s = ", key);
		text_add_quoted(text, value);
		text_add(text, "\n");
	}
}

static void text_add_number(struct text *text, const char *key, uint64_t value)
{
	if (value != 0) {
		text_add(text, "%s = %llu\n", key, (unsigned long long)value);
	}
}

static void text_add_device(struct text *text, const char *key, bool is_first, const char *spec)
{
	text_add(text, is_first ? "%s = [ " : ", ", key);
	text_add_quoted(text, spec);
}

static void text_add_devices(struct text *text, const struct domain_config *config)
{
	char spec[DISK_SPEC_BYTES];
	uint32_t i;

	for (i = 0; i < config->disk_count; i++) {
		disk_format(&config->disks[i], spec, sizeof(spec));
		text_add_device(text, "disk", i == 0, spec);
	}
	text_add(text, config->disk_count != 0 ? " ]\n" : "");
	for (i = 0; i < config->vif_count; i++) {
		vif_format(&config->vifs[i], spec, sizeof(spec));
		text_add_device(text, "vif", i == 0, spec);
	}
	text_add(text, config->vif_count != 0 ? " ]\n" : "");
}

static void text_add_cpus(struct text *text, const char *key, const struct cpu_sets *sets)
{
	char set[CPU_SET_TEXT_BYTES];
	uint32_t i;

	for (i = 0; i < sets->count; i++) {
		cpu_set_format(&sets->set[i], CPU_SET_CPUS, set, sizeof(set));
		text_add_device(text, key, i == 0, set);
	}
	text_add(text, sets->count != 0 ? " ]\n" : "");
}

size_t domain_config_write(const struct domain_config *config, char *buffer, size_t bytes)
{
	static const char *const on[] = { "on_poweroff", "on_reboot", "on_crash", "on_watchdog",
					  "on_soft_reset" };
	struct text text = { buffer, bytes, 0 };
	char uuid[UUID_TEXT_BYTES];
	size_t i;

	text_add_string(&text, "name", config->name);
	if (config->has_uuid) {
		uuid_format(config->uuid, uuid);
		text_add_string(&text, "uuid", uuid);
	}
	text_add_string(&text, "kernel", config->kernel);
	text_add_string(&text, "ramdisk", config->ramdisk);
	text_add_string(&text, "cmdline", config->cmdline);
	text_add_number(&text, "memory", config->memory_mib);
	text_add_number(&text, "maxmem", config->maxmem_mib);
	text_add_number(&text, "vcpus", config->vcpus);
	text_add_number(&text, "maxvcpus", config->maxvcpus);
	text_add_number(&text, "cpu_weight", config->weight);
	text_add_number(&text, "cap", config->cap_percent);
	text_add_number(&text, "max_grant_frames", config->max_grant_frames);
	text_add_number(&text, "max_event_channels", config->max_ports);
	text_add_number(&text, "allow_peers", config->allow_peers);
	for (i = 0; i < DOMAIN_EVENT_COUNT; i++) {
		text_add_string(&text, on[i], domain_action_name(config->on[i]));
	}
	text_add_cpus(&text, "cpus", &config->cpus);
	text_add_cpus(&text, "cpus_soft", &config->cpus_soft);
	text_add_devices(&text, config);
	return text.length;
}

int domain_config_load(const struct domain_config_source *source, struct domain_config *out,
		       const struct domain_config_warnings *warnings, struct error *error)
{
	bool is_xml;

	return domain_config_load_form(source, out, &is_xml, warnings, error);
}

int domain_config_load_form(const struct domain_config_source *source, struct domain_config *out,
			    bool *is_xml, const struct domain_config_warnings *warnings,
			    struct error *error)
{
	struct config config = { 0 };
	size_t i;
	int rc = config_file_parse(&config, source->path, warnings, error);

	*is_xml = config.is_from_xml;
	for (i = 0; i < source->count && rc == 0; i++) {
		rc = config_parse_override(&config, source->overrides[i], error);
	}
	if (rc == 0 && source->defaults != NULL) {
		rc = domain_defaults_apply(source->defaults, &config, error);
	}
	if (rc == 0) {
		rc = domain_config_read(&config, out, warnings, error);
	}
	config_release(&config);
	return rc;
}
