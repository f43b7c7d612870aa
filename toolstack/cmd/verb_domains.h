/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verbs that print something about each named domain, or about all.
 */
#ifndef TOOLSTACK_CMD_VERB_DOMAINS_H
#define TOOLSTACK_CMD_VERB_DOMAINS_H

#include "cmd/verb.h"

struct domains_walk {
	struct verb_context *context;
	struct control control;
	struct json *json;	/* NULL: text */
	void *arg;		/* the verb's own */
};

/* Prints @ref; returns a status. */
typedef int (*domains_each_fn)(struct domains_walk *walk, const struct domain_ref *ref);

/*
 * Calls @each for the domains in @names, which ends with NULL, or for all domains when it is empty. With --json the rows are items of a
 * list. Returns the first status that is not VERB_DONE.
 */
int verb_walk_domains(struct verb_context *context, char **names, domains_each_fn each, void *arg);

#endif
