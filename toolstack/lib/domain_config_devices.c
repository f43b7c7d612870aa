// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys whose value is a list of devices.
 */
#include "lib/domain_config_keys.h"

#include <errno.h>

#include "lib/config.h"
#include "sys/error.h"

/* The device's own error, with the place in the file in front. */
static int key_device_error(struct key_values *values, const struct config_value *item,
			    const struct error *cause)
{
	config_error(values->error, &item->at, cause->code, "%s: %s", cause->object,
		     cause->sentence);
	error_set_hint(values->error, "%s", cause->hint);
	return -cause->code;
}

/* One disk alone is accepted without the list's brackets. */
int key_read_disks(struct key_values *values, const struct config_entry *entry)
{
	struct domain_config *domain = &values->domain;
	const struct config_value *item = entry->value;
	struct error cause = { 0 };

	domain->disk_count = 0;
	for (item = item->type == CONFIG_LIST ? item->first : item; item != NULL;
	     item = item->next) {
		if (item->type != CONFIG_STRING) {
			return config_error(values->error, &item->at, EINVAL,
					    "disk must be a list of quoted strings");
		}
		if (domain->disk_count == DISK_MAX) {
			return config_error(values->error, &item->at, E2BIG,
					    "disk: at most %u disks are possible", DISK_MAX);
		}
		if (disk_parse(item->text, &domain->disks[domain->disk_count], &cause) < 0) {
			return key_device_error(values, item, &cause);
		}
		domain->disk_count++;
	}
	return 0;
}

int key_read_vifs(struct key_values *values, const struct config_entry *entry)
{
	struct domain_config *domain = &values->domain;
	const struct config_value *item = entry->value;
	struct error cause = { 0 };

	domain->vif_count = 0;
	if (item->type != CONFIG_LIST) {
		config_error(values->error, &item->at, EINVAL,
			     "vif must be a list of quoted strings, not a %s",
			     config_type_name(item->type));
		error_set_hint(values->error, "vif = [ \"bridge=xenbr0\" ]");
		return -EINVAL;
	}
	for (item = item->first; item != NULL; item = item->next) {
		if (item->type != CONFIG_STRING) {
			return config_error(values->error, &item->at, EINVAL,
					    "vif must be a list of quoted strings");
		}
		if (domain->vif_count == VIF_MAX) {
			return config_error(values->error, &item->at, E2BIG,
					    "vif: at most %u interfaces are possible", VIF_MAX);
		}
		if (vif_parse(item->text, &domain->vifs[domain->vif_count], &cause) < 0) {
			return key_device_error(values, item, &cause);
		}
		domain->vif_count++;
	}
	return 0;
}
