// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables that programs written for xl read: vm-list; and cpupool-list, sharing and channel-list,
 * whose contents follow from what Lamina does not have: one pool, no shared pages, no channels.
 */
#include <stdio.h>

#include "cmd/verb_domains.h"
#include "cmd/verbs.h"
#include "lib/json.h"
#include "lib/uuid.h"

static int tables_no_arguments(struct verb_context *context, int argc, char **argv)
{
	return argc > 1 ? verb_usage(context, "'%s' is one argument too many", argv[1]) : VERB_DONE;
}

static int vm_row(struct domains_walk *walk, const struct domain_ref *ref)
{
	char uuid[UUID_TEXT_BYTES];

	uuid_format(ref->info.handle, uuid);
	if (walk->json != NULL) {
		json_map(walk->json, NULL);
		json_text(walk->json, "uuid", uuid);
		json_number(walk->json, "domid", ref->domid);
		json_text(walk->json, "name", ref->name);
		json_end(walk->json);
	} else {
		printf("%s  %d    %s\n", uuid, ref->domid, ref->name);
	}
	return VERB_DONE;
}

static int vm_list_run(struct verb_context *context, int argc, char **argv)
{
	int status = tables_no_arguments(context, argc, argv);

	if (status == VERB_DONE && context->format == VERB_FORMAT_TEXT) {
		printf("UUID                                  ID    name\n");
	}
	return status == VERB_DONE ? verb_walk_domains(context, argv + 1, vm_row, NULL) : status;
}

static int sharing_row(struct domains_walk *walk, const struct domain_ref *ref)
{
	unsigned long long mib = ref->info.tot_pages / 256;

	if (walk->json != NULL) {
		json_map(walk->json, NULL);
		json_text(walk->json, "name", ref->name);
		json_number(walk->json, "domid", ref->domid);
		json_number(walk->json, "memory_mib", mib);
		json_number(walk->json, "shared_mib", 0);
		json_end(walk->json);
	} else {
		printf("%-40s %5d %5llu  %7d\n", ref->name, ref->domid, mib, 0);
	}
	return VERB_DONE;
}

static int sharing_run(struct verb_context *context, int argc, char **argv)
{
	if (argc > 2) {
		return verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	if (context->format == VERB_FORMAT_TEXT) {
		printf("Name                                        ID   Mem   Shared\n");
	}
	return verb_walk_domains(context, argv + 1, sharing_row, NULL);
}

static int channel_list_run(struct verb_context *context, int argc, char **argv)
{
	struct control control;
	struct domain_ref ref;
	int status = verb_open_one_domain(context, argc, argv, &control, &ref);

	if (status == VERB_DONE) {
		control_close(&control);
		printf("Idx BE state evt-ch ring-ref connection params\n");
	}
	return status;
}

static int cpupool_json(struct verb_context *context, const struct control_physinfo *machine)
{
	struct json json;

	json_start(&json, stdout);
	json_list(&json, NULL);
	json_map(&json, NULL);
	json_text(&json, "name", "Pool-0");
	json_number(&json, "cpus", machine->cpus);
	json_number(&json, "domains", machine->domains);
	return verb_finish_json(context, &json, VERB_DONE);
}

static int cpupool_list_run(struct verb_context *context, int argc, char **argv)
{
	struct control_physinfo machine;
	int status = tables_no_arguments(context, argc, argv);

	status = status == VERB_DONE ? verb_machine(context, &machine) : status;
	if (status != VERB_DONE) {
		return status;
	}
	if (context->format == VERB_FORMAT_JSON) {
		return cpupool_json(context, &machine);
	}
	printf("Name               CPUs   Sched     Active   Domain count\n");
	printf("%-19s%3u  %9s       y     %4u\n", "Pool-0", machine.cpus, "credit2", machine.domains);
	return VERB_DONE;
}

const struct verb verb_vm_list = {
	.name = "vm-list",
	.usage = "",
	.summary = "show UUIDs, numbers and names of domains",
	.details = "  --json   as JSON\n",
	.run = vm_list_run,
	.formats = VERB_HAS_JSON,
};

const struct verb verb_sharing = {
	.name = "sharing",
	.usage = "[DOMAIN]",
	.summary = "show memory that domains share: none",
	.details = "  --json   as JSON\n",
	.run = sharing_run,
	.formats = VERB_HAS_JSON,
};

const struct verb verb_channel_list = {
	.name = "channel-list",
	.usage = "DOMAIN",
	.summary = "show a domain's channels: none",
	.run = channel_list_run,
};

const struct verb verb_cpupool_list = {
	.name = "cpupool-list",
	.usage = "",
	.summary = "show the one pool of processors",
	.details = "  --json   as JSON\n",
	.run = cpupool_list_run,
	.formats = VERB_HAS_JSON,
};
