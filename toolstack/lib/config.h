/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The grammar of xl.cfg: a list of `key = value` and `key += value`, each ended by a newline or
 * ';', with '#' comments. A value is a string in '..' or ".." with backslash escapes, a number in
 * any base (leading 0x or 0), or a list in brackets, which may nest, run over lines and end in a
 * comma.
 *
 * This module knows no key. What keys mean stands in domain_config. Errors carry the position as
 * the error's object, "file:line:column". A later assignment to a key replaces an earlier one.
 *
 * Limits: 1 MiB of text, lists nested 16 deep, 4096 assignments.
 */
#ifndef TOOLSTACK_LIB_CONFIG_H
#define TOOLSTACK_LIB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/arena.h"

#define CONFIG_MAX_BYTES (1u << 20)
#define CONFIG_MAX_DEPTH 16u
#define CONFIG_MAX_ENTRIES 4096u

struct error;

struct config_position {
	const char *source;	/* file name, or "command line" */
	unsigned int line;
	unsigned int column;
};

enum config_type {
	CONFIG_STRING,
	CONFIG_NUMBER,
	CONFIG_LIST,
};

struct config_value {
	enum config_type type;
	struct config_position at;
	const char *text;	/* the string, or the number as written; NULL for a list */
	int64_t number;
	struct config_value *first;	/* items of a list */
	struct config_value *next;	/* the following item of the same list */
	size_t count;
};

struct config_entry {
	const char *key;
	struct config_position at;
	struct config_value *value;
	struct config_entry *next;
};

struct config {
	struct arena arena;
	struct config_entry *first;
	struct config_entry *last;
	size_t count;
	bool is_from_xml;	/* the text was made from XML: its columns mean nothing */
};

/*
 * Adds the assignments of @text to @config, which starts out zeroed; @source names it in errors.
 * On an error @config stays valid for config_release() and nothing else.
 */
int config_parse(struct config *config, const char *source, const char *text, size_t bytes,
		 struct error *error);

/*
 * Adds one `key=value` of a command line. A value that is no number, list or quoted text counts
 * as a string, because the shell has removed its quotes.
 */
int config_parse_override(struct config *config, const char *argument, struct error *error);

const struct config_entry *config_find(const struct config *config, const char *key);
void config_release(struct config *config);

/* "string", "number" or "list". */
const char *config_type_name(enum config_type type);

/* Records an error whose object is the position. Returns -code. */
int config_error(struct error *error, const struct config_position *at, int code,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
