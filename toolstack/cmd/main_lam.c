// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam: the operator's tool. It finds the verb in its first argument and runs it; everything else
 * is in the verbs and in liblamina. Under the name xl it prints what programs that parse xl expect; under the name xentop it is
 * that verb.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "sys/error.h"

static int lam_unknown(const char *program, const char *name)
{
	const char *missing = verb_why_missing(name);
	const char *nearest = verb_nearest(name);

	if (missing != NULL) {
		fprintf(stderr, "%s %s: %s (EOPNOTSUPP)\n", program, name, missing);
		return VERB_FAILED;
	}
	fprintf(stderr, "%s: there is no verb '%s'", program, name);
	if (nearest != NULL) {
		fprintf(stderr, "; the nearest is '%s'", nearest);
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

/* Takes --json and --format=NAME out of the arguments behind the verb. VERB_DONE, or usage. */
static int lam_take_format(struct verb_context *context, int *argc, char **argv)
{
	static const char *const names[] = { "--format=table", "--format=json", "--format=sxp" };
	int kept = 1;
	int i;

	for (i = 1; i < *argc; i++) {
		enum verb_format format = VERB_FORMAT_TEXT;

		if (strcmp(argv[i], "--json") != 0 && strncmp(argv[i], "--format=", 9) != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		while (format <= VERB_FORMAT_SXP && strcmp(argv[i], names[format]) != 0) {
			format++;
		}
		if (strcmp(argv[i], "--json") == 0) {
			format = VERB_FORMAT_JSON;
		}
		if (format > VERB_FORMAT_SXP) {
			return verb_usage(context, "unknown format '%s'; there are table, json and sxp",
					  argv[i] + 9);
		}
		if (format != VERB_FORMAT_TEXT && (context->verb->formats & (1u << format)) == 0) {
			return verb_usage(context, "does not print %s", names[format] + 9);
		}
		context->format = format;
	}
	argv[kept] = NULL;
	*argc = kept;
	return VERB_DONE;
}

/* A full disk or a closed pipe behind stdout is a failure like any other. */
static int lam_finish(const struct verb_context *context, int status)
{
	struct error error = { 0 };

	if (fflush(stdout) == 0 && ferror(stdout) == 0) {
		return status;
	}
	error_set(&error, errno != 0 ? errno : EIO, NULL, "the output cannot be written: %s",
		  strerror(errno != 0 ? errno : EIO));
	return verb_fail(context, NULL, &error);
}

static int lam_run(struct verb_context *context, int argc, char **argv)
{
	int status = lam_take_format(context, &argc, argv);

	if (status == VERB_DONE) {
		status = context->verb->run(context, argc, argv);
	}
	return lam_finish(context, status);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	struct verb_context context = { .program = slash != NULL ? slash + 1 : argv[0] };
	const char *name;

	context.is_xl = strcmp(context.program, "xl") == 0;
	if (strcmp(context.program, "xentop") == 0) {
		context.is_xl = true;
		context.verb = &verb_top;
		return lam_run(&context, argc, argv);
	}
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
	return lam_run(&context, argc - 1, argv + 1);
}
