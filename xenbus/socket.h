/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients in dom0's user space: a listening Unix socket, and a connection for each client.
 *
 * Who may open the socket is decided by the file system (0600, root's); a client is dom0 and
 * privileged. Descriptors are close-on-exec and non-blocking.
 */
#ifndef XENBUS_SOCKET_H
#define XENBUS_SOCKET_H

struct error;
struct loop;
struct socket_server;
struct store;

/* Called after each event was handled, when output may wait on other connections. */
typedef void socket_after(void *arg);

/*
 * Listens on @path, replacing a socket that nobody serves (the caller holds the lock that says
 * so). @after runs after each event. Returns 0 or -errno.
 */
int socket_server_create(struct store *store, struct loop *loop, const char *path,
			 struct socket_server **server, struct error *error);
void socket_server_set_after(struct socket_server *server, socket_after *after, void *arg);
/* Closes all clients and removes the socket's file. */
void socket_server_destroy(struct socket_server *server);
/* Closes the clients that failed. Call when no request is being handled. */
void socket_server_reap(struct socket_server *server);

#endif
