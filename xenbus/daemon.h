/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon: store, sockets and machine put together around one event loop.
 */
#ifndef XENBUS_DAEMON_H
#define XENBUS_DAEMON_H

#include <stdbool.h>

#include "xenbus/quota.h"

struct daemon;
struct error;

struct daemon_options {
	const char *socket_path;
	const char *journal_path; /* NULL: nothing is kept for a restart */
	bool has_hypervisor; /* false: sockets only */
	struct quota quota;
};

/* Everything open and listening, nothing served yet. Returns 0 or -errno. */
int daemon_create(const struct daemon_options *options, struct daemon **daemon,
		  struct error *error);
/* Serves until SIGTERM or SIGINT. Returns 0 or -errno. */
int daemon_run(struct daemon *daemon);
void daemon_destroy(struct daemon *daemon);

#endif
