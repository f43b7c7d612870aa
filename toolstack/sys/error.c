// SPDX-License-Identifier: GPL-2.0-only
/*
 * struct error: record, format, print. No allocation, no state: an error can be recorded when
 * memory has run out. Texts that do not fit are cut, never refused.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int error_set(struct error *error, int code, const char *object, const char *format, ...)
{
	va_list args;

	code = abs(code);
	if (error != NULL) {
		error->code = code;
		snprintf(error->object, sizeof(error->object), "%s", object != NULL ? object : "");
		va_start(args, format);
		vsnprintf(error->sentence, sizeof(error->sentence), format, args);
		va_end(args);
		error->hint[0] = '\0';
	}
	return -code;
}

void error_set_hint(struct error *error, const char *format, ...)
{
	va_list args;

	if (error == NULL) {
		return;
	}
	va_start(args, format);
	vsnprintf(error->hint, sizeof(error->hint), format, args);
	va_end(args);
}

void error_clear(struct error *error)
{
	if (error != NULL) {
		memset(error, 0, sizeof(*error));
	}
}

const char *error_name(int code)
{
	const char *name = strerrorname_np(abs(code));

	return name != NULL ? name : "E?";
}

int error_format(const struct error *error, char *buffer, size_t bytes)
{
	const char *colon = error->object[0] != '\0' ? ": " : "";
	const char *semicolon = error->hint[0] != '\0' ? "; " : "";

	return snprintf(buffer, bytes, "%s%s%s (%s)%s%s", error->object, colon, error->sentence,
			error_name(error->code), semicolon, error->hint);
}

void error_print(const char *prefix, const struct error *error)
{
	const char *colon = error->object[0] != '\0' ? ": " : "";

	fprintf(stderr, "%s: %s%s%s (%s)\n", prefix, error->object, colon, error->sentence,
		error_name(error->code));
	if (error->hint[0] != '\0') {
		fprintf(stderr, "%s: hint: %s\n", prefix, error->hint);
	}
}
