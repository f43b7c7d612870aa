// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpus=: on which processors vCPUs may run. A text or a number for all of them, or a list with one
 * item for each.
 */
#include "lib/domain_config_keys.h"

#include <errno.h>

#include "lib/config.h"
#include "lib/cpu_set.h"
#include "sys/error.h"

static int key_read_cpu_set(struct key_values *values, const struct config_value *item)
{
	struct domain_config *domain = &values->domain;

	if (domain->cpu_set_count == DOMAIN_MAX_VCPUS) {
		return config_error(values->error, &item->at, E2BIG,
				    "cpus: at most %u items are possible", DOMAIN_MAX_VCPUS);
	}
	if (item->type == CONFIG_LIST ||
	    cpu_set_parse(item->text, &domain->cpu_sets[domain->cpu_set_count]) < 0) {
		config_error(values->error, &item->at, EINVAL, "cpus: '%.60s' names no processors",
			     item->type == CONFIG_LIST ? "a list in a list" : item->text);
		error_set_hint(values->error, "cpus = \"0-3,6\", \"all,^0\", or a list with one such text "
			       "for each vCPU");
		return -EINVAL;
	}
	domain->cpu_set_count++;
	return 0;
}

int key_read_cpus(struct key_values *values, const struct config_entry *entry)
{
	const struct config_value *item = entry->value;
	int rc = 0;

	values->domain.cpu_set_count = 0;
	for (item = item->type == CONFIG_LIST ? item->first : item; item != NULL && rc == 0;
	     item = item->next) {
		rc = key_read_cpu_set(values, item);
	}
	return rc;
}
