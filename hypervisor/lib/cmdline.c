// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsing of the boot command line. Pure but for the warnings.
 */
#include "lib/cmdline.h"

#include "lib/checked.h"
#include "lib/log.h"
#include "lib/string.h"

#define WORD_BYTES 256

/* Reads digits from *@text on; false if there are none or the number does not fit. */
static bool parse_digits(const char **text, u64 *ret)
{
	const char *s = *text;
	unsigned int base = 10;
	u64 v = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	for (*text = s;; s++) {
		char lower = *s | 0x20;
		unsigned int digit;

		if (*s >= '0' && *s <= '9') {
			digit = *s - '0';
		} else if (base == 16 && lower >= 'a' && lower <= 'f') {
			digit = lower - 'a' + 10;
		} else {
			break;
		}
		if (mul_overflows(v, base, &v) || add_overflows(v, digit, &v)) {
			return false;
		}
	}
	if (s == *text) {
		return false;
	}
	*text = s;
	*ret = v;
	return true;
}

bool cmdline_number(const char *text, u64 *ret)
{
	u64 v;

	if (!parse_digits(&text, &v) || *text) {
		return false;
	}
	*ret = v;
	return true;
}

bool cmdline_size_bytes(const char *text, u64 *ret)
{
	static const char units[] = "kmgt";
	const char *unit;
	u64 v;

	if (!parse_digits(&text, &v)) {
		return false;
	}
	if (*text) {
		unit = strchr(units, *text | 0x20);
		if (!unit || !*unit || text[1] || mul_overflows(v, 1ULL << (10 * (unit - units + 1)), &v)) {
			return false;
		}
	}
	*ret = v;
	return true;
}

/* Handles one word; true if it was understood. */
static bool parse_word(char *word, const struct cmdline_key *keys, size_t count)
{
	char *equals = strchr(word, '=');
	const char *value = "";
	size_t i;

	if (equals) {
		*equals = '\0';
		value = equals + 1;
	}
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].name, word) == 0) {
			if (keys[i].parse(value, keys[i].arg)) {
				return true;
			}
			log_warn("command line: %s=%s is not valid, expected %s", word, value, keys[i].expects);
			return false;
		}
	}
	log_warn("command line: '%s' is not known, ignored", word);
	return false;
}

unsigned int cmdline_parse(const char *line, const struct cmdline_key *keys, size_t count)
{
	unsigned int warned = 0;
	char word[WORD_BYTES];
	size_t n;

	for (;;) {
		while (*line == ' ' || *line == '\t' || *line == '\n') {
			line++;
		}
		if (!*line) {
			return warned;
		}
		for (n = 0; line[n] && line[n] != ' ' && line[n] != '\t' && line[n] != '\n'; n++) {
			if (n < sizeof(word) - 1) {
				word[n] = line[n];
			}
		}
		line += n;
		if (n >= sizeof(word)) {
			word[32] = '\0';
			log_warn("command line: '%s...' is too long a word, ignored", word);
			warned++;
			continue;
		}
		word[n] = '\0';
		warned += !parse_word(word, keys, count);
	}
}
