/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verbs of lam: one file and one struct verb each, listed in verbs.c.
 *
 * A verb parses its own arguments, prints its results on stdout, and reports an error once, in one
 * sentence on stderr. It returns the process's exit status: 0 done, 1 failed, 2 usage.
 */
#ifndef TOOLSTACK_CMD_VERB_H
#define TOOLSTACK_CMD_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/control.h"
#include "lib/domain.h"
#include "sys/error.h"

enum verb_status {
	VERB_DONE = 0,
	VERB_FAILED = 1,
	VERB_USAGE = 2,
};

struct verb_context;

struct verb {
	const char *name;
	const char *usage;	/* behind the verb's name */
	const char *summary;	/* one line */
	const char *details;	/* options, one per line; may be NULL */
	int (*run)(struct verb_context *context, int argc, char **argv);
};

struct verb_context {
	const struct verb *verb;
	const char *program;	/* "lam" or "xl" */
	bool is_xl;		/* print what programs that know xl expect */
};

const struct verb *verb_find(const char *name);
/* The row of an index, NULL behind the last. */
const struct verb *verb_at(size_t index);
/* A sentence when @name is a verb of xl that Lamina does not have; else NULL. */
const char *verb_why_missing(const char *name);

/* "lam create web1: ..."; @name may be NULL. Returns VERB_FAILED. */
int verb_fail(const struct verb_context *context, const char *name, const struct error *error);
/* A sentence about wrong arguments, and the usage line. Returns VERB_USAGE. */
int verb_usage(const struct verb_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Opens control and finds the domain; on failure says why and returns a status other than 0. */
int verb_open_domain(const struct verb_context *context, const char *text,
		     struct control *control, struct domain_ref *ref);
int verb_open_control(const struct verb_context *context, struct control *control);

/*
 * Verbs that take one domain and nothing else: checks the arguments; VERB_DONE when argv[1] is the
 * domain's name.
 */
int verb_one_domain(const struct verb_context *context, int argc, char **argv);

/* The six characters of xl's State column. */
void verb_xl_state(const struct control_info *info, char state[7]);

/* Attaches the terminal to a domain's console until ^] or its end. */
int verb_attach_console(const struct verb_context *context, const struct domain_ref *ref);

#endif
