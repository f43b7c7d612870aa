/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client's connection, whatever carries its bytes: a Unix socket or a guest's ring.
 *
 * Bytes come in, complete messages go to request_handle(); replies and watch events queue up and
 * leave as fast as the client takes them. All is bounded: a message that is too long ends the
 * connection; no request is read while too much output waits; watch events that find the queue
 * full are merged into one event per watch, sent when there is room again, so that a client that
 * reads slowly learns late and coarsely, but learns.
 *
 * A connection that failed is only marked; its owner (socket server or domain) destroys it when no
 * code is at work on it.
 */
#ifndef XENBUS_CONN_H
#define XENBUS_CONN_H

#include <public/io_xenstore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "xenbus/perms.h"

struct conn;
struct message;
struct store;
struct transaction;
struct watch;

struct conn_transport {
	/* Bytes moved, 0 when none can be moved now, -errno when the transport is broken. */
	ssize_t (*read)(struct conn *conn, void *buffer, size_t bytes);
	ssize_t (*write)(struct conn *conn, const struct iovec *parts, int count);
	/* A run is over: output waits or not, input is wanted or not. May be NULL. */
	void (*settle)(struct conn *conn);
	/* What was read is kept for good: tell the client's side that it was taken. May be NULL. */
	void (*publish)(struct conn *conn);
	/* For durable connections: how much was taken and put so far. */
	void (*position)(const struct conn *conn, uint32_t *taken, uint32_t *put);
};

struct conn {
	struct conn *next;
	struct conn **link;
	struct store *store;
	struct subject subject;
	const struct conn_transport *transport;
	void *transport_data;
	int error;			/* not 0: it has failed, with this -errno */

	struct xsd_sockmsg header;	/* of the message that is coming in */
	uint32_t header_have;
	uint32_t payload_have;
	char *payload;

	struct message *output_first;
	struct message *output_last;
	struct message *output_kept;	/* the last one that the journal has; NULL: none */
	uint64_t output_bytes;
	struct conn *dirty_next;	/* store->dirty: got output while another one ran */
	bool is_dirty;
	bool is_durable;		/* outlives this process: a guest's ring */
	bool has_moved;			/* took input or got output since the last commit */
	bool has_overflowed;

	struct watch *watches;
	uint32_t watch_count;
	struct transaction *transactions;
	uint32_t transaction_count;
	uint32_t last_transaction_id;
};

enum conn_result {
	CONN_IDLE, /* nothing more to do until the transport says so */
	CONN_MORE, /* input is left: run again, after others had their turn */
	CONN_FAILED,
};

/* A connection in @store's list, or NULL when memory ran out. */
struct conn *conn_create(struct store *store, const struct subject *subject,
			 const struct conn_transport *transport, void *transport_data);
void conn_destroy(struct conn *conn);
/* Forgets watches, transactions, half a message and all output: as if new. */
void conn_reset(struct conn *conn);

/* Sends what waits, reads and handles what has come, within a budget. */
enum conn_result conn_run(struct conn *conn);
/* Feeds bytes as if the transport had brought them. */
void conn_feed(struct conn *conn, const char *data, size_t bytes);
/* Sends what waits, as far as the transport takes it. */
void conn_flush(struct conn *conn);
bool conn_wants_input(const struct conn *conn);

/* Queues a reply to the message that is being handled. */
void conn_send_reply(struct conn *conn, const struct xsd_sockmsg *request, const void *payload,
		     size_t bytes);
/* Queues an error reply; @error is -errno. */
void conn_send_error(struct conn *conn, const struct xsd_sockmsg *request, int error);
/* Queues the event "@path changed" for @watch. @path is absolute. */
void conn_send_event(struct conn *conn, struct watch *watch, const char *path);

/* --- for the journal: half a message that came in, and output it does not have yet ------------- */

size_t conn_input_bytes(const struct conn *conn);
void conn_copy_input(const struct conn *conn, char *to);
/* Of all output when @is_whole; sent bytes are left out. */
size_t conn_unkept_bytes(const struct conn *conn, bool is_whole);
void conn_copy_unkept(const struct conn *conn, bool is_whole, char *to);
void conn_mark_kept(struct conn *conn);
/* Queues bytes that an earlier process owed. Returns 0 or -ENOMEM. */
int conn_restore_output(struct conn *conn, const char *data, size_t bytes);
/* An earlier process's open transaction: requests in it work, its end says "try again". */
int conn_restore_transaction(struct conn *conn, uint32_t id);
/* All watches are owed an event. */
void conn_restore_overflow(struct conn *conn);

int conn_add_watch(struct conn *conn, const char *path, size_t prefix_bytes, const char *token);
/* Returns 0 or -ENOENT. */
int conn_remove_watch(struct conn *conn, const char *path, const char *token);

/* The open transaction with this number, or NULL. */
struct transaction *conn_find_transaction(const struct conn *conn, uint32_t id);
void conn_end_transaction(struct conn *conn, struct transaction *transaction);
uint64_t conn_transaction_bytes(const struct conn *conn);

#endif
