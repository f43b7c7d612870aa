// SPDX-License-Identifier: GPL-2.0-only
/*
 * See back_main.h. The lock /run/lamina/NAME.lock is held while the program lives; what a killed
 * one had bound and mapped was given up by the kernel before its lock.
 */
#include "back_main.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "drivers/back/back.h"
#include "lib/background.h"
#include "lib/run_lock.h"
#include "sys/error.h"

struct back_peer {
	struct loop_watch *watch;
	int fd;
};

struct back_listener {
	struct loop *loop;
	int fd;
};

static void back_stop(unsigned int events, void *opaque)
{
	(void)events;
	loop_stop(opaque);
}

/* Descriptors per device: many guests need more than the default. */
static void back_raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* A peer said something or left: it is not meant to talk. */
static void back_peer_ended(unsigned int events, void *opaque)
{
	struct back_peer *peer = opaque;

	(void)events;
	loop_remove(peer->watch);
	close(peer->fd);
	free(peer);
}

static void back_accept(unsigned int events, void *opaque)
{
	struct back_listener *listener = opaque;
	struct back_peer *peer = calloc(1, sizeof(*peer));
	int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (peer != NULL && fd >= 0) {
		peer->fd = fd;
		peer->watch = loop_add_fd(listener->loop, fd, LOOP_READ, back_peer_ended, peer);
	}
	if (peer == NULL || peer->watch == NULL) {
		if (fd >= 0) {
			close(fd);
		}
		free(peer);
	}
}

static int back_listen(const struct back_program *program, struct error *error)
{
	static struct back_listener listener;
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strncpy(address.sun_path, program->socket, sizeof(address.sun_path) - 1);
	unlink(program->socket);
	listener.loop = program->daemon->loop;
	listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener.fd < 0 ||
	    bind(listener.fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(program->socket, 0600) < 0 || listen(listener.fd, 16) < 0 ||
	    loop_add_fd(listener.loop, listener.fd, LOOP_READ, back_accept, &listener) == NULL) {
		return error_set(error, errno, program->socket, "cannot be served: %s",
				 strerror(errno));
	}
	return 0;
}

static int back_open_loop(struct back_daemon *daemon, struct error *error)
{
	daemon->loop = loop_create();
	if (daemon->loop == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	daemon->turn_timer = loop_add_timer(daemon->loop, back_port_turn, daemon);
	if (daemon->turn_timer == NULL ||
	    loop_add_fd(daemon->loop, daemon->evtchn.fd, LOOP_READ, back_port_ready,
			daemon) == NULL ||
	    loop_add_signal(daemon->loop, SIGTERM, back_stop, daemon->loop) == NULL ||
	    loop_add_signal(daemon->loop, SIGINT, back_stop, daemon->loop) == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	return 0;
}

static int back_open(const struct back_program *program, struct error *error)
{
	struct back_daemon *daemon = program->daemon;
	int rc = run_lock_take(program->name, error);

	if (rc == 0) {
		rc = evtchn_open(&daemon->evtchn, error);
	}
	if (rc == 0) {
		rc = gntdev_open(&daemon->gntdev, error);
	}
	if (rc == 0) {
		rc = back_open_loop(daemon, error);
	}
	if (rc == 0) {
		rc = program->open(error);
	}
	return rc < 0 ? rc : back_listen(program, error);
}

int back_main(const struct back_program *program, int argc, char **argv)
{
	struct error error = { 0 };
	bool foreground;
	int status, ready;

	status = background_arguments(argc, argv, program->name, &foreground);
	if (status >= 0) {
		return status;
	}
	log_init(program->name, LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	back_raise_limits();
	ready = background_enter(foreground, program->name);
	if (back_open(program, &error) < 0) {
		error_print(program->name, &error);
		return 1;
	}
	back_store_start(program->daemon);
	background_ready(ready);
	return loop_run(program->daemon->loop) < 0 ? 1 : 0;
}
