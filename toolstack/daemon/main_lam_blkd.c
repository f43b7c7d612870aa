// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-blkd: the disks of all guests (drivers/blk). One process, one loop, in the background or with
 * -F in the foreground; it holds the lock /run/lamina/lam-blkd.lock while it lives. It may be killed
 * and started again at any time: it finds the disks in the store and their requests in the rings.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "drivers/blk/blkd.h"
#include "lib/background.h"
#include "lib/paths.h"
#include "lib/run_lock.h"
#include "sys/error.h"

struct blkd_peer {
	struct loop_watch *watch;
	int fd;
};

static struct blk_daemon blk;

static void blkd_stop(unsigned int events, void *opaque)
{
	(void)events;
	loop_stop(opaque);
}

/* One descriptor per disk: many guests need more than the default. */
static void blkd_raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* A peer said something or left: it is not meant to talk. */
static void blkd_peer_ended(unsigned int events, void *opaque)
{
	struct blkd_peer *peer = opaque;

	(void)events;
	loop_remove(peer->watch);
	close(peer->fd);
	free(peer);
}

static void blkd_accept(unsigned int events, void *opaque)
{
	int *listener = opaque;
	struct blkd_peer *peer = calloc(1, sizeof(*peer));
	int fd = accept4(*listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (peer != NULL && fd >= 0) {
		peer->fd = fd;
		peer->watch = loop_add_fd(blk.loop, fd, LOOP_READ, blkd_peer_ended, peer);
	}
	if (peer == NULL || peer->watch == NULL) {
		if (fd >= 0) {
			close(fd);
		}
		free(peer);
	}
}

/* Who holds a connection learns of our end: the supervisor. Nothing is ever said on it. */
static int blkd_listen(struct error *error)
{
	static int listener;
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = LAMINA_BLKD_SOCKET };

	unlink(LAMINA_BLKD_SOCKET);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(LAMINA_BLKD_SOCKET, 0600) < 0 || listen(listener, 16) < 0 ||
	    loop_add_fd(blk.loop, listener, LOOP_READ, blkd_accept, &listener) == NULL) {
		return error_set(error, errno, LAMINA_BLKD_SOCKET, "cannot be served: %s",
				 strerror(errno));
	}
	return 0;
}

static int blkd_open_devices(struct error *error)
{
	int rc = run_lock_take("lam-blkd", error);

	if (rc == 0) {
		rc = blk_redo_open(&blk, LAMINA_RUN_DIR "/lam-blkd.redo", error);
	}
	if (rc == 0) {
		rc = evtchn_open(&blk.evtchn, error);
	}
	return rc < 0 ? rc : gntdev_open(&blk.gntdev, error);
}

static int blkd_open(struct error *error)
{
	int rc = blkd_open_devices(error);

	if (rc < 0) {
		return rc;
	}
	blk.loop = loop_create();
	if (blk.loop == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	blk.turn_timer = loop_add_timer(blk.loop, blk_event_turn, &blk);
	if (blk.turn_timer == NULL ||
	    loop_add_fd(blk.loop, blk.evtchn.fd, LOOP_READ, blk_event_ready, &blk) == NULL ||
	    loop_add_signal(blk.loop, SIGTERM, blkd_stop, blk.loop) == NULL ||
	    loop_add_signal(blk.loop, SIGINT, blkd_stop, blk.loop) == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	rc = blk_io_open(&blk, error);
	return rc < 0 ? rc : blkd_listen(error);
}

int main(int argc, char **argv)
{
	struct error error = { 0 };
	bool foreground;
	int status, ready;

	status = background_arguments(argc, argv, "lam-blkd", &foreground);
	if (status >= 0) {
		return status;
	}
	log_init("lam-blkd", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	blkd_raise_limits();
	ready = background_enter(foreground, "lam-blkd");
	if (blkd_open(&error) < 0) {
		error_print("lam-blkd", &error);
		return 1;
	}
	blk_store_start(&blk);
	background_ready(ready);
	return loop_run(blk.loop) < 0 ? 1 : 0;
}
