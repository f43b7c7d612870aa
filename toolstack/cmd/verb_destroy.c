// SPDX-License-Identifier: GPL-2.0-only
/*
 * destroy: ends a domain at once, by hypercall; daemons are told when they answer.
 */
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static int destroy_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status;

	/* -f exists for habit: domain 0 is never destroyed. */
	if (argc > 1 && strcmp(argv[1], "-f") == 0) {
		argc--;
		argv++;
	}
	status = verb_one_domain(context, argc, argv);
	if (status == VERB_DONE) {
		status = verb_open_domain(context, argv[1], &control, &ref);
	}
	if (status != VERB_DONE) {
		return status;
	}
	if (domain_destroy(&control, &ref, &error) < 0) {
		status = verb_fail(context, ref.name, &error);
	}
	control_close(&control);
	return status;
}

const struct verb verb_destroy = {
	.name = "destroy",
	.usage = "DOMAIN",
	.summary = "end a domain at once, as if its power failed",
	.run = destroy_run,
};
