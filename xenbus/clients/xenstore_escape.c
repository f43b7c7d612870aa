// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values as text: tab, newline, return and backslash as \t \n \r \\, other bytes outside of
 * printable ASCII as \ooo below 8 and \xhh else. Written text may use any of these forms.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/clients/xenstore_command.h"

static const char xenstore_escaped[] = "\t\n\r\\";
static const char xenstore_letters[] = "tnr\\";

char *xenstore_escape(const char *value, size_t bytes)
{
	char *text = malloc(bytes * 4 + 1);
	char *at = text;
	size_t i;

	for (i = 0; text != NULL && i < bytes; i++) {
		unsigned char c = (unsigned char)value[i];
		const char *special = c != '\0' ? strchr(xenstore_escaped, c) : NULL;

		if (special != NULL) {
			*at++ = '\\';
			*at++ = xenstore_letters[special - xenstore_escaped];
		} else if (c >= ' ' && c <= '~') {
			*at++ = (char)c;
		} else {
			at += sprintf(at, c < 8 ? "\\%03o" : "\\x%02x", c);
		}
	}
	if (text != NULL) {
		*at = '\0';
	}
	return text;
}

/* Up to @digits digits of @base at @text; returns how many. */
static size_t xenstore_number(const char *text, size_t digits, int base, unsigned char *value)
{
	char copy[4] = "";
	char *end;

	memcpy(copy, text, strnlen(text, digits));
	if (copy[0] == ' ' || copy[0] == '-' || copy[0] == '+') {
		return 0;
	}
	*value = (unsigned char)strtoul(copy, &end, base);
	return (size_t)(end - copy);
}

size_t xenstore_unescape(char *text)
{
	char *to = text;
	const char *from = text;

	while (*from != '\0') {
		const char *special;
		unsigned char value;
		size_t used;

		if (*from != '\\' || from[1] == '\0') {
			*to++ = *from++;
			continue;
		}
		from++;
		special = strchr(xenstore_letters, *from);
		used = *from == 'x' ? xenstore_number(from + 1, 2, 16, &value)
				    : xenstore_number(from, 3, 8, &value);
		if (special != NULL) {
			*to++ = xenstore_escaped[special - xenstore_letters];
			from++;
		} else if (used != 0) {
			from += used + (*from == 'x');
			*to++ = (char)value;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}
