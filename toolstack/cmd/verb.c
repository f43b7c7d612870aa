// SPDX-License-Identifier: GPL-2.0-only
/*
 * What verbs share: reporting, opening, arguments.
 */
#include "cmd/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/terminal.h"
#include "lib/json.h"

int verb_fail(const struct verb_context *context, const char *name, const struct error *error)
{
	char prefix[180];

	snprintf(prefix, sizeof(prefix), "%s%s %s%s%s%s",
		 terminal_paint(context, stderr, TERMINAL_BAD), context->program,
		 context->verb->name, name != NULL ? " " : "", name != NULL ? name : "",
		 terminal_paint(context, stderr, TERMINAL_PLAIN));
	fflush(stdout);
	error_print(prefix, error);
	return VERB_FAILED;
}

void verb_warn(const struct verb_context *context, const char *name, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s%s %s%s%s: warning:%s ", terminal_paint(context, stderr, TERMINAL_BUSY),
		context->program, context->verb->name, name != NULL ? " " : "",
		name != NULL ? name : "", terminal_paint(context, stderr, TERMINAL_PLAIN));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int verb_usage(const struct verb_context *context, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s %s: ", context->program, context->verb->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nusage: %s %s %s\n", context->program, context->verb->name,
		context->verb->usage);
	return VERB_USAGE;
}

int verb_open_control(const struct verb_context *context, struct control *control)
{
	struct error error = { 0 };

	return control_open(control, &error) < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

int verb_machine(const struct verb_context *context, struct control_physinfo *machine)
{
	struct error error = { 0 };
	struct control control;
	int status = verb_open_control(context, &control);
	int rc;

	if (status != VERB_DONE) {
		return status;
	}
	rc = control_physinfo(&control, machine);
	if (rc < 0) {
		control_fail(&control, rc, NULL, "read the machine's facts", &error);
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

int verb_open_domain(const struct verb_context *context, const char *text,
		     struct control *control, struct domain_ref *ref)
{
	struct error error = { 0 };
	int status = verb_open_control(context, control);

	if (status != VERB_DONE) {
		return status;
	}
	if (domain_find(control, text, ref, &error) < 0) {
		control_close(control);
		return verb_fail(context, NULL, &error);
	}
	return VERB_DONE;
}

int verb_one_domain(const struct verb_context *context, int argc, char **argv)
{
	if (argc < 2) {
		return verb_usage(context, "a domain's name or number is missing");
	}
	if (argv[1][0] == '-') {
		return verb_usage(context, "unknown option '%s'", argv[1]);
	}
	if (argc > 2) {
		return verb_usage(context, "'%s' is one argument too many", argv[2]);
	}
	return VERB_DONE;
}

int verb_open_one_domain(const struct verb_context *context, int argc, char **argv,
			 struct control *control, struct domain_ref *ref)
{
	int status = verb_one_domain(context, argc, argv);

	return status == VERB_DONE ? verb_open_domain(context, argv[1], control, ref) : status;
}

int verb_domain_and(const struct verb_context *context, int argc, const char *what)
{
	if (argc < 3) {
		return verb_usage(context, "a domain and %s are needed", what);
	}
	return argc > 3 ? verb_usage(context, "there are too many arguments") : VERB_DONE;
}

int verb_finish_json(const struct verb_context *context, struct json *json, int status)
{
	struct error error = { 0 };

	if (status != VERB_DONE) {
		json_drop(json);
		return status;
	}
	return json_finish(json, &error) < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

void verb_xl_state(const struct control_info *info, char state[7])
{
	static const char reasons[] = "-rscwS";
	bool down = (info->flags & CONTROL_INFO_SHUTDOWN) != 0;

	state[0] = (info->flags & CONTROL_INFO_RUNNING) != 0 ? 'r' : '-';
	state[1] = (info->flags & CONTROL_INFO_BLOCKED) != 0 ? 'b' : '-';
	state[2] = (info->flags & CONTROL_INFO_PAUSED) != 0 ? 'p' : '-';
	state[3] = down ? 's' : '-';
	state[4] = !down ? '-' :
		   info->shutdown_code < sizeof(reasons) - 1 ? reasons[info->shutdown_code] : '?';
	state[5] = (info->flags & CONTROL_INFO_DYING) != 0 ? 'd' : '-';
	state[6] = '\0';
}
