// SPDX-License-Identifier: GPL-2.0-only
/*
 * help [VERB]: the list of verbs, or one verb's usage and options.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/json.h"

/* A verb that xl has and Lamina has not is answered with the reason, as the verb itself is. */
static int help_unknown(const struct verb_context *context, const char *name)
{
	const char *missing = verb_why_missing(name);
	const char *nearest = verb_nearest(name);

	if (missing != NULL) {
		fprintf(stderr, "%s help %s: %s (EOPNOTSUPP)\n", context->program, name, missing);
		return VERB_FAILED;
	}
	if (nearest == NULL) {
		return verb_usage(context, "there is no verb '%s'", name);
	}
	return verb_usage(context, "there is no verb '%s'; the nearest is '%s'", name, nearest);
}

static int help_all_json(const struct verb_context *context)
{
	const struct verb *verb;
	struct json json;
	size_t i;

	json_start(&json, stdout);
	json_list(&json, NULL);
	for (i = 0; (verb = verb_at(i)) != NULL; i++) {
		json_map(&json, NULL);
		json_text(&json, "verb", verb->name);
		json_text(&json, "usage", verb->usage);
		json_text(&json, "summary", verb->summary);
		json_bool(&json, "prints_json", (verb->formats & VERB_HAS_JSON) != 0);
		json_end(&json);
	}
	return verb_finish_json(context, &json, VERB_DONE);
}

static int help_all(const struct verb_context *context)
{
	const struct verb *verb;
	size_t i;

	if (context->format == VERB_FORMAT_JSON) {
		return help_all_json(context);
	}
	printf("usage: %s VERB [ARGUMENTS]\n\n", context->program);
	for (i = 0; (verb = verb_at(i)) != NULL; i++) {
		printf("  %-15s %s\n", verb->name, verb->summary);
	}
	printf("\n'%s help VERB' tells more about one.\n", context->program);
	return VERB_DONE;
}

static int help_run(struct verb_context *context, int argc, char **argv)
{
	const struct verb *verb;

	if (argc > 2) {
		return verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	if (argc < 2 || strcmp(argv[1], "--long") == 0) {
		return help_all(context);
	}
	verb = verb_find(argv[1]);
	if (verb == NULL) {
		return help_unknown(context, argv[1]);
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
	.formats = VERB_HAS_JSON,
};
