// SPDX-License-Identifier: GPL-2.0-only
/*
 * lamd: the supervisor, in the background (then its command returns when store and console daemon
 * serve) or with -F in the foreground; it holds the lock /run/lamina/lamd.lock while it lives, and
 * may be killed and started again at any time: what it needs to know stands in the hypervisor
 * and in /run/lamina.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/supervisor.h"
#include "lib/background.h"
#include "lib/paths.h"
#include "lib/run_lock.h"
#include "sys/error.h"
#include "sys/log.h"

static struct supervisor supervisor = {
	.retry_ms = 20,
	.daemons = {
		[SUPERVISOR_XENSTORED] = { .program = "xenstored", .argument = "--foreground" },
		[SUPERVISOR_XENCONSOLED] = { .program = "xenconsoled", .argument = "--foreground",
					     .socket = LAMINA_CONSOLE_SOCKET },
		[SUPERVISOR_BLKD] = { .program = "lam-blkd", .argument = "--foreground",
				      .socket = LAMINA_BLKD_SOCKET },
		[SUPERVISOR_NETD] = { .program = "lam-netd", .argument = "--foreground",
				      .socket = LAMINA_NETD_SOCKET },
	},
};

static void lamd_stop(unsigned int events, void *opaque)
{
	(void)events;
	loop_stop(opaque);
}

static void lamd_retry(unsigned int events, void *opaque)
{
	(void)events;
	supervisor_daemons_connect(opaque);
}

static int lamd_open(struct error *error)
{
	int rc = run_lock_take("lamd", error);

	if (rc == 0) {
		rc = control_open(&supervisor.control, error);
	}
	if (rc < 0) {
		return rc;
	}
	supervisor.loop = loop_create();
	if (supervisor.loop == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	supervisor.retry_timer = loop_add_timer(supervisor.loop, lamd_retry, &supervisor);
	if (supervisor.retry_timer == NULL ||
	    loop_add_signal(supervisor.loop, SIGCHLD, supervisor_child_ended, &supervisor) == NULL ||
	    loop_add_signal(supervisor.loop, SIGTERM, lamd_stop, supervisor.loop) == NULL ||
	    loop_add_signal(supervisor.loop, SIGINT, lamd_stop, supervisor.loop) == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	return 0;
}

/* Takes --no-daemons out of the arguments: somebody else (systemd) starts the other daemons. */
static int lamd_take_no_daemons(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--no-daemons") != 0) {
		return argc;
	}
	supervisor.starts_nothing = true;
	memmove(&argv[1], &argv[2], (size_t)(argc - 1) * sizeof(argv[0]));
	return argc - 1;
}

int main(int argc, char **argv)
{
	struct error error = { 0 };
	bool foreground;
	int status;

	argc = lamd_take_no_daemons(argc, argv);

	status = background_arguments(argc, argv, "lamd", &foreground);
	if (status >= 0) {
		return status;
	}
	log_init("lamd", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	supervisor.ready_fd = background_enter(foreground, "lamd");
	if (lamd_open(&error) < 0) {
		error_print("lamd", &error);
		return 1;
	}
	supervisor_daemons_connect(&supervisor);
	return loop_run(supervisor.loop) < 0 ? 1 : 0;
}
