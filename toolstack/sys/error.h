/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One error, from where its cause is known to the verb that prints it.
 *
 * Library functions return -errno, never print and never exit. The function that knows the
 * cause fills a struct error; callers above may add a hint but keep the first cause. Only
 * verbs and daemons' main files print.
 *
 * Every function accepts a null error pointer, so that a caller who does not care passes NULL.
 */
#ifndef TOOLSTACK_SYS_ERROR_H
#define TOOLSTACK_SYS_ERROR_H

#include <stddef.h>

struct error {
	int code;		/* positive errno; 0: no error recorded */
	char object[192];	/* what it is about: "kernel '/boot/x'", may be empty */
	char sentence[320];	/* one sentence without a full stop */
	char hint[192];		/* what to do about it, may be empty */
};

/*
 * Records an error and returns -code, so that `return error_set(err, ENOENT, obj, "...")` reads
 * as one step. @object may be NULL. An error recorded earlier is overwritten.
 */
int error_set(struct error *error, int code, const char *object, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds or replaces the hint of a recorded error. */
void error_set_hint(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Forgets what was recorded. */
void error_clear(struct error *error);

/* "ENOENT" for ENOENT or -ENOENT; "E?" for a number without a name. Never NULL. */
const char *error_name(int code);

/*
 * Writes "object: sentence (ENAME)" and, when there is one, "; hint" to @buffer, always
 * terminated. Returns the length as snprintf does.
 */
int error_format(const struct error *error, char *buffer, size_t bytes);

/* For verbs: one line "@prefix: object: sentence (ENAME)" on stderr, the hint on a second one. */
void error_print(const char *prefix, const struct error *error);

#endif
