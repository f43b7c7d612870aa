// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unix sockets. When descriptors run out, accepting pauses for a moment instead of spinning on a
 * listening socket that stays readable.
 */
#include "xenbus/socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "toolstack/sys/error.h"
#include "toolstack/sys/log.h"
#include "toolstack/sys/loop.h"
#include "xenbus/conn.h"
#include "xenbus/memory.h"
#include "xenbus/store.h"

#define SOCKET_BACKLOG 128
#define SOCKET_ACCEPT_PAUSE_MS 100

struct socket_client {
	struct socket_client *next;
	struct socket_server *server;
	struct conn *conn;
	struct loop_watch *watch;
	int fd;
};

struct socket_server {
	struct store *store;
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_watch *pause;
	struct socket_client *clients;
	socket_after *after;
	void *after_arg;
	struct log_limit limit;
	bool has_failed_clients;
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static ssize_t socket_result(ssize_t rc)
{
	if (rc >= 0) {
		return rc;
	}
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static ssize_t socket_read(struct conn *conn, void *buffer, size_t bytes)
{
	struct socket_client *client = conn->transport_data;
	ssize_t got = recv(client->fd, buffer, bytes, MSG_DONTWAIT);

	return got == 0 ? -EPIPE : socket_result(got);
}

static ssize_t socket_write(struct conn *conn, const struct iovec *parts, int count)
{
	struct socket_client *client = conn->transport_data;
	struct msghdr message = {
		.msg_iov = (struct iovec *)parts,
		.msg_iovlen = (size_t)count,
	};

	return socket_result(sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static void socket_settle(struct conn *conn)
{
	struct socket_client *client = conn->transport_data;
	unsigned int events = 0;

	if (conn_wants_input(conn)) {
		events |= LOOP_READ;
	}
	if (conn->output_first != NULL) {
		events |= LOOP_WRITE;
	}
	if (conn->error == 0 && loop_set_events(client->watch, events) < 0) {
		conn->error = -ENOMEM;
	}
	client->server->has_failed_clients |= conn->error != 0;
}

static const struct conn_transport socket_transport = {
	.read = socket_read,
	.write = socket_write,
	.settle = socket_settle,
};

static void socket_after_event(struct socket_server *server)
{
	if (server->after != NULL) {
		server->after(server->after_arg);
	}
}

static void socket_client_ready(unsigned int events, void *arg)
{
	struct socket_client *client = arg;
	struct socket_server *server = client->server;

	(void)events;
	conn_run(client->conn);
	socket_after_event(server);
}

static void socket_client_destroy(struct socket_client *client)
{
	if (client->conn != NULL) {
		conn_destroy(client->conn);
	}
	loop_remove(client->watch);
	close(client->fd);
	memory_free(client);
}

/* Takes over @fd. Returns 0 or -ENOMEM. */
static int socket_client_create(struct socket_server *server, int fd)
{
	static const struct subject dom0 = {
		.domid = 0, .target = PERMS_NO_DOMID, .is_privileged = true,
	};
	struct socket_client *client = memory_allocate(sizeof(*client));

	if (client == NULL) {
		close(fd);
		return -ENOMEM;
	}
	client->server = server;
	client->fd = fd;
	client->conn = conn_create(server->store, &dom0, &socket_transport, client);
	client->watch = loop_add_fd(server->loop, fd, LOOP_READ, socket_client_ready, client);
	if (client->conn == NULL || client->watch == NULL) {
		socket_client_destroy(client);
		return -ENOMEM;
	}
	client->next = server->clients;
	server->clients = client;
	return 0;
}

void socket_server_reap(struct socket_server *server)
{
	struct socket_client **link = &server->clients;

	if (!server->has_failed_clients) {
		return;
	}
	server->has_failed_clients = false;
	while (*link != NULL) {
		struct socket_client *client = *link;

		if (client->conn->error != 0) {
			*link = client->next;
			socket_client_destroy(client);
		} else {
			link = &client->next;
		}
	}
}

static void socket_resume(unsigned int events, void *arg)
{
	struct socket_server *server = arg;

	(void)events;
	loop_set_events(server->watch, LOOP_READ);
}

static void socket_accept(unsigned int events, void *arg)
{
	struct socket_server *server = arg;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int rc = fd < 0 ? -errno : socket_client_create(server, fd);

	(void)events;
	if (rc == -EMFILE || rc == -ENFILE || rc == -ENOMEM || rc == -ENOBUFS) {
		log_write_limited(&server->limit, LOG_LEVEL_ERROR,
				  "cannot take another client: %s", error_name(rc));
		loop_set_events(server->watch, 0);
		loop_arm_timer(server->pause, SOCKET_ACCEPT_PAUSE_MS);
	}
	socket_after_event(server);
}

static int socket_listen(const char *path, struct error *error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, rc;

	if (strlen(path) >= sizeof(address.sun_path)) {
		return error_set(error, ENAMETOOLONG, path, "the path is too long for a socket");
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return error_set(error, errno, path, "cannot create a socket");
	}
	unlink(path);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&address, sizeof(address));
	if (rc == 0) {
		rc = listen(fd, SOCKET_BACKLOG);
	}
	umask(mask);
	if (rc < 0) {
		rc = error_set(error, errno, path, "cannot listen on it");
		close(fd);
		return rc;
	}
	return fd;
}

int socket_server_create(struct store *store, struct loop *loop, const char *path,
			 struct socket_server **out, struct error *error)
{
	struct socket_server *server = memory_allocate(sizeof(*server));

	if (server == NULL) {
		return error_set(error, ENOMEM, path, "no memory");
	}
	server->store = store;
	server->loop = loop;
	server->fd = socket_listen(path, error);
	if (server->fd < 0) {
		int rc = server->fd;

		memory_free(server);
		return rc;
	}
	snprintf(server->path, sizeof(server->path), "%s", path);
	server->watch = loop_add_fd(loop, server->fd, LOOP_READ, socket_accept, server);
	server->pause = loop_add_timer(loop, socket_resume, server);
	if (server->watch == NULL || server->pause == NULL) {
		socket_server_destroy(server);
		return error_set(error, ENOMEM, path, "no memory");
	}
	*out = server;
	return 0;
}

void socket_server_set_after(struct socket_server *server, socket_after *after, void *arg)
{
	server->after = after;
	server->after_arg = arg;
}

void socket_server_destroy(struct socket_server *server)
{
	if (server == NULL) {
		return;
	}
	/* First, so that a client that is dropped and comes again finds nobody. */
	loop_remove(server->watch);
	loop_remove(server->pause);
	unlink(server->path);
	close(server->fd);
	while (server->clients != NULL) {
		struct socket_client *client = server->clients;

		server->clients = client->next;
		socket_client_destroy(client);
	}
	memory_free(server);
}
