// SPDX-License-Identifier: GPL-2.0-only
/*
 * xenconsoled: logs every guest's console and serves readers. One process, one loop, in the
 * background or with -F in the foreground; it holds the lock /run/lamina/xenconsoled.lock while it lives. It may be killed and
 * started again at any time: it finds the guests in the store.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemon/console.h"
#include "lib/background.h"
#include "lib/paths.h"
#include "lib/run_lock.h"
#include "sys/error.h"
#include "sys/log.h"

static struct console_daemon console;

static void console_stop(unsigned int events, void *opaque)
{
	(void)events;
	loop_stop(opaque);
}

static void console_make_folders(void)
{
	mkdir("/var", 0755);
	mkdir("/var/log", 0755);
	mkdir(LAMINA_LOG_DIR, 0750);
	/* A missing folder is told of per guest, when its log cannot be opened. */
	if (mkdir(LAMINA_CONSOLE_LOG_DIR, 0750) < 0 && errno != EEXIST) {
		log_warning("%s: cannot make this folder: %s", LAMINA_CONSOLE_LOG_DIR,
			    strerror(errno));
	}
}

/* One descriptor per log and reader: a thousand guests need more than the default. */
static void console_raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int console_open(struct error *error)
{
	int rc = run_lock_take("xenconsoled", error);

	if (rc == 0) {
		rc = evtchn_open(&console.evtchn, error);
	}
	if (rc == 0) {
		rc = gntdev_open(&console.gntdev, error);
	}
	if (rc == 0) {
		rc = control_open(&console.control, error);
	}
	if (rc < 0) {
		return rc;
	}
	console.loop = loop_create();
	if (console.loop == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	console.hold_timer = loop_add_timer(console.loop, console_guest_hold_over, &console);
	if (console.hold_timer == NULL ||
	    loop_add_fd(console.loop, console.evtchn.fd, LOOP_READ, console_guest_events,
			&console) == NULL ||
	    loop_add_signal(console.loop, SIGTERM, console_stop, console.loop) == NULL ||
	    loop_add_signal(console.loop, SIGINT, console_stop, console.loop) == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	return console_reader_listen(&console, error);
}

int main(int argc, char **argv)
{
	struct error error = { 0 };
	bool foreground;
	int status, ready;

	status = background_arguments(argc, argv, "xenconsoled", &foreground);
	if (status >= 0) {
		return status;
	}
	log_init("xenconsoled", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	console_raise_limits();
	console.log_folder = LAMINA_CONSOLE_LOG_DIR;
	ready = background_enter(foreground, "xenconsoled");
	if (console_open(&error) < 0) {
		error_print("xenconsoled", &error);
		return 1;
	}
	console_make_folders();
	console_store_start(&console);
	background_ready(ready);
	return loop_run(console.loop) < 0 ? 1 : 0;
}
