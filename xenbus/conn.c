// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections: input assembly, output queue, and the lists of watches and transactions.
 *
 * Out of memory for a reply is the one failure a client could not see, so it ends the connection.
 * Out of memory for an event marks its watch as overflowed, as a full queue does.
 */
#include "xenbus/conn.h"

#include <errno.h>
#include <string.h>

#include "xenbus/journal.h"
#include "xenbus/memory.h"
#include "xenbus/quota.h"
#include "xenbus/request.h"
#include "xenbus/store.h"
#include "xenbus/transaction.h"
#include "xenbus/watch.h"
#include "xenbus/wire.h"

#define CONN_READ_BYTES 16384
#define CONN_READS_PER_RUN 8
#define CONN_PARTS_PER_WRITE 32
/* How far back an event looks for one that already says the same. */
#define CONN_DUPLICATE_DEPTH 16

struct message {
	struct message *next;
	struct message *previous;
	uint64_t watch_serial; /* of an event's watch; 0 for a reply */
	uint32_t size;
	uint32_t sent;
	char bytes[];
};

struct conn *conn_create(struct store *store, const struct subject *subject,
			 const struct conn_transport *transport, void *transport_data)
{
	struct conn *conn = memory_allocate(sizeof(*conn));

	if (conn == NULL) {
		return NULL;
	}
	conn->store = store;
	conn->subject = *subject;
	conn->transport = transport;
	conn->transport_data = transport_data;
	conn->next = store->conns;
	conn->link = &store->conns;
	if (conn->next != NULL) {
		conn->next->link = &conn->next;
	}
	store->conns = conn;
	return conn;
}

static void conn_drop_output(struct conn *conn)
{
	while (conn->output_first != NULL) {
		struct message *message = conn->output_first;

		conn->output_first = message->next;
		memory_free(message);
	}
	conn->output_last = NULL;
	conn->output_kept = NULL;
	conn->output_bytes = 0;
}

void conn_reset(struct conn *conn)
{
	while (conn->watches != NULL) {
		struct watch *watch = conn->watches;

		conn->watches = watch->conn_next;
		watch_destroy(&conn->store->watches, watch);
	}
	conn->watch_count = 0;
	while (conn->transactions != NULL) {
		conn_end_transaction(conn, conn->transactions);
	}
	conn_drop_output(conn);
	memory_free(conn->payload);
	conn->payload = NULL;
	conn->header_have = 0;
	conn->payload_have = 0;
	conn->has_overflowed = false;
	conn->error = 0;
}

void conn_destroy(struct conn *conn)
{
	conn_reset(conn);
	store_forget_dirty(conn->store, conn);
	*conn->link = conn->next;
	if (conn->next != NULL) {
		conn->next->link = conn->link;
	}
	memory_free(conn);
}

static void conn_fail(struct conn *conn, int error)
{
	if (conn->error == 0) {
		conn->error = error;
	}
}

/* --- output --------------------------------------------------------------------------------- */

static uint64_t conn_output_limit(const struct conn *conn)
{
	enum quota_kind kind = conn->subject.is_privileged ? QUOTA_OUTSTANDING_BYTES_LOCAL
							   : QUOTA_OUTSTANDING_BYTES;

	return conn->store->quota.limit[kind];
}

bool conn_wants_input(const struct conn *conn)
{
	return conn->error == 0 && conn->output_bytes <= conn_output_limit(conn);
}

static struct message *conn_add_message(struct conn *conn, uint32_t size)
{
	struct message *message = memory_allocate(sizeof(*message) + size);

	if (message == NULL) {
		return NULL;
	}
	message->size = size;
	message->previous = conn->output_last;
	if (conn->output_last != NULL) {
		conn->output_last->next = message;
	} else {
		conn->output_first = message;
	}
	conn->output_last = message;
	conn->output_bytes += sizeof(*message) + size;
	store_mark_moved(conn->store, conn);
	return message;
}

static struct message *conn_queue(struct conn *conn, const struct xsd_sockmsg *header)
{
	struct message *message =
		conn_add_message(conn, (uint32_t)sizeof(*header) + header->len);

	if (message != NULL) {
		memcpy(message->bytes, header, sizeof(*header));
	}
	return message;
}

