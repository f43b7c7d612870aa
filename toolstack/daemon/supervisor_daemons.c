// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemons that Lamina needs. An open connection to each tells at once when one dies; a
 * daemon that does not run is started from the folder of this program. Two starts of one daemon do
 * no harm: the second finds the lock taken and leaves.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/supervisor.h"
#include "lib/background.h"
#include "lib/paths.h"
#include "lib/store_entries.h"
#include "sys/log.h"
#include "xenbus/client/xenstore.h"

#define DAEMONS_RETRY_MS 20
#define DAEMONS_MAX_RETRY_MS 1000
/* Seconds between two starts of one daemon. */
#define DAEMONS_START_INTERVAL 2u

/* Soon at first, because a daemon needs a few milliseconds to start; then less and less often. */
static void daemons_retry_later(struct supervisor *supervisor)
{
	loop_arm_timer(supervisor->retry_timer, supervisor->retry_ms);
	supervisor->retry_ms += supervisor->retry_ms / 4;
	if (supervisor->retry_ms > DAEMONS_MAX_RETRY_MS) {
		supervisor->retry_ms = DAEMONS_MAX_RETRY_MS;
		/* Whoever started us has waited for about five seconds. */
		background_ready(supervisor->ready_fd);
		supervisor->ready_fd = -1;
	}
}

/* Starts a daemon unless we did a moment ago. */
static void daemons_start(const struct supervisor *supervisor, struct supervisor_daemon *daemon)
{
	char *argv[] = { (char *)(uintptr_t)daemon->program, (char *)(uintptr_t)daemon->argument,
			 NULL };
	uint64_t now = supervisor_now();
	pid_t pid;

	if (supervisor->starts_nothing || daemon->pid != 0 ||
	    (daemon->last_start != 0 && now - daemon->last_start < DAEMONS_START_INTERVAL)) {
		return;
	}
	daemon->last_start = now;
	pid = supervisor_spawn(daemon->program, argv);
	if (pid < 0) {
		log_error("%s: cannot be started: %s", daemon->program, strerror((int)-pid));
		return;
	}
	daemon->pid = pid;
	log_info("%s was not running: started", daemon->program);
}

static void daemons_store_lost(struct supervisor *supervisor)
{
	log_warning("xenstored is gone");
	loop_remove(supervisor->store_watch);
	supervisor->store_watch = NULL;
	xs_close(supervisor->store);
	supervisor->store = NULL;
	daemons_retry_later(supervisor);
}

static void daemons_store_ready(unsigned int events, void *opaque)
{
	struct supervisor *supervisor = opaque;
	bool released = false;
	char **event;

	(void)events;
	while ((event = xs_check_watch(supervisor->store)) != NULL) {
		released = true;
		free(event);
	}
	if (errno != EAGAIN) {
		daemons_store_lost(supervisor);
	}
	if (released) {
		supervisor_check_domains(supervisor);
	}
}

static bool daemons_connect_store(struct supervisor *supervisor)
{
	if (supervisor->store != NULL) {
		return true;
	}
	if (store_connect(&supervisor->store, NULL) < 0) {
		return false;
	}
	if (!xs_watch(supervisor->store, "@releaseDomain", "lamd")) {
		xs_close(supervisor->store);
		supervisor->store = NULL;
		return false;
	}
	supervisor->store_watch = loop_add_fd(supervisor->loop, xs_fileno(supervisor->store),
					      LOOP_READ, daemons_store_ready, supervisor);
	supervisor_sweep_store(supervisor);
	daemons_store_ready(0, supervisor);
	return true;
}

static void daemons_lost(unsigned int events, void *opaque)
{
	struct supervisor_daemon *daemon = opaque;

	(void)events;
	log_warning("%s is gone", daemon->program);
	loop_remove(daemon->watch);
	daemon->watch = NULL;
	close(daemon->fd);
	daemons_retry_later(daemon->supervisor);
}

/* A connection that asks for nothing: it becomes readable when the daemon ends. */
static bool daemons_connect_one(struct supervisor *supervisor, struct supervisor_daemon *daemon)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (daemon->watch != NULL) {
		return true;
	}
	strncpy(address.sun_path, daemon->socket, sizeof(address.sun_path) - 1);
	daemon->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (daemon->fd < 0) {
		return false;
	}
	if (connect(daemon->fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		daemon->supervisor = supervisor;
		daemon->watch = loop_add_fd(supervisor->loop, daemon->fd, LOOP_READ, daemons_lost,
					    daemon);
	}
	if (daemon->watch == NULL) {
		close(daemon->fd);
	}
	return daemon->watch != NULL;
}

void supervisor_daemons_connect(struct supervisor *supervisor)
{
	bool have_all = daemons_connect_store(supervisor);
	uint32_t i;

	if (!have_all) {
		daemons_start(supervisor, &supervisor->daemons[SUPERVISOR_XENSTORED]);
	}
	for (i = 0; i < SUPERVISOR_DAEMONS; i++) {
		struct supervisor_daemon *daemon = &supervisor->daemons[i];

		if (daemon->socket != NULL && !daemons_connect_one(supervisor, daemon)) {
			have_all = false;
			daemons_start(supervisor, daemon);
		}
	}
	if (!have_all || supervisor->store == NULL) {
		daemons_retry_later(supervisor);
		return;
	}
	supervisor->retry_ms = DAEMONS_RETRY_MS;
	background_ready(supervisor->ready_fd);
	supervisor->ready_fd = -1;
}
