// SPDX-License-Identifier: GPL-2.0-only
/*
 * chmod: the same permissions for a node, with -r for all below it, with -u for all above it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/clients/xenstore_command.h"

#define CHMOD_MAX_PERMS 16

struct chmod {
	struct xenstore_call *call;
	struct xs_permissions perms[CHMOD_MAX_PERMS];
	unsigned int count;
};

static int chmod_set(struct chmod *chmod, const char *path)
{
	if (!xs_set_permissions(chmod->call->h, chmod->call->t, path, chmod->perms,
				chmod->count)) {
		return xenstore_fail(chmod->call, "Error occurred setting permissions on '%s': %s",
				     path, strerror(errno));
	}
	return 0;
}

static int chmod_below(struct chmod *chmod, const char *path)
{
	unsigned int count, i;
	char **names;
	int rc = chmod_set(chmod, path);

	if (rc != 0 || !chmod->call->is_recursive) {
		return rc;
	}
	names = xs_directory(chmod->call->h, chmod->call->t, path, &count);
	if (names == NULL) {
		return xenstore_fail(chmod->call, "could not list path %s", path);
	}
	for (i = 0; i < count && rc == 0; i++) {
		char *child;

		if (asprintf(&child, "%s%s%s", path, strcmp(path, "/") == 0 ? "" : "/",
			     names[i]) < 0) {
			rc = xenstore_fail(chmod->call, "no memory");
			break;
		}
		rc = chmod_below(chmod, child);
		free(child);
	}
	free(names);
	return rc;
}

static int chmod_above(struct chmod *chmod, const char *path)
{
	char *parent = strdup(path);
	char *slash;
	int rc = parent != NULL ? 0 : xenstore_fail(chmod->call, "no memory");

	while (rc == 0) {
		slash = strrchr(parent, '/');
		if (slash == NULL || slash == parent) {
			break;
		}
		*slash = '\0';
		rc = chmod_set(chmod, parent);
	}
	free(parent);
	return rc;
}

int xenstore_chmod(struct xenstore_call *call)
{
	struct chmod chmod = { .call = call };
	int rc, i;

	for (i = 1; i < call->argc && chmod.count < CHMOD_MAX_PERMS; i++) {
		if (!xs_strings_to_perms(&chmod.perms[chmod.count], 1, call->argv[i])) {
			return xenstore_fail(call, "Invalid permission specification: '%s'",
					     call->argv[i]);
		}
		chmod.count++;
	}
	rc = chmod_below(&chmod, call->argv[0]);
	if (rc == 0 && call->is_upward) {
		rc = chmod_above(&chmod, call->argv[0]);
	}
	return rc;
}