void conn_send_reply(struct conn *conn, const struct xsd_sockmsg *request, const void *payload,
		     size_t bytes)
{
	struct xsd_sockmsg header = *request;
	struct message *message;

	if (bytes > XENSTORE_PAYLOAD_MAX) {
		conn_send_error(conn, request, -E2BIG);
		return;
	}
	header.len = (uint32_t)bytes;
	message = conn_queue(conn, &header);
	if (message == NULL) {
		conn_fail(conn, -ENOMEM);
		return;
	}
	memcpy(message->bytes + sizeof(header), payload, bytes);
}

void conn_send_error(struct conn *conn, const struct xsd_sockmsg *request, int error)
{
	struct xsd_sockmsg header = *request;
	const char *name = wire_error_name(error);

	header.type = XS_ERROR;
	conn_send_reply(conn, &header, name, strlen(name) + 1);
}

/* Does one of the latest messages, unsent, say the same already? */
static bool conn_has_event(const struct conn *conn, const struct watch *watch, const char *path)
{
	const struct message *message = conn->output_last;
	int depth;

	for (depth = 0; message != NULL && depth < CONN_DUPLICATE_DEPTH; depth++) {
		if (message->watch_serial == watch->serial && message->sent == 0 &&
		    strcmp(message->bytes + sizeof(struct xsd_sockmsg), path) == 0) {
			return true;
		}
		message = message->previous;
	}
	return false;
}

static void conn_overflow(struct conn *conn, struct watch *watch)
{
	watch->is_overflowed = true;
	conn->has_overflowed = true;
}

void conn_send_event(struct conn *conn, struct watch *watch, const char *path)
{
	struct xsd_sockmsg header = { .type = XS_WATCH_EVENT };
	struct message *message;
	size_t path_bytes, token_bytes;

	path += strlen(path) > watch->prefix_bytes ? watch->prefix_bytes : 0;
	path_bytes = strlen(path) + 1;
	token_bytes = strlen(watch->token) + 1;
	/* What cannot be said in one message cannot be said. */
	if (conn->error != 0 || path_bytes + token_bytes > XENSTORE_PAYLOAD_MAX ||
	    conn_has_event(conn, watch, path)) {
		return;
	}
	if (conn->output_bytes > conn_output_limit(conn)) {
		conn_overflow(conn, watch);
		return;
	}
	header.len = (uint32_t)(path_bytes + token_bytes);
	message = conn_queue(conn, &header);
	if (message == NULL) {
		conn_overflow(conn, watch);
		return;
	}
	message->watch_serial = watch->serial;
	memcpy(message->bytes + sizeof(header), path, path_bytes);
	memcpy(message->bytes + sizeof(header) + path_bytes, watch->token, token_bytes);
}

/* There is room again: what each overflowed watch missed becomes one event on its own path. */
static void conn_repay_events(struct conn *conn)
{
	struct watch *watch;

	if (!conn->has_overflowed || conn->output_bytes > conn_output_limit(conn) / 2) {
		return;
	}
	conn->has_overflowed = false;
	for (watch = conn->watches; watch != NULL; watch = watch->conn_next) {
		if (watch->is_overflowed) {
			watch->is_overflowed = false;
			conn_send_event(conn, watch, watch_path(watch));
		}
	}
}

static void conn_take_sent(struct conn *conn, size_t sent)
{
	while (sent > 0) {
		struct message *message = conn->output_first;
		size_t left = message->size - message->sent;

		if (sent < left) {
			message->sent += (uint32_t)sent;
			return;
		}
		sent -= left;
		conn->output_bytes -= sizeof(*message) + message->size;
		conn->output_first = message->next;
		if (message->next != NULL) {
			message->next->previous = NULL;
		} else {
			conn->output_last = NULL;
		}
		if (conn->output_kept == message) {
			conn->output_kept = NULL;
		}
		memory_free(message);
	}
}

void conn_flush(struct conn *conn)
{
	struct iovec parts[CONN_PARTS_PER_WRITE];

	/* Nothing leaves before what led to it is kept. */
	journal_settle(conn->store);
	while (conn->error == 0 && conn->output_first != NULL) {
		struct message *message = conn->output_first;
		ssize_t sent;
		int count = 0;

		for (; message != NULL && count < CONN_PARTS_PER_WRITE; message = message->next) {
			parts[count].iov_base = message->bytes + message->sent;
			parts[count++].iov_len = message->size - message->sent;
		}
		sent = conn->transport->write(conn, parts, count);
		if (sent < 0) {
			conn_fail(conn, (int)sent);
			return;
		}
		if (sent == 0) {
			return;
		}
		conn_take_sent(conn, (size_t)sent);
		conn_repay_events(conn);
		journal_settle(conn->store);
	}
}

