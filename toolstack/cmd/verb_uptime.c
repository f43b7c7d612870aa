// SPDX-License-Identifier: GPL-2.0-only
/*
 * uptime [-s] [DOMAIN...]: how long domains have lived.
 *
 * A guest's time counts from its creation, which the registry keeps; dom0's from its own boot. A
 * domain without a record has no known age and shows a dash. The wall clock may have been set
 * back since: an age is never negative.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/json.h"
#include "lib/registry.h"

#define UPTIME_UNKNOWN UINT64_MAX
#define UPTIME_DAY_SECONDS 86400ull

static uint64_t uptime_seconds(const struct registry_record *record, uint16_t domid)
{
	struct timespec now;

	if (domid == 0) {
		clock_gettime(CLOCK_BOOTTIME, &now);
		return (uint64_t)now.tv_sec;
	}
	if (record == NULL || record->created == 0) {
		return UPTIME_UNKNOWN;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec > record->created ? (uint64_t)now.tv_sec - record->created : 0;
}

/* "2 days,  3:04:05", without days below one. */
static void uptime_format(uint64_t seconds, char *text, size_t bytes)
{
	unsigned long long days = seconds / UPTIME_DAY_SECONDS;
	unsigned int rest = (unsigned int)(seconds % UPTIME_DAY_SECONDS);
	char prefix[40] = "";

	if (seconds == UPTIME_UNKNOWN) {
		snprintf(text, bytes, "-");
		return;
	}
	if (days != 0) {
		snprintf(prefix, sizeof(prefix), "%llu day%s, ", days, days == 1 ? "" : "s");
	}
	snprintf(text, bytes, "%s%2u:%02u:%02u", prefix, rest / 3600, rest / 60 % 60, rest % 60);
}

struct uptime_table {
	struct registry registry;
	bool is_short;
	struct json *json;	/* NULL: text */
};

static void uptime_row_json(struct json *json, const struct control_info *info, const char *name,
			    uint64_t seconds)
{
	json_map(json, NULL);
	json_text(json, "name", name);
	json_number(json, "domid", info->domid);
	if (seconds == UPTIME_UNKNOWN) {
		json_null(json, "uptime_seconds");
	} else {
		json_number(json, "uptime_seconds", seconds);
	}
	json_end(json);
}

static void uptime_row(const struct control_info *info, const struct uptime_table *table)
{
	const struct registry_record *record = registry_find(&table->registry, info->domid,
							     info->handle);
	uint64_t seconds = uptime_seconds(record, info->domid);
	const char *name = info->domid == 0 ? "Domain-0" : record != NULL ? record->name : "(none)";
	time_t now = time(NULL);
	char clock[16] = "";
	char text[64];
	struct tm local;

	if (table->json != NULL) {
		uptime_row_json(table->json, info, name, seconds);
		return;
	}
	uptime_format(seconds, text, sizeof(text));
	if (!table->is_short) {
		printf("%-33s %4d %s\n", name, info->domid, text);
		return;
	}
	if (localtime_r(&now, &local) != NULL) {
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	}
	printf(" %s up %s, %s (%d)\n", clock, text, name, info->domid);
}

static int uptime_some(struct verb_context *context, const struct uptime_table *table,
		       char **names)
{
	struct control control;
	struct domain_ref ref;
	int status = VERB_DONE;

	for (; *names != NULL && status == VERB_DONE; names++) {
		status = verb_open_domain(context, *names, &control, &ref);
		if (status == VERB_DONE) {
			uptime_row(&ref.info, table);
			control_close(&control);
		}
	}
	return status;
}

static int uptime_all(struct verb_context *context, const struct uptime_table *table)
{
	struct error error = { 0 };
	struct control_info *rows = NULL;
	struct control control;
	int status = verb_open_control(context, &control);
	int count, i;

	if (status != VERB_DONE) {
		return status;
	}
	count = control_list(&control, &rows);
	if (count < 0) {
		control_fail(&control, count, NULL, "list the domains", &error);
		status = verb_fail(context, NULL, &error);
	}
	for (i = 0; i < count; i++) {
		uptime_row(&rows[i], table);
	}
	free(rows);
	control_close(&control);
	return status;
}

static int uptime_table(struct verb_context *context, const struct uptime_table *table,
			char **names)
{
	if (!table->is_short && table->json == NULL) {
		printf("%-33s %4s %s\n", "Name", "ID", "Uptime");
	}
	return *names != NULL ? uptime_some(context, table, names) : uptime_all(context, table);
}

static int uptime_run(struct verb_context *context, int argc, char **argv)
{
	struct uptime_table table = { 0 };
	struct error error = { 0 };
	struct json json;
	int status;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-s") != 0 && strcmp(argv[i], "--short") != 0) {
			return verb_usage(context, "unknown option '%s'", argv[i]);
		}
		table.is_short = true;
	}
	if (registry_read(&table.registry, &error) < 0) {
		return verb_fail(context, NULL, &error);
	}
	if (context->format == VERB_FORMAT_JSON) {
		table.json = &json;
		json_start(&json, stdout);
		json_list(&json, NULL);
	}
	status = uptime_table(context, &table, argv + i);
	registry_close(&table.registry);
	return table.json != NULL ? verb_finish_json(context, &json, status) : status;
}

const struct verb verb_uptime = {
	.name = "uptime",
	.usage = "[-s] [DOMAIN...]",
	.summary = "show how long domains have lived",
	.details = "  -s       one sentence a domain, with the time of day\n"
		   "  --json   as JSON, in seconds\n",
	.run = uptime_run,
	.formats = VERB_HAS_JSON,
};
