// SPDX-License-Identifier: GPL-2.0-only
/*
 * list [DOMAIN...]: one row per domain. Two sources and no daemon: the hypervisor's rows and the
 * registry's names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/terminal.h"
#include "cmd/verb.h"
#include "cmd/list_long.h"
#include "cmd/verbs.h"
#include "lib/domain_defaults.h"
#include "lib/json.h"
#include "lib/registry.h"
#include "lib/uuid.h"
#include "public/sched.h"

#define LIST_PAGES_PER_MIB 256ull

struct list_options {
	bool uuids;		/* -v, -u: the UUID as last column */
	bool pools;
	bool nodes;
	bool is_long;		/* -l: the configuration too, as JSON or s-expressions */
	struct json *json;	/* NULL: no JSON */
};

static const char *list_state_word(const struct control_info *info)
{
	static const char *const reasons[] = { "powered off", "rebooting", "suspended", "crashed",
					       "watchdog",    "soft reset" };

	if ((info->flags & CONTROL_INFO_DYING) != 0) {
		return "dying";
	}
	if ((info->flags & CONTROL_INFO_SHUTDOWN) != 0) {
		return info->shutdown_code < sizeof(reasons) / sizeof(reasons[0]) ?
		       reasons[info->shutdown_code] : "shut down";
	}
	if ((info->flags & CONTROL_INFO_BUILDING) != 0) {
		return (info->flags & CONTROL_INFO_PAUSED) != 0 ? "paused" : "building";
	}
	if ((info->flags & CONTROL_INFO_PAUSED) != 0) {
		return "paused";
	}
	if ((info->flags & CONTROL_INFO_RUNNING) != 0) {
		return "running";
	}
	return (info->flags & CONTROL_INFO_BLOCKED) != 0 ? "idle" : "ready";
}

static void list_header(const struct verb_context *context, const struct list_options *options)
{
	if (options->json != NULL || options->is_long) {
		return;
	}
	if (context->is_xl) {
		printf("Name                                        ID   Mem VCPUs\tState\tTime(s)");
	} else {
		printf("%s%-24s %5s %11s %5s  %-6s  %-11s %10s",
		       terminal_paint(context, stdout, TERMINAL_BOLD), "NAME", "ID", "MEMORY", "VCPUS",
		       "STATE", "", "TIME");
	}
	printf("%s%s%s%s\n", options->uuids ? "   UUID" : "", options->pools ? "         Cpupool" : "",
	       options->nodes ? " NODE Affinity" : "",
	       terminal_paint(context, stdout, TERMINAL_PLAIN));
}

/* Green: at work; yellow: held by somebody; red: something went wrong. */
static enum terminal_paint list_state_paint(const struct control_info *info)
{
	if ((info->flags & CONTROL_INFO_SHUTDOWN) != 0) {
		return info->shutdown_code == SHUTDOWN_crash ? TERMINAL_BAD : TERMINAL_BUSY;
	}
	if ((info->flags & (CONTROL_INFO_DYING | CONTROL_INFO_PAUSED | CONTROL_INFO_BUILDING)) != 0) {
		return TERMINAL_BUSY;
	}
	return TERMINAL_GOOD;
}

static void list_row_for_programs(const struct list_options *options,
				  const struct control_info *info, const char *name)
{
	if (options->json == NULL) {
		list_long_sxp(info, name);
	} else if (options->is_long) {
		list_long_json(options->json, info, name);
	} else {
		list_row_json(options->json, info, name);
	}
}

