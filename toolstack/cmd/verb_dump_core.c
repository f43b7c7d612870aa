// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump-core [-l] [-C] DOMAIN FILE: a domain's memory and processors as a file for crash.
 *
 * The signals that end a program end the dump instead, so that the domain does not stay paused and no part of a file is left.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/terminal.h"
#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/core_dump.h"
#include "public/sched.h"

static volatile sig_atomic_t dump_signal;

struct dump_arguments {
	bool live;
	bool crash;
	const char *domain;
	const char *path;
};

static void dump_on_signal(int number)
{
	dump_signal = number;
}

static bool dump_is_stopped(void)
{
	return dump_signal != 0;
}

static void dump_catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ };
	struct sigaction action = { .sa_handler = dump_on_signal };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		sigaction(numbers[i], &action, NULL);
	}
}

static void dump_draw(void *opaque, uint64_t done, uint64_t total)
{
	(void)opaque;
	terminal_progress("dumping", done, total);
}

static int dump_parse(const struct verb_context *context, int argc, char **argv,
		      struct dump_arguments *arguments)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		if (strcmp(argv[i], "-l") == 0 || strcmp(argv[i], "--live") == 0) {
			arguments->live = true;
		} else if (strcmp(argv[i], "-C") == 0 || strcmp(argv[i], "--crash") == 0) {
			arguments->crash = true;
		} else {
			return verb_usage(context, "unknown option '%s'", argv[i]);
		}
	}
	if (i == argc) {
		return verb_usage(context, "a domain's name or number is missing");
	}
	if (i + 1 == argc) {
		return verb_usage(context, "the file to write is missing");
	}
	if (i + 2 < argc) {
		return verb_usage(context, "'%s' is one argument too many", argv[i + 2]);
	}
	arguments->domain = argv[i];
	arguments->path = argv[i + 1];
	return VERB_DONE;
}

static int dump_crash(struct control *control, const struct domain_ref *ref, struct error *error)
{
	struct control_dom op = { .u.shutdown.code = SHUTDOWN_crash };
	int rc = control_dom(control, ref->domid, CONTROL_DOM_SHUTDOWN, &op);

	return rc < 0 ? control_fail(control, rc, ref->name, "make it crash", error) : 0;
}

static int dump_core_run(struct verb_context *context, int argc, char **argv)
{
	struct core_dump_options options = { .stopped = dump_is_stopped };
	struct dump_arguments arguments = { 0 };
	struct error error = { 0 };
	struct control control;
	struct domain_ref ref;
	int status = dump_parse(context, argc, argv, &arguments);
	int rc;

	if (status == VERB_DONE) {
		status = verb_open_domain(context, arguments.domain, &control, &ref);
	}
	if (status != VERB_DONE) {
		return status;
	}
	options.live = arguments.live;
	options.progress = terminal_is_live(context, stderr) ? dump_draw : NULL;
	dump_catch_signals();
	rc = core_dump(&control, &ref, arguments.path, &options, &error);
	if (rc == 0 && arguments.crash) {
		rc = dump_crash(&control, &ref, &error);
	}
	control_close(&control);
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

const struct verb verb_dump_core = {
	.name = "dump-core",
	.usage = "[-l] [-C] DOMAIN FILE",
	.summary = "write a domain's memory to a file for crash",
	.details = "  -l, --live   do not pause the domain meanwhile\n"
		   "  -C, --crash  make the domain crash when the file is written\n",
	.run = dump_core_run,
};