int conn_restore_output(struct conn *conn, const char *data, size_t bytes)
{
	struct message *message = bytes != 0 ? conn_add_message(conn, (uint32_t)bytes) : NULL;

	if (bytes == 0) {
		return 0;
	}
	if (message == NULL) {
		return -ENOMEM;
	}
	memcpy(message->bytes, data, bytes);
	return 0;
}

/* The first message that the journal lacks; sent ones are gone from the queue. */
static const struct message *conn_first_unkept(const struct conn *conn, bool is_whole)
{
	return is_whole || conn->output_kept == NULL ? conn->output_first : conn->output_kept->next;
}

size_t conn_unkept_bytes(const struct conn *conn, bool is_whole)
{
	const struct message *message = conn_first_unkept(conn, is_whole);
	size_t bytes = 0;

	for (; message != NULL; message = message->next) {
		bytes += message->size - message->sent;
	}
	return bytes;
}

void conn_copy_unkept(const struct conn *conn, bool is_whole, char *to)
{
	const struct message *message = conn_first_unkept(conn, is_whole);

	for (; message != NULL; message = message->next) {
		memcpy(to, message->bytes + message->sent, message->size - message->sent);
		to += message->size - message->sent;
	}
}

void conn_mark_kept(struct conn *conn)
{
	conn->output_kept = conn->output_last;
}

/* --- input ---------------------------------------------------------------------------------- */

/* Moves up to @want - *@have bytes to @to; returns how many. */
static size_t conn_gather(char *to, uint32_t want, uint32_t *have, const char *data, size_t bytes)
{
	size_t part = want - *have < bytes ? want - *have : bytes;

	if (part != 0) {
		memcpy(to + *have, data, part);
	}
	*have += (uint32_t)part;
	return part;
}

static int conn_begin_payload(struct conn *conn)
{
	if (conn->header.len > XENSTORE_PAYLOAD_MAX) {
		return -EPROTO;
	}
	conn->payload = memory_allocate(conn->header.len + 1);
	return conn->payload != NULL ? 0 : -ENOMEM;
}

void conn_feed(struct conn *conn, const char *data, size_t bytes)
{
	while (conn->error == 0) {
		size_t part = conn_gather((char *)&conn->header, sizeof(conn->header),
					  &conn->header_have, data, bytes);

		data += part;
		bytes -= part;
		if (conn->header_have < sizeof(conn->header)) {
			return;
		}
		if (conn->payload == NULL && conn_begin_payload(conn) < 0) {
			conn_fail(conn, conn->header.len > XENSTORE_PAYLOAD_MAX ? -EPROTO : -ENOMEM);
			return;
		}
		part = conn_gather(conn->payload, conn->header.len, &conn->payload_have, data, bytes);
		data += part;
		bytes -= part;
		if (conn->payload_have < conn->header.len) {
			return;
		}
		request_handle(conn);
		memory_free(conn->payload);
		conn->payload = NULL;
		conn->header_have = 0;
		conn->payload_have = 0;
	}
}

enum conn_result conn_run(struct conn *conn)
{
	static char buffer[CONN_READ_BYTES];
	enum conn_result result = CONN_MORE;
	int reads;

	conn_flush(conn);
	for (reads = 0; reads < CONN_READS_PER_RUN && result == CONN_MORE; reads++) {
		ssize_t got = conn_wants_input(conn) ? conn->transport->read(conn, buffer,
									     sizeof(buffer))
						     : 0;

		if (got < 0) {
			conn_fail(conn, (int)got);
		} else if (got > 0) {
			conn_feed(conn, buffer, (size_t)got);
		}
		conn_flush(conn);
		if (got <= 0) {
			result = CONN_IDLE;
		}
	}
	if (conn->transport->settle != NULL) {
		conn->transport->settle(conn);
	}
	return conn->error != 0 ? CONN_FAILED : result;
}
