// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Error names and strings. Nothing here reads past the bytes it was given.
 */
#include "xenbus/wire.h"

#include <errno.h>
#include <public/io_xenstore.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	int number;
	const char *name;
} wire_errors[] = {
#define WIRE_ERROR(name) { name, #name },
	XSD_ERROR_NAMES(WIRE_ERROR)
#undef WIRE_ERROR
};

#define WIRE_ERRORS (sizeof(wire_errors) / sizeof(wire_errors[0]))

const char *wire_error_name(int error)
{
	size_t i;

	error = abs(error);
	for (i = 0; i < WIRE_ERRORS; i++) {
		if (wire_errors[i].number == error) {
			return wire_errors[i].name;
		}
	}
	return "EINVAL";
}

int wire_error_number(const char *name, size_t bytes)
{
	size_t length = strnlen(name, bytes);
	size_t i;

	for (i = 0; i < WIRE_ERRORS; i++) {
		if (strlen(wire_errors[i].name) == length &&
		    memcmp(wire_errors[i].name, name, length) == 0) {
			return wire_errors[i].number;
		}
	}
	return EINVAL;
}

unsigned int wire_count_strings(const char *payload, size_t bytes)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < bytes; i++) {
		count += payload[i] == '\0';
	}
	return count;
}

size_t wire_split_strings(const char *payload, size_t bytes, const char **strings,
			  unsigned int count)
{
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		const char *end = at < bytes ? memchr(payload + at, '\0', bytes - at) : NULL;

		if (end == NULL) {
			return 0;
		}
		strings[i] = payload + at;
		at = (size_t)(end - payload) + 1;
	}
	return at;
}
