// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the store by the bytes its clients send: dom0's and two guests', interleaved.
 *
 * The input is a list of pieces: who (2 bits), raw or framed (1 bit), a length, bytes. A raw piece
 * goes in as it is; a framed one gets a header with a type and a transaction number from its
 * first two bytes, so that the fuzzer reaches the requests without guessing lengths. Afterwards
 * the tree must be sound, and nothing of a client may stay when it has gone. The store serves all
 * inputs, emptied in between: making one costs more than most inputs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toolstack/sys/log.h"
#include "xenbus/conn.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/store.h"

#define CLIENTS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ssize_t discard_read(struct conn *conn, void *buffer, size_t bytes)
{
	(void)conn;
	(void)buffer;
	(void)bytes;
	return 0;
}

/* The third client never takes anything. */
static ssize_t discard_write(struct conn *conn, const struct iovec *parts, int count)
{
	ssize_t total = 0;
	int i;

	for (i = 0; i < count && conn->subject.domid != 6; i++) {
		total += (ssize_t)parts[i].iov_len;
	}
	return total;
}

static const struct conn_transport discard = { .read = discard_read, .write = discard_write };

static void feed_framed(struct conn *conn, const uint8_t *data, size_t bytes)
{
	struct xsd_sockmsg header = { .req_id = 1 };

	if (bytes < 2) {
		return;
	}
	header.type = data[0] % 24;
	header.tx_id = data[1] % 8;
	header.len = (uint32_t)bytes - 2;
	conn_feed(conn, (const char *)&header, sizeof(header));
	conn_feed(conn, (const char *)data + 2, bytes - 2);
}

/* Removes all nodes and forgets what a client of dom0 may have set. */
static void empty(struct store *store)
{
	static const struct subject dom0 = { 0, PERMS_NO_DOMID, true };
	struct node *node;

	while ((node = store->live.root->children) != NULL) {
		char path[PATH_BYTES];
		struct change change = { .kind = CHANGE_RM, .path = path };

		snprintf(path, sizeof(path), "/%s", node->name);
		if (store_apply(store, &dom0, &change) != 0) {
			abort();
		}
		change_release(&change);
	}
	quota_set_defaults(&store->quota);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t domids[CLIENTS] = { 0, 5, 6 };
	static struct store *store;
	struct conn *conns[CLIENTS];
	size_t at = 0;
	int i;

	if (store == NULL) {
		store = store_create();
		log_init("fuzz", LOG_LEVEL_ERROR);
	}
	for (i = 0; i < CLIENTS; i++) {
		const struct subject subject = { domids[i], PERMS_NO_DOMID, domids[i] == 0 };

		conns[i] = conn_create(store, &subject, &discard, NULL);
	}
	while (size - at >= 2) {
		struct conn *conn = conns[data[at] % CLIENTS];
		size_t bytes = data[at + 1];
		bool is_raw = data[at] & 0x80;

		at += 2;
		bytes = bytes < size - at ? bytes : size - at;
		if (is_raw) {
			conn_feed(conn, (const char *)data + at, bytes);
		} else if (conn->header_have == 0) {
			feed_framed(conn, data + at, bytes);
		}
		at += bytes;
		store_flush_dirty(store);
	}
	if (store_check(store) != 0) {
		abort();
	}
	for (i = 0; i < CLIENTS; i++) {
		conn_destroy(conns[i]);
	}
	empty(store);
	if (store->watches.point_count != 0 || store->conns != NULL) {
		abort();
	}
	return 0;
}
