/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The boot command line: words separated by blanks, `key=value` or a bare `key`. The caller names each key it knows with
 * a parser; words nobody knows and values out of range are reported by a warning that names them.
 */
#ifndef LAMINA_LIB_CMDLINE_H
#define LAMINA_LIB_CMDLINE_H

#include "lib/types.h"

struct cmdline_key {
	const char *name;
	const char *expects; /* for the warning: "a size such as 512M" */
	/* @value is "" for a bare key. Returns false if the value is malformed or out of range and then changes nothing. */
	bool (*parse)(const char *value, void *arg);
	void *arg;
};

/*
 * Parses @line against @keys. Later words win over earlier ones. Words longer than 255 characters count as unknown.
 * Returns the number of words that were warned about.
 */
unsigned int cmdline_parse(const char *line, const struct cmdline_key *keys, size_t count);

struct cmdline_found {
	const struct cmdline_key *key; /* NULL: no key has the name */
	const char *value;
};
/* Sets what one word, which is cut at its '=', says. -ENOENT: no key has the name; -EINVAL: the value is not what the key expects. */
int cmdline_word(char *word, const struct cmdline_key *keys, size_t count, struct cmdline_found *found) __must_check;
/*
 * Copies the next word of *@line, which moves behind it, to @word; one that does not fit is cut. Returns the word's length, which is
 * then @size or more; 0 at the end.
 */
size_t cmdline_next_word(const char **line, char *word, size_t size);

/* A whole decimal or 0x-hexadecimal number, or a size with a suffix K M G T (binary units). False if malformed. */
bool cmdline_number(const char *text, u64 *ret) __must_check;
bool cmdline_size_bytes(const char *text, u64 *ret) __must_check;

#endif
