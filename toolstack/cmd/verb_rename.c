// SPDX-License-Identifier: GPL-2.0-only
/*
 * rename DOMAIN NAME: another name for a domain that runs.
 */
#include <stdio.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static int rename_run(struct verb_context *context, int argc, char **argv)
{
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status = verb_domain_and(context, argc, "its new name");
	int rc;

	if (status == VERB_DONE) {
		status = verb_open_domain(context, argv[1], &control, &ref);
	}
	if (status != VERB_DONE) {
		return status;
	}
	rc = domain_rename(&control, &ref, argv[2], &error);
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_rename = {
	.name = "rename",
	.usage = "DOMAIN NAME",
	.summary = "give a domain another name",
	.run = rename_run,
};
