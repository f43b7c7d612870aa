// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where the daemon listens. XENSTORED_PATH names the socket itself, XENSTORED_RUNDIR its folder.
 */
#include "xenbus/client/xenstore.h"

#include <stdio.h>
#include <stdlib.h>

const char *xs_daemon_rundir(void)
{
	const char *folder = getenv("XENSTORED_RUNDIR");

	return folder != NULL ? folder : "/run/xenstored";
}

const char *xs_daemon_socket(void)
{
	static char path[4096];
	const char *set = getenv("XENSTORED_PATH");

	if (set != NULL) {
		return set;
	}
	snprintf(path, sizeof(path), "%s/socket", xs_daemon_rundir());
	return path;
}

const char *xs_daemon_socket_ro(void)
{
	return xs_daemon_socket();
}
