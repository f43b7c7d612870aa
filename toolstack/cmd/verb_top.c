// SPDX-License-Identifier: GPL-2.0-only
/*
 * top: what domains use, every few seconds. With -b as lines in the columns of xentop, which programs read; without it a view of the
 * terminal that takes keys (top_screen.c), or, on a terminal whose type nobody has described, the same lines drawn anew until ^C.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/terminal.h"
#include "cmd/top.h"
#include "cmd/verbs.h"

#define TOP_MAX_SECONDS 86400u
#define TOP_LINE_BYTES 512

/* --- lines --- */

static int top_table(struct verb_context *context, struct top *top)
{
	char text[TOP_LINE_BYTES];
	bool has_header = top->last_ns == 0 || top->repeat || !top->batch;
	int status = top_sample(context, top);
	unsigned int i;

	if (has_header && status == VERB_DONE) {
		top_format_header(text, sizeof(text));
		printf("%s\n", text);
	}
	for (i = 0; i < top->count; i++) {
		top_format_row(top, &top->rows[i], text, sizeof(text));
		printf("%s\n%s", text, top->rows[i].details != NULL ? top->rows[i].details : "");
	}
	return status;
}

/* --- the verb --- */

static bool top_number(const char *text, unsigned int *value)
{
	char *end;
	unsigned long number;

	if (text == NULL || text[0] < '0' || text[0] > '9') {
		return false;
	}
	number = strtoul(text, &end, 10);
	*value = (unsigned int)number;
	return *end == '\0' && number >= 1 && number <= TOP_MAX_SECONDS;
}

/* One option; @value is its argument. A status. */
static int top_option(const struct verb_context *context, struct top *top, int option, const char *value)
{
	bool *const places[] = { &top->batch, &top->networks, &top->vbds, &top->vcpus, &top->repeat, &top->full };
	const char *letters = "bnxvrf";

	if (option == 'd' || option == 'i') {
		return top_number(value, option == 'd' ? &top->delay : &top->iterations) ? VERB_DONE :
		       verb_usage(context, "-%c needs a number from 1 to %u", option, TOP_MAX_SECONDS);
	}
	*places[strchr(letters, option) - letters] = true;
	return VERB_DONE;
}

/* As xentop's: letters may stand together, and their numbers behind them. */
static int top_parse(const struct verb_context *context, int argc, char **argv, struct top *top)
{
	static const struct option names[] = {
		{ "batch", no_argument, NULL, 'b' }, { "networks", no_argument, NULL, 'n' },
		{ "vbds", no_argument, NULL, 'x' }, { "vcpus", no_argument, NULL, 'v' },
		{ "repeat-header", no_argument, NULL, 'r' }, { "full-name", no_argument, NULL, 'f' },
		{ "delay", required_argument, NULL, 'd' }, { "iterations", required_argument, NULL, 'i' }, { 0 },
	};
	int status = VERB_DONE, option;

	opterr = 0;
	while (status == VERB_DONE && (option = getopt_long(argc, argv, ":bnxvrfd:i:", names, NULL)) != -1) {
		if (option == ':') {
			status = top_option(context, top, optopt, NULL);
		} else if (option == '?' && optopt != 0) {
			status = verb_usage(context, "unknown argument '-%c'", optopt);
		} else if (option == '?') {
			status = verb_usage(context, "unknown argument '%s'", argv[optind - 1]);
		} else {
			status = top_option(context, top, option, optarg);
		}
	}
	if (status == VERB_DONE && optind < argc) {
		status = verb_usage(context, "unknown argument '%s'", argv[optind]);
	}
	if (status == VERB_DONE && !top->batch && !terminal_is_live(context, stdout) && !isatty(STDOUT_FILENO)) {
		status = verb_usage(context, "the output is no terminal: -b prints lines");
	}
	return status;
}

static int top_loop(struct verb_context *context, struct top *top)
{
	unsigned int i;
	int status = VERB_DONE;

	for (i = 0; status == VERB_DONE && (top->iterations == 0 || i < top->iterations); i++) {
		if (i != 0) {
			sleep(top->delay);
		}
		if (!top->batch) {
			fputs("\033[H\033[J", stdout);
		}
		status = top_table(context, top);
		if (fflush(stdout) != 0) {
			break; /* main says so */
		}
	}
	return status;
}

struct top_arg {
	struct verb_context *context;
	struct top *top;
};

static int top_sample_for_screen(void *arg)
{
	struct top_arg *a = arg;

	return top_sample(a->context, a->top);
}

/* The view, if there is somebody to look at it and his terminal is known; -ENOTTY. */
static int top_view(struct verb_context *context, struct top *top)
{
	struct top_arg arg = { context, top };
	const struct top_terminal terminal = {
		.in = stdin, .out = stdout, .type = getenv("TERM"), .sample = top_sample_for_screen, .arg = &arg,
	};

	if (top->batch || terminal.type == NULL || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		return -ENOTTY;
	}
	return top_screen(top, &terminal);
}

static int top_run(struct verb_context *context, int argc, char **argv)
{
	struct top top = { .delay = 3, .sort = TOP_FIELDS };
	struct error error = { 0 };
	int status = top_parse(context, argc, argv, &top);

	if (status == VERB_DONE) {
		status = verb_machine(context, &top.machine);
	}
	if (status != VERB_DONE) {
		return status;
	}
	if (top_open(&top, &error) < 0) {
		return verb_fail(context, NULL, &error);
	}
	if (top.store == NULL) {
		verb_warn(context, NULL, "the store does not answer: devices are not counted");
	}
	status = top_view(context, &top);
	if (status == -ENOTTY) {
		status = top_loop(context, &top);
	}
	top_close(&top);
	return status;
}

const struct verb verb_top = {
	.name = "top",
	.usage = "[-b] [-d SECONDS] [-i TABLES] [-n] [-x] [-v] [-r] [-f]",
	.summary = "show what domains use, every few seconds",
	.details = "  -b, --batch          lines, without drawing on the terminal\n"
		   "  -d SECONDS           between tables (3)\n"
		   "  -i TABLES            how many (until q or ^C)\n"
		   "  -n, --networks       a line for each interface\n"
		   "  -x, --vbds           a line for each disk\n"
		   "  -v, --vcpus          a line with the time of each virtual processor\n"
		   "  -r, --repeat-header  before each table\n"
		   "  -f, --full-name      do not cut names\n"
		   "  Keys: n x v r as the options, s sorts by the next column, d asks for the delay, arrows move, q ends\n",
	.run = top_run,
};
