// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about the connection itself: its watches and transactions.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/journal.h"
#include "xenbus/path.h"
#include "xenbus/quota.h"
#include "xenbus/request.h"
#include "xenbus/store.h"
#include "xenbus/transaction.h"
#include "xenbus/watch.h"

/* The path of a watch: a node's, or the name of a special event. */
static int request_watch_path(const struct request *request, const char *given, char *path,
			      size_t *prefix_bytes)
{
	int rc;

	*prefix_bytes = 0;
	if (!path_is_special(given)) {
		return request_path(request, given, path, prefix_bytes);
	}
	rc = store_find_special(given);
	if (rc >= 0) {
		memcpy(path, given, strlen(given) + 1);
	}
	return rc;
}

int request_watch(const struct request *request)
{
	char path[PATH_BYTES];
	const char *strings[2];
	size_t prefix_bytes;
	int rc = request_strings(request, strings, 2);

	if (rc == 0) {
		rc = request_watch_path(request, strings[0], path, &prefix_bytes);
	}
	if (rc >= 0) {
		rc = conn_add_watch(request->conn, path, prefix_bytes, strings[1]);
	}
	if (rc < 0) {
		return rc;
	}
	journal_note_watch(request->store, request->conn, path, strings[1], prefix_bytes);
	request_reply_ok(request);
	/* One event up front, so that the client looks once and misses nothing. */
	conn_send_event(request->conn, request->conn->watches, path);
	return 0;
}

int request_unwatch(const struct request *request)
{
	char path[PATH_BYTES];
	const char *strings[2];
	size_t prefix_bytes;
	int rc = request_strings(request, strings, 2);

	if (rc == 0) {
		rc = request_watch_path(request, strings[0], path, &prefix_bytes);
	}
	if (rc >= 0) {
		rc = conn_remove_watch(request->conn, path, strings[1]);
	}
	if (rc < 0) {
		return rc;
	}
	journal_note_unwatch(request->store, request->conn, path, strings[1]);
	request_reply_ok(request);
	return 0;
}

int request_reset_watches(const struct request *request)
{
	struct conn *conn = request->conn;

	while (conn->watches != NULL) {
		conn_remove_watch(conn, watch_path(conn->watches), conn->watches->token);
	}
	while (conn->transactions != NULL) {
		conn_end_transaction(conn, conn->transactions);
	}
	journal_note_reset(request->store, conn, JOURNAL_RESET_WATCHES);
	request_reply_ok(request);
	return 0;
}

static uint32_t request_new_transaction_id(struct conn *conn)
{
	do {
		conn->last_transaction_id++;
	} while (conn->last_transaction_id == 0 ||
		 conn_find_transaction(conn, conn->last_transaction_id) != NULL);
	return conn->last_transaction_id;
}

int request_transaction_start(const struct request *request)
{
	struct conn *conn = request->conn;
	struct transaction *transaction;
	char text[16];

	if (request->transaction != NULL) {
		return -EBUSY;
	}
	if (!conn->subject.is_privileged &&
	    conn->transaction_count >= request->store->quota.limit[QUOTA_TRANSACTIONS]) {
		return quota_refuse(&request->store->quota, QUOTA_TRANSACTIONS, -ENOSPC);
	}
	transaction = transaction_create(&request->store->live, request_new_transaction_id(conn));
	if (transaction == NULL) {
		return -ENOMEM;
	}
	transaction->opened_ms = conn->subject.is_privileged ? 0 : store_now_ms();
	transaction->next = conn->transactions;
	conn->transactions = transaction;
	conn->transaction_count++;
	journal_note_transaction(request->store, conn, transaction->id, true);
	snprintf(text, sizeof(text), "%u", transaction->id);
	request_reply_text(request, text);
	return 0;
}

int request_transaction_end(const struct request *request)
{
	const char *how;
	int rc = request_strings(request, &how, 1);

	if (rc < 0 || (strcmp(how, "T") != 0 && strcmp(how, "F") != 0)) {
		return -EINVAL;
	}
	if (request->transaction == NULL) {
		return -ENOENT;
	}
	if (how[0] == 'T') {
		rc = store_commit(request->store, &request->conn->subject, request->transaction);
	}
	journal_note_transaction(request->store, request->conn, request->transaction->id, false);
	conn_end_transaction(request->conn, request->transaction);
	if (rc == 0) {
		request_reply_ok(request);
	}
	return rc;
}
