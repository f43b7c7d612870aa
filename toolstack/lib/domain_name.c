// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of domains: what would be taken for something else, or would not fit into a table or a
 * path, is no name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/domain_config.h"
#include "sys/error.h"

int domain_name_check(const char *name, struct error *error)
{
	char object[DOMAIN_NAME_BYTES + 16];
	const char *p;

	snprintf(object, sizeof(object), "name '%s'", name);
	if (strlen(name) >= DOMAIN_NAME_BYTES) {
		return error_set(error, ENAMETOOLONG, object, "is longer than %d bytes",
				 DOMAIN_NAME_BYTES - 1);
	}
	if (name[0] == '\0') {
		return error_set(error, EINVAL, NULL, "a domain's name must not be empty");
	}
	for (p = name; *p != '\0'; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '/') {
			return error_set(error, EINVAL, object,
					 "a name has no blanks, control characters and slashes");
		}
	}
	if (name[strspn(name, "0123456789")] == '\0') {
		return error_set(error, EINVAL, object,
				 "a name of digits only would be taken for a domain number");
	}
	if (name[0] == '.' || name[0] == '-' || strcmp(name, "Domain-0") == 0) {
		return error_set(error, EINVAL, object, "is reserved");
	}
	return 0;
}
