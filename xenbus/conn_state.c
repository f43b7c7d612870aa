// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a connection has beside bytes on their way: watches and transactions, and what of it all
 * is kept for, or restored after, a restart.
 */
#include "xenbus/conn.h"

#include <errno.h>
#include <string.h>

#include "xenbus/memory.h"
#include "xenbus/quota.h"
#include "xenbus/store.h"
#include "xenbus/transaction.h"
#include "xenbus/watch.h"

int conn_add_watch(struct conn *conn, const char *path, size_t prefix_bytes, const char *token)
{
	struct watch *watch;

	if (watch_find(&conn->store->watches, conn, path, token) != NULL) {
		return -EEXIST;
	}
	if (!conn->subject.is_privileged &&
	    conn->watch_count >= conn->store->quota.limit[QUOTA_WATCHES]) {
		return quota_refuse(&conn->store->quota, QUOTA_WATCHES, -E2BIG);
	}
	watch = watch_create(&conn->store->watches, path, token);
	if (watch == NULL) {
		return -ENOMEM;
	}
	watch->conn = conn;
	watch->prefix_bytes = prefix_bytes;
	watch->conn_next = conn->watches;
	watch->conn_link = &conn->watches;
	if (watch->conn_next != NULL) {
		watch->conn_next->conn_link = &watch->conn_next;
	}
	conn->watches = watch;
	conn->watch_count++;
	return 0;
}

int conn_remove_watch(struct conn *conn, const char *path, const char *token)
{
	struct watch *watch = watch_find(&conn->store->watches, conn, path, token);

	if (watch == NULL) {
		return -ENOENT;
	}
	*watch->conn_link = watch->conn_next;
	if (watch->conn_next != NULL) {
		watch->conn_next->conn_link = watch->conn_link;
	}
	watch_destroy(&conn->store->watches, watch);
	conn->watch_count--;
	return 0;
}

struct transaction *conn_find_transaction(const struct conn *conn, uint32_t id)
{
	struct transaction *transaction = conn->transactions;

	while (transaction != NULL && transaction->id != id) {
		transaction = transaction->next;
	}
	return transaction;
}

void conn_end_transaction(struct conn *conn, struct transaction *transaction)
{
	struct transaction **link = &conn->transactions;

	while (*link != transaction) {
		link = &(*link)->next;
	}
	*link = transaction->next;
	conn->transaction_count--;
	transaction_destroy(transaction);
}

uint64_t conn_transaction_bytes(const struct conn *conn)
{
	const struct transaction *transaction = conn->transactions;
	uint64_t bytes = 0;

	for (; transaction != NULL; transaction = transaction->next) {
		bytes += transaction->bytes;
	}
	return bytes;
}

size_t conn_input_bytes(const struct conn *conn)
{
	return conn->header_have + conn->payload_have;
}

void conn_copy_input(const struct conn *conn, char *to)
{
	memcpy(to, &conn->header, conn->header_have);
	if (conn->payload_have != 0) {
		memcpy(to + conn->header_have, conn->payload, conn->payload_have);
	}
}

int conn_restore_transaction(struct conn *conn, uint32_t id)
{
	struct transaction *transaction = transaction_create(&conn->store->live, id);

	if (transaction == NULL) {
		return -ENOMEM;
	}
	transaction->is_ghost = true;
	transaction->opened_ms = store_now_ms();
	transaction->next = conn->transactions;
	conn->transactions = transaction;
	conn->transaction_count++;
	if (id > conn->last_transaction_id) {
		conn->last_transaction_id = id;
	}
	return 0;
}

void conn_restore_overflow(struct conn *conn)
{
	struct watch *watch;

	for (watch = conn->watches; watch != NULL; watch = watch->conn_next) {
		watch->is_overflowed = true;
	}
	conn->has_overflowed = true;
}
