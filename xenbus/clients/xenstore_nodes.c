// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands on nodes: read, write, list, exists, rm, watch, control. Those with several paths
 * run in one transaction, which the caller opens, ends, and repeats on a conflict.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/clients/xenstore_command.h"

int xenstore_read(struct xenstore_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++) {
		unsigned int bytes;
		char *value = xs_read(call->h, call->t, call->argv[i], &bytes);
		char *text;

		if (value == NULL) {
			return xenstore_fail(call, "couldn't read path %s", call->argv[i]);
		}
		if (call->has_prefix) {
			printf("%s: ", call->argv[i]);
		}
		if (call->is_raw) {
			fwrite(value, 1, bytes, stdout);
		} else {
			text = xenstore_escape(value, bytes);
			puts(text != NULL ? text : "");
			free(text);
		}
		free(value);
	}
	return 0;
}

int xenstore_write(struct xenstore_call *call)
{
	int i;

	for (i = 0; i + 1 < call->argc; i += 2) {
		char *text = strdup(call->argv[i + 1]);
		size_t bytes;
		bool is_written;

		if (text == NULL) {
			return xenstore_fail(call, "no memory");
		}
		bytes = call->is_raw ? strlen(text) : xenstore_unescape(text);
		is_written = xs_write(call->h, call->t, call->argv[i], text, (unsigned int)bytes);
		free(text);
		if (!is_written) {
			return xenstore_fail(call, "could not write path %s", call->argv[i]);
		}
	}
	return 0;
}

int xenstore_list(struct xenstore_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++) {
		unsigned int count, j;
		char **names = xs_directory(call->h, call->t, call->argv[i], &count);

		if (names == NULL) {
			return xenstore_fail(call, "could not list path %s", call->argv[i]);
		}
		for (j = 0; j < count; j++) {
			if (call->has_prefix) {
				printf("%s/", call->argv[i]);
			}
			puts(names[j]);
		}
		free(names);
	}
	return 0;
}

int xenstore_exists(struct xenstore_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++) {
		char *value = xs_read(call->h, call->t, call->argv[i], NULL);

		if (value == NULL) {
			return 1;
		}
		free(value);
	}
	return 0;
}

/* Removes the parents of @path that have become empty: no value, no children. */
static void xenstore_tidy(struct xenstore_call *call, char *path)
{
	for (;;) {
		char *slash = strrchr(path, '/');
		unsigned int count = 1, bytes = 1;
		char **names;
		char *value;

		if (slash == NULL || slash == path) {
			return;
		}
		*slash = '\0';
		value = xs_read(call->h, call->t, path, &bytes);
		names = xs_directory(call->h, call->t, path, &count);
		free(value);
		free(names);
		if (value == NULL || names == NULL || bytes != 0 || count != 0 ||
		    !xs_rm(call->h, call->t, path)) {
			return;
		}
	}
}

int xenstore_rm(struct xenstore_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++) {
		if (!xs_rm(call->h, call->t, call->argv[i])) {
			return xenstore_fail(call, "could not remove path %s", call->argv[i]);
		}
		if (call->is_tidy) {
			char *path = strdup(call->argv[i]);

			if (path == NULL) {
				return xenstore_fail(call, "no memory");
			}
			xenstore_tidy(call, path);
			free(path);
		}
	}
	return 0;
}

int xenstore_watch(struct xenstore_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++) {
		if (!xs_watch(call->h, call->argv[i], call->argv[i])) {
			return xenstore_fail(call, "Unable to add watch on %s", call->argv[i]);
		}
	}
	for (i = 0; call->count < 0 || i < call->count; i++) {
		unsigned int num;
		char **event = xs_read_watch(call->h, &num);

		if (event == NULL) {
			return xenstore_fail(call, "lost the daemon: %s", strerror(errno));
		}
		puts(event[XS_WATCH_PATH]);
		fflush(stdout);
		free(event);
	}
	return 0;
}

int xenstore_control(struct xenstore_call *call)
{
	char arguments[XENSTORE_PAYLOAD_MAX];
	size_t used = 0;
	char *reply;
	int i;

	for (i = 1; i < call->argc; i++) {
		size_t bytes = strlen(call->argv[i]) + 1;

		if (bytes > sizeof(arguments) - used) {
			return xenstore_fail(call, "arguments are too long");
		}
		memcpy(arguments + used, call->argv[i], bytes);
		used += bytes;
	}
	reply = xs_control_command(call->h, call->argv[0], arguments, (unsigned int)used);
	if (reply == NULL) {
		return xenstore_fail(call, "command '%s' failed: %s", call->argv[0],
				     strerror(errno));
	}
	printf("%s%s", reply,
	       reply[0] != '\0' && reply[strlen(reply) - 1] == '\n' ? "" : "\n");
	free(reply);
	return 0;
}