/* The letters of xl and a word for them, in that order, so that scripts written for xl find them. */
static void list_row(const struct verb_context *context, struct list_options *options,
		     const struct registry *registry, const struct control_info *info)
{
	const struct registry_record *record = registry_find(registry, info->domid, info->handle);
	const char *name = info->domid == 0 ? "Domain-0" : record != NULL ? record->name : "(none)";
	double seconds = (double)info->cpu_time_ns / 1e9;
	char uuid[UUID_TEXT_BYTES];
	char state[7];

	if (options->json != NULL || options->is_long) {
		list_row_for_programs(options, info, name);
		return;
	}
	verb_xl_state(info, state);
	if (context->is_xl) {
		printf("%-40s %5d %5lu %5d     %s  %8.1f", name, info->domid,
		       (unsigned long)(info->tot_pages / LIST_PAGES_PER_MIB), info->online_vcpus,
		       state, seconds);
	} else {
		printf("%-24s %5d %7lu MiB %5d  %s  %s%-11s%s %8.1f s", name, info->domid,
		       (unsigned long)(info->tot_pages / LIST_PAGES_PER_MIB), info->online_vcpus,
		       state, terminal_paint(context, stdout, list_state_paint(info)),
		       list_state_word(info), terminal_paint(context, stdout, TERMINAL_PLAIN), seconds);
	}
	if (options->uuids) {
		uuid_format(info->handle, uuid);
		printf("   %s", uuid);
	}
	/* There is one pool, and one node for every domain. */
	if (options->pools) {
		printf("%16s", "Pool-0");
	}
	if (options->nodes) {
		printf(" all");
	}
	printf("\n");
}

static int list_all(const struct verb_context *context, struct list_options *options)
{
	struct error error = { 0 };
	struct control_info *rows = NULL;
	struct registry registry;
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
	} else if (registry_read(&registry, &error) < 0) {
		status = verb_fail(context, NULL, &error);
	} else {
		list_header(context, options);
		for (i = 0; i < count; i++) {
			list_row(context, options, &registry, &rows[i]);
		}
		registry_close(&registry);
	}
	free(rows);
	control_close(&control);
	return status;
}

static int list_some(const struct verb_context *context, struct list_options *options,
		     int argc, char **argv)
{
	struct error error = { 0 };
	struct registry registry;
	struct domain_ref ref;
	struct control control;
	int status = VERB_DONE;
	int i;

	for (i = 0; i < argc && status == VERB_DONE; i++) {
		status = verb_open_domain(context, argv[i], &control, &ref);
		if (status != VERB_DONE) {
			break;
		}
		if (registry_read(&registry, &error) < 0) {
			status = verb_fail(context, NULL, &error);
		} else {
			if (i == 0) {
				list_header(context, options);
			}
			list_row(context, options, &registry, &ref.info);
			registry_close(&registry);
		}
		control_close(&control);
	}
	return status;
}

static int list_domains(struct verb_context *context, struct list_options *options, int argc,
			char **argv)
{
	return argc > 0 ? list_some(context, options, argc, argv) : list_all(context, options);
}

static int list_run(struct verb_context *context, int argc, char **argv)
{
	struct list_options options = { .is_long = context->format == VERB_FORMAT_SXP };
	struct domain_defaults defaults;
	struct json json;
	int status;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-v") == 0 || strcmp(argv[i], "-u") == 0) {
			options.uuids = true;
		} else if (strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "--cpupool") == 0) {
			options.pools = true;
		} else if (strcmp(argv[i], "-n") == 0 || strcmp(argv[i], "--numa") == 0) {
			options.nodes = true;
		} else if (strcmp(argv[i], "-l") == 0 || strcmp(argv[i], "--long") == 0) {
			options.is_long = true;
		} else {
			return verb_usage(context, "unknown option '%s'", argv[i]);
		}
	}
	if (options.is_long && context->format == VERB_FORMAT_TEXT &&
	    domain_defaults_load(&defaults, NULL, NULL) == 0 && defaults.prints_sxp) {
		context->format = VERB_FORMAT_SXP;
	}
	if (context->format == VERB_FORMAT_SXP ||
	    (!options.is_long && context->format == VERB_FORMAT_TEXT)) {
		return list_domains(context, &options, argc - i, argv + i);
	}
	json_start(&json, stdout);
	json_list(&json, NULL);
	options.json = &json;
	status = list_domains(context, &options, argc - i, argv + i);
	return verb_finish_json(context, &json, status);
}

const struct verb verb_list = {
	.name = "list",
	.usage = "[-v] [-c] [-n] [-l] [DOMAIN...]",
	.summary = "show domains: memory, virtual processors, state, processor time",
	.details = "  -v       also show UUIDs\n"
		   "  -c       also show the pool of processors: there is one\n"
		   "  -n       also show the nodes whose memory is used: all\n"
		   "  -l       everything with the configuration, as JSON or by --format=sxp\n"
		   "  --json   the table as JSON\n",
	.run = list_run,
	.formats = VERB_HAS_JSON | VERB_HAS_SXP,
};
