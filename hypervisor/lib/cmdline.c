// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsing of the boot command line. Pure but for the warnings.
 */
#include "lib/cmdline.h"

#include "lib/checked.h"
#include "lib/errno.h"
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

int cmdline_word(char *word, const struct cmdline_key *keys, size_t count, struct cmdline_found *found)
{
	char *equals = strchr(word, '=');
	size_t i;

	*found = (struct cmdline_found){ NULL, equals ? equals + 1 : "" };
	if (equals) {
		*equals = '\0';
	}
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].name, word) == 0) {
			found->key = &keys[i];
			return keys[i].parse(found->value, keys[i].arg) ? 0 : -EINVAL;
		}
	}
	return -ENOENT;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

size_t cmdline_next_word(const char **line, char *word, size_t size)
{
	const char *s = *line;
	size_t n;

	while (is_blank(*s)) {
		s++;
	}
	for (n = 0; s[n] && !is_blank(s[n]); n++) {
		if (n < size - 1) {
			word[n] = s[n];
		}
	}
	word[MIN(n, size - 1)] = '\0';
	*line = s + n;
	return n;
}

/* Handles one word; true if it was understood. */
static bool parse_word(char *word, const struct cmdline_key *keys, size_t count)
{
	struct cmdline_found found;
	int err = cmdline_word(word, keys, count, &found);

	if (err == -EINVAL) {
		log_warn("command line: %s=%s is not valid, expected %s", word, found.value, found.key->expects);
	} else if (err) {
		log_warn("command line: '%s' is not known, ignored", word);
	}
	return !err;
}

unsigned int cmdline_parse(const char *line, const struct cmdline_key *keys, size_t count)
{
	unsigned int warned = 0;
	char word[WORD_BYTES];
	size_t n;

	while ((n = cmdline_next_word(&line, word, sizeof(word)))) {
		if (n >= sizeof(word)) {
			word[32] = '\0';
			log_warn("command line: '%s...' is too long a word, ignored", word);
			warned++;
			continue;
		}
		warned += !parse_word(word, keys, count);
	}
	return warned;
}
