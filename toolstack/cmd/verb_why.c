// SPDX-License-Identifier: GPL-2.0-only
/*
 * why [DOMAIN]: the requests that the hypervisor and the store refused the domain, and the rule each
 * broke. Times are the hypervisor's, since the machine started; the store tells ages.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/json.h"
#include "lib/store_entries.h"
#include "lib/why.h"
#include "xenbus/client/xenstore.h"

#define WHY_BUFFER_BYTES 4096u
#define WHY_ROWS (WHY_BUFFER_BYTES / sizeof(struct control_refusal))

struct why {
	struct verb_context *context;
	struct control control;
	struct domain_ref ref;
	struct json *json;	/* NULL: text */
	int printed;
};

/* --- the hypervisor's ------------------------------------------------------------------------- */

static void why_print_frame_json(struct json *json, const struct control_refusal *refusal)
{
	if ((refusal->frame_flags & CONTROL_FRAME_KNOWN) == 0) {
		return;
	}
	json_map(json, "frame");
	json_number(json, "number", refusal->args[1]);
	json_number(json, "owner", refusal->frame_owner);
	json_number(json, "type", refusal->frame_type);
	json_bool(json, "pinned", (refusal->frame_flags & CONTROL_FRAME_PINNED) != 0);
	json_number(json, "references", refusal->frame_refs);
	json_number(json, "type_references", refusal->frame_type_refs);
	json_end(json);
}

static void why_print_json(const struct why *why, const struct control_refusal *refusal)
{
	const char *hint = why_hint(refusal, why->ref.domid);
	struct json *json = why->json;
	char text[WHY_TEXT_BYTES];
	unsigned int i;

	json_map(json, NULL);
	json_decimal(json, "time_seconds", (double)refusal->time_ns / 1e9);
	json_text(json, "source", "hypervisor");
	json_number(json, "times", refusal->times);
	json_text(json, "operation", refusal->operation);
	json_list(json, "arguments");
	for (i = 0; i < 2; i++) {
		json_number(json, NULL, refusal->args[i]);
	}
	json_end(json);
	why_arguments(refusal, text);
	json_text(json, "decoded", text);
	json_text(json, "rule", refusal->rule);
	why_print_frame_json(json, refusal);
	json_text_if(json, "hint", hint != NULL ? hint : "");
	json_end(json);
}

static void why_print(struct why *why, struct control_refusal *refusal)
{
	const char *hint = why_hint(refusal, why->ref.domid);
	char text[WHY_TEXT_BYTES];

	refusal->operation[sizeof(refusal->operation) - 1] = '\0';
	refusal->rule[sizeof(refusal->rule) - 1] = '\0';
	why->printed++;
	if (why->json != NULL) {
		why_print_json(why, refusal);
		return;
	}
	why_arguments(refusal, text);
	printf("%10.6f s  %s (%s): %s", (double)refusal->time_ns / 1e9, refusal->operation, text, refusal->rule);
	if (refusal->times > 1) {
		printf(" (%u times)", refusal->times);
	}
	why_frame(refusal, text);
	printf("%s%s%s%s\n", text[0] != '\0' ? "\n    " : "", text, hint != NULL ? "\n    " : "",
	       hint != NULL ? hint : "");
}

static int why_print_all(struct why *why, struct control_refusal *rows)
{
	uint64_t pos = 0;

	for (;;) {
		struct control_dom op = {
			.u.refusals = { .buffer = (uint64_t)(uintptr_t)rows, .count = WHY_ROWS,
					.pos = pos },
		};
		int rc = control_dom(&why->control, why->ref.domid, CONTROL_DOM_REFUSALS, &op);
		uint32_t i;

		if (rc < 0) {
			return rc;
		}
		for (i = 0; i < op.u.refusals.count && i < WHY_ROWS; i++) {
			why_print(why, &rows[i]);
		}
		if (op.u.refusals.count == 0 || op.u.refusals.pos <= pos) {
			return 0;
		}
		pos = op.u.refusals.pos;
	}
}

/* --- the store's ------------------------------------------------------------------------------ */

static void why_print_store(struct why *why, const struct why_store *store, double now)
{
	double time = now - (double)store->age_ms / 1e3;

	why->printed++;
	if (why->json == NULL) {
		printf("%10.6f s  store: %s %s: %s: %s", time, store->operation, store->path, store->error,
		       store->rule);
		printf(store->times > 1 ? " (%u times)\n" : "\n", store->times);
		return;
	}
	json_map(why->json, NULL);
	json_decimal(why->json, "time_seconds", time);
	json_text(why->json, "source", "store");
	json_number(why->json, "times", store->times);
	json_text(why->json, "operation", store->operation);
	json_text(why->json, "path", store->path);
	json_text(why->json, "error", store->error);
	json_text(why->json, "rule", store->rule);
	json_end(why->json);
}

static void why_ask_store(struct why *why)
{
	struct control_physinfo machine;
	struct xs_handle *handle = NULL;
	struct why_store store;
	char domid[8];
	const char *at;
	char *answer;

	if (store_connect(&handle, NULL) < 0) {
		verb_warn(why->context, why->ref.name, "xenstored does not answer: what it refused is not shown");
		return;
	}
	snprintf(domid, sizeof(domid), "%u", why->ref.domid);
	answer = xs_control_command(handle, "refusals", domid, (unsigned int)strlen(domid) + 1);
	at = answer;
	if (control_physinfo(&why->control, &machine) == 0) {
		while (at != NULL && why_parse_store(&at, &store)) {
			why_print_store(why, &store, (double)machine.uptime_ns / 1e9);
		}
	}
	free(answer);
	xs_close(handle);
}

static int why_ask(struct why *why)
{
	struct error error = { 0 };
	void *rows = control_buffer_get(&why->control, WHY_BUFFER_BYTES);
	int rc = -ENOMEM;

	if (rows != NULL) {
		rc = why_print_all(why, rows);
		control_buffer_put(&why->control, rows, WHY_BUFFER_BYTES);
	}
	if (rc < 0) {
		control_fail(&why->control, rc, why->ref.name, "read its refusals", &error);
		return verb_fail(why->context, NULL, &error);
	}
	why_ask_store(why);
	if (why->printed == 0 && why->json == NULL) {
		printf("nothing was refused to %s\n", why->ref.name);
	}
	return VERB_DONE;
}

static int why_run(struct verb_context *context, int argc, char **argv)
{
	bool is_json = context->format == VERB_FORMAT_JSON;
	struct why why = { .context = context };
	struct json json;
	int status;

	if (argc > 2) {
		return verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	status = verb_open_domain(context, argc > 1 ? argv[1] : "0", &why.control, &why.ref);
	if (status != VERB_DONE) {
		return status;
	}
	if (is_json) {
		json_start(&json, stdout);
		json_list(&json, NULL);
		why.json = &json;
	}
	status = why_ask(&why);
	control_close(&why.control);
	return is_json ? verb_finish_json(context, &json, status) : status;
}

const struct verb verb_why = {
	.name = "why",
	.usage = "[DOMAIN]",
	.summary = "show which requests of a domain were refused, and why",
	.details = "  --json   as JSON\n",
	.run = why_run,
	.formats = VERB_HAS_JSON,
};
