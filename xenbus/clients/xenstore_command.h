/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the command-line client: what a command gets, and what commands share.
 *
 * Output is that of Debian's xenstore-utils byte for byte, because scripts parse it. Values are
 * shown with control and non-ASCII bytes escaped, and written values may contain such escapes.
 */
#ifndef XENBUS_CLIENTS_XENSTORE_COMMAND_H
#define XENBUS_CLIENTS_XENSTORE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "xenbus/client/xenstore.h"

struct xenstore_call {
	const char *program; /* as errors name it */
	struct xs_handle *h;
	xs_transaction_t t;
	int argc;
	char **argv;
	/* options */
	bool is_full_path;   /* -f */
	bool has_prefix;     /* -p: the path before a value; permissions in ls */
	bool is_raw;	     /* -R */
	bool is_tidy;	     /* -t */
	bool is_recursive;   /* -r */
	bool is_upward;	     /* -u */
	int count;	     /* -n; negative: no limit */
};

/* Returns the exit status, or -1 when it failed with errno and a message is not printed yet. */
typedef int xenstore_run(struct xenstore_call *call);

xenstore_run xenstore_read, xenstore_write, xenstore_list, xenstore_ls, xenstore_rm,
	xenstore_chmod, xenstore_exists, xenstore_watch, xenstore_control;

/* One line "program: text" on stderr; returns 1. */
int xenstore_fail(const struct xenstore_call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* @bytes of @value, escaped, as a malloc'ed string; NULL when memory ran out. */
char *xenstore_escape(const char *value, size_t bytes);
/* Replaces escapes in @text in place; returns the length. */
size_t xenstore_unescape(char *text);

#endif
