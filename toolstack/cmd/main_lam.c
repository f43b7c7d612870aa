// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam: the operator's tool. It finds the verb in its first argument and runs it; everything else
 * is in the verbs and in liblamina. Under the name xl it prints what programs that parse xl expect.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/suggest.h"

static int lam_unknown(const char *program, const char *name)
{
	const char *missing = verb_why_missing(name);
	struct suggest suggest;
	size_t i;

	if (missing != NULL) {
		fprintf(stderr, "%s %s: %s (EOPNOTSUPP)\n", program, name, missing);
		return VERB_FAILED;
	}
	suggest_start(&suggest, name);
	for (i = 0; verb_at(i) != NULL; i++) {
		suggest_offer(&suggest, verb_at(i)->name);
	}
	fprintf(stderr, "%s: there is no verb '%s'", program, name);
	if (suggest_result(&suggest) != NULL) {
		fprintf(stderr, "; the nearest is '%s'", suggest_result(&suggest));
	}
	fprintf(stderr, "\nusage: %s VERB [ARGUMENTS]; '%s help' lists the verbs\n", program, program);
	return VERB_USAGE;
}

/* Options of xl in front of the verb: accepted, they change nothing here. */
static bool lam_is_global_option(const char *text)
{
	return text[0] == '-' && text[1] != '\0' && strchr("vNftT", text[1]) != NULL &&
	       text[strspn(text, "-vNftT")] == '\0';
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	struct verb_context context = { .program = slash != NULL ? slash + 1 : argv[0] };
	const char *name;

	context.is_xl = strcmp(context.program, "xl") == 0;
	while (argc > 1 && lam_is_global_option(argv[1])) {
		argc--;
		argv++;
	}
	name = argc > 1 ? argv[1] : "help";
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		name = "help";
	} else if (strcmp(name, "--version") == 0) {
		name = "version";
	}
	context.verb = verb_find(name);
	if (context.verb == NULL) {
		return lam_unknown(context.program, name);
	}
	if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
		char *help[] = { argv[1], argv[1], NULL };

		context.verb = &verb_help;
		return verb_help.run(&context, 2, help);
	}
	if (argc <= 1) {
		char *none[] = { argv[0], NULL };

		context.verb->run(&context, 1, none);
		return VERB_USAGE;
	}
	return context.verb->run(&context, argc - 1, argv + 1);
}
