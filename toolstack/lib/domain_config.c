// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the assignments of a configuration to a domain's fields, by the table of keys; then what
 * concerns several keys together: the name is there, limits agree, root and extra become one line.
 */
#include "lib/domain_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config.h"
#include "lib/domain_config_keys.h"
#include "lib/uuid.h"
#include "sys/error.h"

static const char *const action_names[] = {
	"destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart",
};
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

/* An action that exists elsewhere: what is done instead, said aloud. */
static int key_replace_action(struct key_values *values, const struct config_entry *entry,
			      enum domain_action *action)
{
	if (strcmp(entry->value->text, "soft-reset") == 0) {
		*action = DOMAIN_ACTION_RESTART;
		key_warn(values, &entry->value->at,
			 "soft reset is not available yet: soft-reset acts as restart");
		return 0;
	}
	return config_error(values->error, &entry->value->at, EINVAL,
			    "%s: unknown action '%.40s'; there are destroy, restart, rename-restart, "
			    "preserve, coredump-destroy and coredump-restart", entry->key, entry->value->text);
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

/* A value that asks for nothing, or for what there is anyway. */
static bool key_is_empty(const struct config_value *value)
{
	if (value->type == CONFIG_LIST) {
		return value->count == 0;
	}
	return value->text[0] == '\0' || strcmp(value->text, "0") == 0 ||
	       strcmp(value->text, "default") == 0 ||
	       (value->type == CONFIG_NUMBER && value->number == 0);
}

static int key_read_other(struct key_values *values, const struct key *key,
			  const struct config_entry *entry)
{
	char text[200];

	if (key->kind != KEY_HVM && key_is_empty(entry->value)) {
		return 0;
	}
	if (key->kind == KEY_LATER) {
		return config_error(values->error, &entry->at, ENOTSUP, "%s is refused: %s",
				    entry->key, key->unit);
	}
	if (key->kind == KEY_HVM) {
		snprintf(text, sizeof(text), "%s means nothing for a paravirtual domain and is ignored",
			 entry->key);
		values->hvm_key = values->hvm_key == NULL ? entry->key : values->hvm_key;
	} else {
		snprintf(text, sizeof(text), "%s is ignored: %s", entry->key, key->unit);
	}
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
	case KEY_DISK:
		return key_read_disks(values, entry);
	case KEY_VIF:
		return key_read_vifs(values, entry);
	case KEY_CPUS:
		return key_read_cpus(values, &values->domain.cpus, entry);
	case KEY_CPUS_SOFT:
		return key_read_cpus(values, &values->domain.cpus_soft, entry);
	default:
		return key_read_other(values, key, entry);
	}
}

static void key_unknown(struct key_values *values, const struct config_entry *entry)
{
	const char *near = key_nearest(entry->key);
	char text[200];

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
	const struct key *key = key_find(entry->key);

	if (key != NULL) {
		return key_read(values, key, entry);
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
		error_set(values->error, EINVAL, source, "the key 'kernel' is missing");
		if (values->hvm_key != NULL) {
			error_set_hint(values->error, "'%s' is for hardware-virtualised domains; "
				       "Lamina runs paravirtual ones, which need a kernel",
				       values->hvm_key);
		}
		return -EINVAL;
	}
	if (domain->memory_mib == 0) {
		error_set(values->error, EINVAL, source, "the key 'memory' is missing");
		error_set_hint(values->error, "memory = 128 gives the domain 128 MiB");
		return -EINVAL;
	}
	rc = domain_config_check_limits(values, config);
	return rc < 0 ? rc : domain_config_join_cmdline(values, config);
}

/* Whether it is for us at all is said before anything about its other keys. */
static int domain_config_check_type(struct key_values *values, const struct config *config)
{
	static const char *const names[] = { "type", "builder" };
	const struct config_entry *entry;
	size_t i;
	int rc = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && rc == 0; i++) {
		entry = config_find(config, names[i]);
		rc = entry != NULL ? key_read_type(values, entry) : 0;
	}
	return rc;
}

static void cpu_sets_copy(struct cpu_sets *to, const struct cpu_sets *from)
{
	to->count = from->count;
	memcpy(to->set, from->set, from->count * sizeof(from->set[0]));
}

void domain_config_copy(struct domain_config *to, const struct domain_config *from)
{
	memcpy(to, from, offsetof(struct domain_config, cpus));
	cpu_sets_copy(&to->cpus, &from->cpus);
	cpu_sets_copy(&to->cpus_soft, &from->cpus_soft);
	memcpy(to->disks, from->disks, from->disk_count * sizeof(from->disks[0]));
	memcpy(to->vifs, from->vifs, from->vif_count * sizeof(from->vifs[0]));
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
	int rc;

	if (values == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	values->warnings = warnings;
	values->error = error;
	domain_config_defaults(&values->domain);
	rc = domain_config_check_type(values, config);
	for (entry = config->first; entry != NULL && rc == 0; entry = entry->next) {
		rc = key_read_entry(values, entry);
	}
	if (rc == 0) {
		rc = domain_config_check(values, config);
	}
	if (rc == 0) {
		domain_config_copy(out, &values->domain);
	}
	free(values);
	return rc;
}
