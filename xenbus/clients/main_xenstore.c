// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store's command-line client: one program, a command by its own name (xenstore-read) or by
 * its first argument (xenstore read).
 *
 * Output of a command inside a transaction is held back until the transaction has ended well, so
 * that a repetition does not show twice.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/clients/xenstore_command.h"

struct main_command {
	const char *name;
	const char *options; /* for getopt */
	const char *usage;
	int least;	     /* arguments */
	bool has_pairs;	     /* their number must be even */
	bool has_transaction;
	xenstore_run *run;
};

static const struct main_command main_commands[] = {
	{ "chmod", "hurs", "[-h] [-u] [-r] [-s] key <mode [modes...]>", 2, false, true,
	  xenstore_chmod },
	{ "control", "+hs", "[-h] [-s] command [argument...]", 1, false, false, xenstore_control },
	{ "exists", "hps", "[-h] [-p] [-s] key [...]", 1, false, true, xenstore_exists },
	{ "list", "hps", "[-h] [-p] [-s] key [...]", 1, false, true, xenstore_list },
	{ "ls", "hfps", "[-h] [-f] [-p] [-s] [path]", 0, false, false, xenstore_ls },
	{ "read", "hpsR", "[-h] [-p] [-s] [-R] key [...]", 1, false, true, xenstore_read },
	{ "rm", "hst", "[-h] [-s] [-t] key [...]", 1, false, true, xenstore_rm },
	{ "watch", "hn:s", "[-h] [-n NR] key", 1, false, false, xenstore_watch },
	{ "write", "+hsR", "[-h] [-s] [-R] key value [...]", 2, true, true, xenstore_write },
};

#define MAIN_COMMANDS (sizeof(main_commands) / sizeof(main_commands[0]))

int xenstore_fail(const struct xenstore_call *call, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", call->program);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return 1;
}

static const struct main_command *main_find(const char *name)
{
	size_t i;

	for (i = 0; i < MAIN_COMMANDS; i++) {
		if (strcmp(name, main_commands[i].name) == 0) {
			return &main_commands[i];
		}
	}
	return NULL;
}

static int main_usage(const struct xenstore_call *call, const struct main_command *command,
		      bool is_asked)
{
	fprintf(is_asked ? stdout : stderr, "%s: Usage: %s%s%s %s\n", call->program, call->program,
		strchr(call->program, '-') != NULL ? "" : " ",
		strchr(call->program, '-') != NULL ? "" : command->name, command->usage);
	return is_asked ? 0 : 1;
}

/* Returns 0, or the exit status + 1 when the program is to end. */
static int main_parse(struct xenstore_call *call, const struct main_command *command)
{
	int option;

	while ((option = getopt(call->argc, call->argv, command->options)) != -1) {
		switch (option) {
		case 'f':
			call->is_full_path = true;
			break;
		case 'n':
			call->count = atoi(optarg);
			break;
		case 'p':
			call->has_prefix = true;
			break;
		case 'R':
			call->is_raw = true;
			break;
		case 'r':
			call->is_recursive = true;
			break;
		case 's':
			break; /* "by socket": there is nothing else to choose */
		case 't':
			call->is_tidy = true;
			break;
		case 'u':
			call->is_upward = true;
			break;
		case 'h':
			return 1 + main_usage(call, command, true);
		default:
			return 1 + main_usage(call, command, false);
		}
	}
	call->argc -= optind;
	call->argv += optind;
	if (call->argc < command->least || (command->has_pairs && call->argc % 2 != 0)) {
		return 1 + main_usage(call, command, false);
	}
	return 0;
}

/* Runs the command once inside a transaction. *@again: another one got in between. */
static int main_run_once(struct xenstore_call *call, const struct main_command *command,
			 bool *again)
{
	FILE *out = stdout;
	char *text = NULL;
	size_t bytes = 0;
	FILE *held = open_memstream(&text, &bytes);
	int status;

	*again = false;
	if (held == NULL) {
		return xenstore_fail(call, "no memory");
	}
	call->t = xs_transaction_start(call->h);
	if (call->t == XBT_NULL) {
		fclose(held);
		free(text);
		return xenstore_fail(call, "couldn't start transaction");
	}
	stdout = held;
	status = command->run(call);
	stdout = out;
	fclose(held);
	if (!xs_transaction_end(call->h, call->t, status != 0)) {
		*again = errno == EAGAIN;
		status = *again ? 0 : xenstore_fail(call, "couldn't end transaction");
	}
	if (!*again) {
		fwrite(text, 1, bytes, stdout);
	}
	free(text);
	return status;
}

static int main_run(struct xenstore_call *call, const struct main_command *command)
{
	bool again = true;
	int status = 0;

	call->h = xs_open(0);
	if (call->h == NULL) {
		return xenstore_fail(call, "%s: cannot reach xenstored: %s", xs_daemon_socket(),
				     strerror(errno));
	}
	if (!command->has_transaction) {
		status = command->run(call);
	}
	while (command->has_transaction && again) {
		status = main_run_once(call, command, &again);
	}
	xs_close(call->h);
	if (fflush(stdout) != 0) {
		return xenstore_fail(call, "cannot write the output: %s", strerror(errno));
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash != NULL ? slash + 1 : argv[0];
	struct xenstore_call call = { .program = name, .argc = argc, .argv = argv, .count = -1 };
	const struct main_command *command;
	int status;

	if (strncmp(name, "xenstore-", 9) == 0) {
		name += 9;
	} else if (argc < 2) {
		fprintf(stderr, "%s: Usage: %s <mode> [-h] [...]\n", name, name);
		return 1;
	} else {
		name = argv[1];
		call.argc--;
		call.argv++;
	}
	command = main_find(name);
	if (command == NULL) {
		return xenstore_fail(&call, "unknown mode %s", name);
	}
	status = main_parse(&call, command);
	return status != 0 ? status - 1 : main_run(&call, command);
}
