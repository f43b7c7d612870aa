// SPDX-License-Identifier: GPL-2.0-only
/*
 * version: what this tool speaks.
 */
#include <stdio.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static int version_run(struct verb_context *context, int argc, char **argv)
{
	if (argc > 1) {
		return verb_usage(context, "'%s' is one argument too many", argv[1]);
	}
	printf("%s of Lamina, control interface %u\n", context->program, CONTROL_VERSION);
	return VERB_DONE;
}

const struct verb verb_version = {
	.name = "version",
	.usage = "",
	.summary = "print this tool's version",
	.run = version_run,
};
