// SPDX-License-Identifier: GPL-2.0-only
/*
 * help [VERB]: the list of verbs, or one verb's usage and options.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"

static int help_run(struct verb_context *context, int argc, char **argv)
{
	const struct verb *verb;
	size_t i;

	if (argc > 2) {
		return verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	if (argc < 2 || strcmp(argv[1], "--long") == 0) {
		printf("usage: %s VERB [ARGUMENTS]\n\n", context->program);
		for (i = 0; (verb = verb_at(i)) != NULL; i++) {
			printf("  %-10s %s\n", verb->name, verb->summary);
		}
		printf("\n'%s help VERB' tells more about one.\n", context->program);
		return VERB_DONE;
	}
	verb = verb_find(argv[1]);
	if (verb == NULL) {
		return verb_usage(context, "there is no verb '%s'", argv[1]);
	}
	printf("usage: %s %s %s\n%s.\n", context->program, verb->name, verb->usage, verb->summary);
	if (verb->details != NULL) {
		printf("\n%s", verb->details);
	}
	return VERB_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.usage = "[VERB]",
	.summary = "list the verbs, or explain one",
	.run = help_run,
};
