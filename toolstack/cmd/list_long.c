// SPDX-License-Identifier: GPL-2.0-only
/*
 * See list_long.h. The layout itself is lib/domain_report's.
 */
#include "cmd/list_long.h"

#include <stdio.h>
#include <string.h>

#include "lib/domain_report.h"
#include "lib/json.h"
#include "lib/uuid.h"

#define LIST_KIB_PER_PAGE 4ull
#define LIST_PAGES_PER_MIB 256ull

/* What is known without a file. */
static void list_plain_config(const struct control_info *info, struct domain_config *config)
{
	memset(config, 0, sizeof(*config));
	config->vcpus = info->online_vcpus;
	config->maxvcpus = info->vcpus;
	config->memory_mib = info->tot_pages / LIST_PAGES_PER_MIB;
	config->maxmem_mib = info->max_pages / LIST_PAGES_PER_MIB;
	config->on[DOMAIN_EVENT_REBOOT] = DOMAIN_ACTION_RESTART;
	config->on[DOMAIN_EVENT_SOFT_RESET] = DOMAIN_ACTION_RESTART;
}

static const struct domain_config *list_config(const struct control_info *info, const char *name)
{
	static struct domain_config config;
	char path[128];
	struct domain_config_source source = { .path = path };

	domain_config_path(info->handle, path, sizeof(path));
	if (info->domid == 0 || domain_config_load(&source, &config, NULL, NULL) < 0) {
		list_plain_config(info, &config);
	}
	snprintf(config.name, sizeof(config.name), "%s", name);
	memcpy(config.uuid, info->handle, sizeof(config.uuid));
	return &config;
}

void list_long_json(struct json *json, const struct control_info *info, const char *name)
{
	char state[7];
	struct domain_report report = { list_config(info, name), info, state };

	verb_xl_state(info, state);
	domain_report_json(json, &report);
}

void list_long_sxp(const struct control_info *info, const char *name)
{
	char state[7];
	struct domain_report report = { list_config(info, name), info, state };

	verb_xl_state(info, state);
	domain_report_sxp(stdout, &report);
}

void list_row_json(struct json *json, const struct control_info *info, const char *name)
{
	char uuid[UUID_TEXT_BYTES];
	char state[7];

	uuid_format(info->handle, uuid);
	verb_xl_state(info, state);
	json_map(json, NULL);
	json_text(json, "name", name);
	json_number(json, "domid", info->domid);
	json_text(json, "uuid", uuid);
	json_number(json, "memory_kib", info->tot_pages * LIST_KIB_PER_PAGE);
	json_number(json, "max_memory_kib", info->max_pages * LIST_KIB_PER_PAGE);
	json_number(json, "vcpus", info->vcpus);
	json_number(json, "online_vcpus", info->online_vcpus);
	json_text(json, "state", state);
	json_decimal(json, "cpu_seconds", (double)info->cpu_time_ns / 1e9);
	json_end(json);
}
