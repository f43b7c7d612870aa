// SPDX-License-Identifier: GPL-2.0-only
/*
 * mem-set: asks a domain's balloon to reach a size, through its node memory/target. mem-max: the
 * size that the hypervisor lets it reach. claims: memory that is promised to domains.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb_domains.h"
#include "cmd/verbs.h"
#include "lib/json.h"
#include "lib/memory_size.h"
#include "lib/store_entries.h"
#include "xenbus/client/xenstore.h"

#define KIB_PER_PAGE 4ull
/* What a domain may have beside its memory for a moment: its balloon exchanges frames. */
#define MEMORY_SLACK_KIB 1024ull
#define MEMORY_MIN_KIB 1024ull

struct memory_request {
	struct control control;
	struct domain_ref ref;
	struct xs_handle *store;
	uint64_t kib;
};

static bool memory_read_node(struct memory_request *request, const char *name, uint64_t *kib)
{
	unsigned int length = 0;
	char path[64];
	char *value;

	snprintf(path, sizeof(path), "/local/domain/%u/memory/%s", request->ref.domid, name);
	value = xs_read(request->store, XBT_NULL, path, &length);
	if (value == NULL) {
		return false;
	}
	*kib = strtoull(value, NULL, 10);
	free(value);
	return true;
}

static int memory_write_node(struct memory_request *request, const char *name, struct error *error)
{
	char path[64], value[24];

	snprintf(path, sizeof(path), "/local/domain/%u/memory/%s", request->ref.domid, name);
	snprintf(value, sizeof(value), "%llu", (unsigned long long)request->kib);
	if (!xs_write(request->store, XBT_NULL, path, value, (unsigned int)strlen(value))) {
		return error_set(error, errno, path, "cannot be written: %s", strerror(errno));
	}
	return 0;
}

/* Beyond its limit a balloon would try for ever. dom0's limit is its memory at boot. */
static int memory_set(struct memory_request *request, struct error *error)
{
	uint64_t limit = request->ref.info.max_pages * KIB_PER_PAGE;

	memory_read_node(request, "static-max", &limit);
	if (request->kib > limit) {
		error_set(error, ERANGE, request->ref.name, "may have at most %llu MiB, not %llu MiB",
			  (unsigned long long)(limit / 1024), (unsigned long long)(request->kib / 1024));
		error_set_hint(error, "mem-max raises the limit, as far as the guest's kernel has room; "
			       "maxmem in its configuration gives it that room");
		return -ERANGE;
	}
	return memory_write_node(request, "target", error);
}

static int memory_set_max(struct memory_request *request, struct error *error)
{
	struct control_dom op = {
		.u.pages.pages = (request->kib + MEMORY_SLACK_KIB) / KIB_PER_PAGE,
	};
	uint64_t target = 0;
	int rc;

	memory_read_node(request, "target", &target);
	if (request->kib < target) {
		error_set(error, ERANGE, request->ref.name,
			  "is asked to have %llu MiB: its limit cannot be less",
			  (unsigned long long)(target / 1024));
		error_set_hint(error, "mem-set makes it smaller first");
		return -ERANGE;
	}
	rc = control_dom(&request->control, request->ref.domid, CONTROL_DOM_SET_MAX_PAGES, &op);
	if (rc < 0) {
		return control_fail(&request->control, rc, request->ref.name, "set its limit", error);
	}
	return memory_write_node(request, "static-max", error);
}

static int memory_run(struct verb_context *context, int argc, char **argv,
		      int (*act)(struct memory_request *request, struct error *error))
{
	struct memory_request request = { 0 };
	struct error error = { 0 };
	int status = verb_domain_and(context, argc, "a size");
	int rc;

	if (status != VERB_DONE) {
		return status;
	}
	rc = memory_size_parse_kib(argv[2], &request.kib);
	if (rc < 0 || request.kib < MEMORY_MIN_KIB) {
		return verb_usage(context, "'%s' is no size: 512, 512m (both MiB) and 2g are; 1 MiB is the "
				  "least", argv[2]);
	}
	status = verb_open_domain(context, argv[1], &request.control, &request.ref);
	if (status != VERB_DONE) {
		return status;
	}
	rc = store_connect(&request.store, &error);
	if (rc == 0) {
		rc = act(&request, &error);
		xs_close(request.store);
	}
	control_close(&request.control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

static int mem_set_run(struct verb_context *context, int argc, char **argv)
{
	return memory_run(context, argc, argv, memory_set);
}

static int mem_max_run(struct verb_context *context, int argc, char **argv)
{
	return memory_run(context, argc, argv, memory_set_max);
}

static int claims_show(struct domains_walk *walk, const struct domain_ref *ref)
{
	unsigned long long memory = ref->info.tot_pages * KIB_PER_PAGE;
	unsigned long long claimed = ref->info.claimed_pages * KIB_PER_PAGE;
	char state[7];

	if (walk->json != NULL) {
		json_map(walk->json, NULL);
		json_text(walk->json, "name", ref->name);
		json_number(walk->json, "domid", ref->domid);
		json_number(walk->json, "memory_kib", memory);
		json_number(walk->json, "claimed_kib", claimed);
		json_end(walk->json);
	} else if (walk->context->is_xl) {
		verb_xl_state(&ref->info, state);
		printf("%-40s %5d %5llu %5d     %s  %8.1f  %5llu\n", ref->name, ref->domid,
		       memory / 1024, ref->info.online_vcpus, state,
		       (double)ref->info.cpu_time_ns / 1e9, claimed / 1024);
	} else {
		printf("%-24s %5d %7llu MiB %7llu MiB\n", ref->name, ref->domid, memory / 1024,
		       claimed / 1024);
	}
	return VERB_DONE;
}

static int claims_run(struct verb_context *context, int argc, char **argv)
{
	if (argc > 1) {
		return verb_usage(context, "'%s' is one argument too many", argv[1]);
	}
	if (context->is_xl && context->format == VERB_FORMAT_TEXT) {
		printf("Name                                        ID   Mem VCPUs\tState\tTime(s)  Claimed\n");
	} else if (context->format == VERB_FORMAT_TEXT) {
		printf("%-24s %5s %11s %11s\n", "NAME", "ID", "MEMORY", "CLAIMED");
	}
	return verb_walk_domains(context, argv + 1, claims_show, NULL);
}

const struct verb verb_mem_set = {
	.name = "mem-set",
	.usage = "DOMAIN SIZE",
	.summary = "ask a domain to use so much memory",
	.details = "  SIZE: 512 or 512m (MiB), 2g, 65536k\n",
	.run = mem_set_run,
};

const struct verb verb_mem_max = {
	.name = "mem-max",
	.usage = "DOMAIN SIZE",
	.summary = "limit the memory that a domain may have",
	.details = "  SIZE: 512 or 512m (MiB), 2g, 65536k\n",
	.run = mem_max_run,
};

const struct verb verb_claims = {
	.name = "claims",
	.usage = "",
	.summary = "show memory that is promised to domains",
	.details = "  --json   as JSON\n",
	.run = claims_run,
	.formats = VERB_HAS_JSON,
};
