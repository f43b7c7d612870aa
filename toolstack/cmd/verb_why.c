// SPDX-License-Identifier: GPL-2.0-only
/*
 * why [DOMAIN]: the requests that the hypervisor refused the domain, and the rule each broke.
 */
#include <errno.h>
#include <stdio.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

#define WHY_BUFFER_BYTES 4096u
#define WHY_ROWS (WHY_BUFFER_BYTES / sizeof(struct control_refusal))

static void why_print(const struct control_refusal *refusal)
{
	printf("%10.6f s  %.40s(%#llx, %#llx): %.120s\n", (double)refusal->time_ns / 1e9,
	       refusal->operation, (unsigned long long)refusal->args[0],
	       (unsigned long long)refusal->args[1], refusal->rule);
}

/* The number printed, or -errno. */
static int why_print_all(struct control *control, uint16_t domid, struct control_refusal *rows)
{
	uint64_t pos = 0;
	int printed = 0;

	for (;;) {
		struct control_dom op = {
			.u.refusals = { .buffer = (uint64_t)(uintptr_t)rows, .count = WHY_ROWS,
					.pos = pos },
		};
		int rc = control_dom(control, domid, CONTROL_DOM_REFUSALS, &op);
		uint32_t i;

		if (rc < 0) {
			return rc;
		}
		for (i = 0; i < op.u.refusals.count && i < WHY_ROWS; i++) {
			why_print(&rows[i]);
			printed++;
		}
		if (op.u.refusals.count == 0 || op.u.refusals.pos <= pos) {
			return printed;
		}
		pos = op.u.refusals.pos;
	}
}

static int why_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	void *rows;
	int status, rc = -ENOMEM;

	if (argc > 2) {
		return verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	status = verb_open_domain(context, argc > 1 ? argv[1] : "0", &control, &ref);
	if (status != VERB_DONE) {
		return status;
	}
	rows = control_buffer_get(&control, WHY_BUFFER_BYTES);
	if (rows != NULL) {
		rc = why_print_all(&control, ref.domid, rows);
		control_buffer_put(&control, rows, WHY_BUFFER_BYTES);
	}
	if (rc < 0) {
		control_fail(&control, rc, ref.name, "read its refusals", &error);
		status = verb_fail(context, NULL, &error);
	} else if (rc == 0) {
		printf("nothing was refused to %s\n", ref.name);
	}
	control_close(&control);
	return status;
}

const struct verb verb_why = {
	.name = "why",
	.usage = "[DOMAIN]",
	.summary = "show which requests of a domain were refused, and why",
	.run = why_run,
};
