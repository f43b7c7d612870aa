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

struct json;

enum verb_status {
	VERB_DONE = 0,
	VERB_FAILED = 1,
	VERB_USAGE = 2,
};

/* What a verb prints: --json and --format=NAME choose, in front of the verb's own arguments or behind. */
enum verb_format {
	VERB_FORMAT_TEXT,
	VERB_FORMAT_JSON,
	VERB_FORMAT_SXP,
};
#define VERB_HAS_JSON (1u << VERB_FORMAT_JSON)
#define VERB_HAS_SXP (1u << VERB_FORMAT_SXP)

struct verb_context;

struct verb {
	const char *name;
	const char *usage;	/* behind the verb's name */
	const char *summary;	/* one line */
	const char *details;	/* options, one per line; may be NULL */
	int (*run)(struct verb_context *context, int argc, char **argv);
	unsigned int formats;	/* VERB_HAS_*, besides text */
};

struct verb_context {
	const struct verb *verb;
	const char *program;	/* "lam" or "xl" */
	bool is_xl;		/* print what programs that know xl expect */
	enum verb_format format;	/* only such as the verb has */
};

const struct verb *verb_find(const char *name);
/* The row of an index, NULL behind the last. */
const struct verb *verb_at(size_t index);
/* A sentence when @name is a verb of xl that Lamina does not have; else NULL. */
const char *verb_why_missing(const char *name);
/* The verb whose name is nearest to a misspelt one, NULL when none is near. */
const char *verb_nearest(const char *name);

/* "lam create web1: ..."; @name may be NULL. Returns VERB_FAILED. */
int verb_fail(const struct verb_context *context, const char *name, const struct error *error);
/* "lam create web1: warning: ..."; @name may be NULL. */
void verb_warn(const struct verb_context *context, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A sentence about wrong arguments, and the usage line. Returns VERB_USAGE. */
int verb_usage(const struct verb_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Opens control and finds the domain; on failure says why and returns a status other than 0. */
int verb_open_domain(const struct verb_context *context, const char *text,
		     struct control *control, struct domain_ref *ref);
int verb_open_control(const struct verb_context *context, struct control *control);
/* Facts about the machine; on failure says why and returns a status other than 0. */
int verb_machine(const struct verb_context *context, struct control_physinfo *machine);

/*
 * Verbs that take one domain and nothing else: checks the arguments; VERB_DONE when argv[1] is the
 * domain's name.
 */
int verb_one_domain(const struct verb_context *context, int argc, char **argv);
/* The same, and then opens that domain. */
int verb_open_one_domain(const struct verb_context *context, int argc, char **argv,
			 struct control *control, struct domain_ref *ref);
/* Verbs that take one domain and one argument more, @what: VERB_DONE when they are argv[1] and argv[2]. */
int verb_domain_and(const struct verb_context *context, int argc, const char *what);

/* Writes the JSON text when @status is VERB_DONE; returns @status, or why it cannot be written. */
int verb_finish_json(const struct verb_context *context, struct json *json, int status);

/* The six characters of xl's State column. */
void verb_xl_state(const struct control_info *info, char state[7]);

/* Attaches the terminal to a domain's console until ^] or its end. */
int verb_attach_console(const struct verb_context *context, const struct domain_ref *ref);

#endif
