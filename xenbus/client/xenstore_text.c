// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Paths and permissions as text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/client/xenstore.h"
#include "xenbus/wire.h"

bool xs_path_is_subpath(const char *parent, const char *child)
{
	size_t length = strlen(parent);

	if (strncmp(parent, child, length) != 0) {
		return false;
	}
	/* "/" is above every absolute path; any other parent ends where a component does. */
	return child[length] == '\0' || child[length] == '/' ||
	       (length == 1 && parent[0] == '/');
}

unsigned int xs_count_strings(const char *strings, unsigned int len)
{
	return wire_count_strings(strings, len);
}

static const char xs_perm_letters[] = "nrwb";

bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings)
{
	unsigned int i;

	for (i = 0; i < num; i++) {
		const char *letter = strings[0] != '\0' ? strchr(xs_perm_letters, strings[0]) : NULL;
		char *end;

		if (letter == NULL || strings[1] < '0' || strings[1] > '9') {
			errno = EINVAL;
			return false;
		}
		perms[i].perms = (unsigned int)(letter - xs_perm_letters);
		perms[i].id = (unsigned int)strtoul(strings + 1, &end, 10);
		if (*end != '\0') {
			errno = EINVAL;
			return false;
		}
		strings = end + 1;
	}
	return true;
}

bool xs_perm_to_string(const struct xs_permissions *perm, char *buffer, size_t buf_len)
{
	int length;

	if (perm->perms & ~(unsigned int)(XS_PERM_READ | XS_PERM_WRITE)) {
		errno = EINVAL;
		return false;
	}
	length = snprintf(buffer, buf_len, "%c%u", xs_perm_letters[perm->perms], perm->id);
	if (length < 0 || (size_t)length >= buf_len) {
		errno = ERANGE;
		return false;
	}
	return true;
}
