// SPDX-License-Identifier: GPL-2.0-only
/*
 * See domain_defaults.h. Files are read by the same parser as configurations, so errors have the
 * same form.
 */
#include "lib/domain_defaults.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/config.h"
#include "lib/config_file.h"
#include "sys/error.h"

/* Keys of xl.conf that ask for what is so anyway, or for parts that Lamina does not have. */
static const char *const without_meaning[] = {
	"autoballoon", "run_hotplug_scripts", "lockfile", "claim_mode", "domid_policy",
	"max_maptrack_frames", "vm.cpumask", "vm.hvm.cpumask", "vm.pv.cpumask", "blkdev_start",
	"bootloader_restrict", "bootloader_user", "colo.default.proxyscript",
	"remus.default.netbufscript", "sched.credit2.caps",
};

static const struct {
	const char *key;
	const char *part;
} vif_keys[] = {
	{ "vif.default.bridge", "bridge" },
	{ "vif.default.script", "script" },
	{ "vif.default.gatewaydev", "gatewaydev" },
};

static int defaults_text(const struct config_entry *entry, struct error *error)
{
	if (entry->value->type == CONFIG_STRING) {
		return 0;
	}
	return config_error(error, &entry->value->at, EINVAL, "%s must be a quoted string, not a %s",
			    entry->key, config_type_name(entry->value->type));
}

static int defaults_add_part(struct domain_defaults *out, const struct config_entry *entry,
			     const char *part, struct error *error)
{
	size_t length = strlen(out->vif_parts);
	const char *value = entry->value->text;
	int rc = defaults_text(entry, error);

	if (rc < 0 || value[0] == '\0') {
		return rc;
	}
	if (strchr(value, ',') != NULL ||
	    length + strlen(part) + strlen(value) + 3 > sizeof(out->vif_parts)) {
		return config_error(error, &entry->value->at, EINVAL, "%s: '%.60s' is not possible",
				    entry->key, value);
	}
	snprintf(out->vif_parts + length, sizeof(out->vif_parts) - length, "%s=%s,", part, value);
	return 0;
}

static int defaults_format(struct domain_defaults *out, const struct config_entry *entry,
			   struct error *error)
{
	int rc = defaults_text(entry, error);

	if (rc < 0) {
		return rc;
	}
	out->prints_sxp = strcmp(entry->value->text, "sxp") == 0;
	if (!out->prints_sxp && strcmp(entry->value->text, "json") != 0) {
		return config_error(error, &entry->value->at, EINVAL,
				    "output_format: '%.40s'; there are json and sxp", entry->value->text);
	}
	return 0;
}

static int defaults_backend(const struct config_entry *entry, struct error *error)
{
	const char *text = entry->value->text;

	if (text != NULL && (strcmp(text, "0") == 0 || strcmp(text, "Domain-0") == 0 || *text == '\0')) {
		return 0;
	}
	return config_error(error, &entry->value->at, ENOTSUP, "%s: back ends run in dom0 only",
			    entry->key);
}

static int defaults_grant_frames(struct domain_defaults *out, const struct config_entry *entry,
				 struct error *error)
{
	const struct config_value *value = entry->value;

	if (value->type != CONFIG_NUMBER || value->number < 1 || value->number > 1024) {
		return config_error(error, &value->at, ERANGE, "%s must be a number from 1 to 1024",
				    entry->key);
	}
	out->max_grant_frames = (uint32_t)value->number;
	return 0;
}

static void defaults_unknown(const struct config_entry *entry,
			     const struct domain_config_warnings *warnings)
{
	struct error where;
	char line[320];
	size_t i;

	for (i = 0; i < sizeof(without_meaning) / sizeof(without_meaning[0]); i++) {
		if (strcmp(entry->key, without_meaning[i]) == 0) {
			return;
		}
	}
	if (warnings != NULL && warnings->warn != NULL) {
		config_error(&where, &entry->at, EINVAL, "unknown");
		snprintf(line, sizeof(line), "%.190s: unknown key '%.60s' is ignored", where.object,
			 entry->key);
		warnings->warn(warnings->context, line);
	}
}

static int defaults_entry(struct domain_defaults *out, const struct config_entry *entry,
			  const struct domain_config_warnings *warnings, struct error *error)
{
	size_t i;

	for (i = 0; i < sizeof(vif_keys) / sizeof(vif_keys[0]); i++) {
		if (strcmp(entry->key, vif_keys[i].key) == 0) {
			return defaults_add_part(out, entry, vif_keys[i].part, error);
		}
	}
	if (strcmp(entry->key, "output_format") == 0) {
		return defaults_format(out, entry, error);
	}
	if (strcmp(entry->key, "vif.default.backend") == 0) {
		return defaults_backend(entry, error);
	}
	if (strcmp(entry->key, "max_grant_frames") == 0) {
		return defaults_grant_frames(out, entry, error);
	}
	defaults_unknown(entry, warnings);
	return 0;
}

int domain_defaults_parse(struct domain_defaults *out, const struct config *config,
			  const struct domain_config_warnings *warnings, struct error *error)
{
	const struct config_entry *entry;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	for (entry = config->first; entry != NULL && rc == 0; entry = entry->next) {
		rc = defaults_entry(out, entry, warnings, error);
	}
	return rc;
}

int domain_defaults_load(struct domain_defaults *out,
			 const struct domain_config_warnings *warnings, struct error *error)
{
	const char *path = access(DOMAIN_DEFAULTS_PATH, F_OK) == 0 ? DOMAIN_DEFAULTS_PATH :
								     DOMAIN_DEFAULTS_XL_PATH;
	struct config config = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	if (access(path, F_OK) < 0 && errno == ENOENT) {
		return 0;
	}
	rc = config_file_parse(&config, path, warnings, error);
	if (rc == 0) {
		rc = domain_defaults_parse(out, &config, warnings, error);
	}
	config_release(&config);
	return rc;
}

static int defaults_apply_vif(const struct domain_defaults *defaults, struct config *config,
			      struct config_value *item)
{
	size_t parts = strlen(defaults->vif_parts);
	size_t length = strlen(item->text);
	char *text = arena_alloc(&config->arena, parts + length + 1);

	if (text == NULL) {
		return -ENOMEM;
	}
	memcpy(text, defaults->vif_parts, parts);
	memcpy(text + parts, item->text, length);
	item->text = text;
	return 0;
}

int domain_defaults_apply(const struct domain_defaults *defaults, struct config *config,
			  struct error *error)
{
	const struct config_entry *vif = config_find(config, "vif");
	struct config_value *item;
	char argument[48];
	int rc = 0;

	if (vif != NULL && vif->value->type == CONFIG_LIST && defaults->vif_parts[0] != '\0') {
		for (item = vif->value->first; item != NULL && rc == 0; item = item->next) {
			rc = item->type == CONFIG_STRING ? defaults_apply_vif(defaults, config, item) : 0;
		}
	}
	if (rc < 0) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	if (defaults->max_grant_frames != 0 && config_find(config, "max_grant_frames") == NULL) {
		snprintf(argument, sizeof(argument), "max_grant_frames=%u", defaults->max_grant_frames);
		rc = config_parse_override(config, argument, error);
	}
	return rc;
}
