// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpus= and cpus_soft=: on which processors vCPUs may run, and on which rather. A text or a number for all of them, or a list with
 * one item for each.
 */
#include "lib/domain_config_keys.h"

#include <errno.h>

#include "lib/config.h"
#include "lib/cpu_set.h"
#include "sys/error.h"

_Static_assert(CPU_SETS == DOMAIN_MAX_VCPUS, "one set for each");

static int key_read_cpu_set(struct key_values *values, const char *key, struct cpu_sets *sets, const struct config_value *item)
{
	if (sets->count == CPU_SETS) {
		return config_error(values->error, &item->at, E2BIG, "%s: at most %u items are possible", key, CPU_SETS);
	}
	if (item->type == CONFIG_LIST || cpu_set_parse(item->text, &sets->set[sets->count]) < 0) {
		config_error(values->error, &item->at, EINVAL, "%s: '%.60s' names no processors", key,
			     item->type == CONFIG_LIST ? "a list in a list" : item->text);
		error_set_hint(values->error, "%s = \"0-3,6\", \"all,^0\", or a list with one such text "
			       "for each vCPU", key);
		return -EINVAL;
	}
	sets->count++;
	return 0;
}

int key_read_cpus(struct key_values *values, struct cpu_sets *sets, const struct config_entry *entry)
{
	const struct config_value *item = entry->value;
	int rc = 0;

	sets->count = 0;
	for (item = item->type == CONFIG_LIST ? item->first : item; item != NULL && rc == 0; item = item->next) {
		rc = key_read_cpu_set(values, entry->key, sets, item);
	}
	return rc;
}
