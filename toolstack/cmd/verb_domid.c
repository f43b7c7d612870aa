// SPDX-License-Identifier: GPL-2.0-only
/*
 * domid and domname: from name to number and back.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static int domid_run(struct verb_context *context, int argc, char **argv)
{
	struct control control;
	struct domain_ref ref;
	int status = verb_open_one_domain(context, argc, argv, &control, &ref);

	if (status == VERB_DONE) {
		printf("%u\n", ref.domid);
		control_close(&control);
	}
	return status;
}

static int domname_run(struct verb_context *context, int argc, char **argv)
{
	struct control control;
	struct domain_ref ref;
	int status = verb_one_domain(context, argc, argv);

	if (status == VERB_DONE && argv[1][strspn(argv[1], "0123456789")] != '\0') {
		return verb_usage(context, "'%s' is not a domain's number", argv[1]);
	}
	if (status == VERB_DONE) {
		status = verb_open_domain(context, argv[1], &control, &ref);
	}
	if (status == VERB_DONE) {
		printf("%s\n", ref.name);
		control_close(&control);
	}
	return status;
}

const struct verb verb_domid = {
	.name = "domid",
	.usage = "NAME",
	.summary = "print a domain's number",
	.run = domid_run,
};

const struct verb verb_domname = {
	.name = "domname",
	.usage = "NUMBER",
	.summary = "print a domain's name",
	.run = domname_run,
};
