// SPDX-License-Identifier: GPL-2.0-only
/*
 * From events to records, the commit of a turn, and the snapshot that begins a journal.
 */
#include "xenbus/journal.h"

#include <stdio.h>
#include <string.h>

#include "toolstack/sys/error.h"
#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/journal_file.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/store.h"
#include "xenbus/transaction.h"
#include "xenbus/view.h"
#include "xenbus/watch.h"

static char *journal_put(char *at, const void *data, size_t bytes)
{
	if (bytes != 0) {
		memcpy(at, data, bytes);
	}
	return at + bytes;
}

void journal_note_change(struct store *store, const struct subject *subject,
			 const struct change *change)
{
	struct journal_change record = {
		.kind = (uint8_t)change->kind,
		.is_privileged = subject->is_privileged,
		.target = subject->target,
		.path_bytes = (uint32_t)strlen(change->path) + 1,
	};
	const void *data = NULL;
	char *at;

	if (change->kind == CHANGE_WRITE && change->value != NULL) {
		data = change->value->data;
		record.data_bytes = change->value->length;
	} else if (change->kind == CHANGE_SET_PERMS) {
		data = change->perms->entry;
		record.data_bytes = change->perms->count * (uint32_t)sizeof(struct perms_entry);
	}
	at = journal_append(store, JOURNAL_CHANGE, subject->domid,
			    sizeof(record) + record.path_bytes + record.data_bytes);
	if (at != NULL) {
		at = journal_put(at, &record, sizeof(record));
		at = journal_put(at, change->path, record.path_bytes);
		journal_put(at, data, record.data_bytes);
	}
}

void journal_note_special(struct store *store, unsigned int special, const struct perms *perms)
{
	size_t bytes = perms->count * sizeof(struct perms_entry);
	char *at = journal_append(store, JOURNAL_SPECIAL, (uint16_t)special, bytes);

	if (at != NULL) {
		journal_put(at, perms->entry, bytes);
	}
}

void journal_note_death(struct store *store, uint16_t domid)
{
	journal_append(store, JOURNAL_DEATH, domid, 0);
}

void journal_note_quota(struct store *store, enum quota_kind kind, uint32_t value)
{
	char *at = journal_append(store, JOURNAL_QUOTA, (uint16_t)kind, sizeof(value));

	if (at != NULL) {
		journal_put(at, &value, sizeof(value));
	}
}

static void journal_note_strings(struct store *store, enum journal_kind kind,
				 const struct conn *conn, const char *path, const char *token)
{
	size_t path_bytes = strlen(path) + 1;
	size_t token_bytes = strlen(token) + 1;
	char *at = journal_append(store, kind, conn->subject.domid, path_bytes + token_bytes);

	if (at != NULL) {
		journal_put(journal_put(at, path, path_bytes), token, token_bytes);
	}
}

void journal_note_watch(struct store *store, const struct conn *conn, const char *path,
			const char *token, size_t prefix_bytes)
{
	uint64_t prefix = prefix_bytes;
	size_t path_bytes = strlen(path) + 1;
	size_t token_bytes = strlen(token) + 1;
	char *at;

	if (!conn->is_durable) {
		return;
	}
	at = journal_append(store, JOURNAL_WATCH, conn->subject.domid,
			    sizeof(prefix) + path_bytes + token_bytes);
	if (at != NULL) {
		at = journal_put(at, &prefix, sizeof(prefix));
		journal_put(journal_put(at, path, path_bytes), token, token_bytes);
	}
}

void journal_note_unwatch(struct store *store, const struct conn *conn, const char *path,
			  const char *token)
{
	if (conn->is_durable) {
		journal_note_strings(store, JOURNAL_UNWATCH, conn, path, token);
	}
}

void journal_note_transaction(struct store *store, const struct conn *conn, uint32_t id,
			      bool is_open)
{
	uint32_t record[2] = { id, is_open };
	char *at;

	if (!conn->is_durable) {
		return;
	}
	at = journal_append(store, JOURNAL_TRANSACTION, conn->subject.domid, sizeof(record));
	if (at != NULL) {
		journal_put(at, record, sizeof(record));
	}
}

void journal_note_reset(struct store *store, const struct conn *conn, enum journal_reset reset)
{
	uint32_t record = reset;
	char *at;

	if (!conn->is_durable) {
		return;
	}
	at = journal_append(store, JOURNAL_RESET, conn->subject.domid, sizeof(record));
	if (at != NULL) {
		journal_put(at, &record, sizeof(record));
	}
}

void journal_note_introduction(struct store *store, uint16_t domid, uint64_t mfn, uint32_t port,
			       const uint8_t handle[16])
{
	struct journal_introduce record = { .mfn = mfn, .port = port };
	char *at = journal_append(store, JOURNAL_INTRODUCE, domid, sizeof(record));

	if (at != NULL) {
		memcpy(record.handle, handle, sizeof(record.handle));
		journal_put(at, &record, sizeof(record));
	}
}

void journal_note_release(struct store *store, uint16_t domid)
{
	journal_append(store, JOURNAL_RELEASE, domid, 0);
}

void journal_note_flags(struct store *store, uint16_t domid, unsigned int flags, uint16_t target)
{
	uint32_t record[2] = { flags, target };
	char *at = journal_append(store, JOURNAL_FLAGS, domid, sizeof(record));

	if (at != NULL) {
		journal_put(at, record, sizeof(record));
	}
}

/* --- a turn ---------------------------------------------------------------------------------- */

/* Where @conn stands, with the output that is new; with all of it when @is_whole. */
static void journal_note_turn(struct store *store, struct conn *conn, bool is_whole)
{
	struct journal_turn turn = { .has_overflowed = conn->has_overflowed };
	size_t input = conn_input_bytes(conn);
	size_t output = conn_unkept_bytes(conn, is_whole);
	char *at;

	conn->transport->position(conn, &turn.req_cons, &turn.rsp_prod);
	turn.input_bytes = (uint32_t)input;
	turn.output_bytes = (uint32_t)output;
	at = journal_append(store, JOURNAL_TURN, conn->subject.domid,
			    sizeof(turn) + input + output);
	if (at != NULL) {
		at = journal_put(at, &turn, sizeof(turn));
		conn_copy_input(conn, at);
		conn_copy_unkept(conn, is_whole, at + input);
	}
}

void journal_settle(struct store *store)
{
	struct conn *conn;

	if (!store->has_news) {
		return;
	}
	for (conn = store->dirty; conn != NULL; conn = conn->dirty_next) {
		if (conn->is_durable && conn->has_moved) {
			journal_note_turn(store, conn, false);
		}
	}
	store->has_news = false;
	if (store->journal != NULL && store->journal->is_keeping) {
		journal_commit(store->journal);
		if (store->journal->used > store->journal->compact_at) {
			struct error error;

			if (journal_start(store, &error) < 0) {
				journal_give_up(store, error.sentence);
			}
			store->has_news = false;
		}
	}
	for (conn = store->dirty; conn != NULL; conn = conn->dirty_next) {
		if (conn->has_moved) {
			conn->has_moved = false;
			conn_mark_kept(conn);
			if (conn->transport->publish != NULL) {
				conn->transport->publish(conn);
			}
		}
	}
}

/* --- a snapshot ------------------------------------------------------------------------------ */

static const struct subject journal_dom0 = {
	.domid = 0, .target = PERMS_NO_DOMID, .is_privileged = true,
};

/* A copy of @perms without the entries that are void; NULL ends the journal. */
static struct perms *journal_filter_perms(struct store *store, const struct perms *perms)
{
	const struct lives *lives = &store->tally.lives;
	struct perms *copy = perms_create(perms->entry, perms->count, 0);
	uint32_t i;

	if (copy == NULL) {
		journal_give_up(store, "no memory");
		return NULL;
	}
	copy->entry[0].domid = perms_owner(perms, lives);
	copy->count = 1;
	for (i = 1; i < perms->count; i++) {
		if (!perms_entry_is_void(perms, i, lives)) {
			copy->entry[copy->count++] = perms->entry[i];
		}
	}
	return copy;
}

static void journal_snapshot_perms(struct store *store, const char *path,
				   const struct perms *perms)
{
	struct change change = { .kind = CHANGE_SET_PERMS, .path = path };

	change.perms = journal_filter_perms(store, perms);
	if (change.perms != NULL) {
		journal_note_change(store, &journal_dom0, &change);
	}
	change_release(&change);
}

static void journal_snapshot_special(struct store *store, unsigned int special)
{
	struct perms *perms = journal_filter_perms(store, store->special[special]);

	if (perms != NULL) {
		journal_note_special(store, special, perms);
	}
	perms_put(perms);
}

struct journal_walk {
	struct store *store;
	char path[PATH_BYTES];
};

static void journal_snapshot_nodes(struct journal_walk *walk, const struct node *parent,
				   const struct node *node, size_t length)
{
	for (; node != NULL; node = node->right) {
		struct change change = { .kind = CHANGE_WRITE, .path = walk->path };

		journal_snapshot_nodes(walk, parent, node->left, length);
		walk->path[length] = '/';
		memcpy(walk->path + length + 1, node->name, node->name_length + 1);
		change.value = node->value;
		journal_note_change(walk->store, &journal_dom0, &change);
		/* Who inherited its list will inherit it again. */
		if (node->perms != parent->perms) {
			journal_snapshot_perms(walk->store, walk->path, node->perms);
		}
		journal_snapshot_nodes(walk, node, node->children, length + 1 + node->name_length);
	}
}

static void journal_snapshot_conn(struct store *store, struct conn *conn)
{
	const struct watch *watch;
	const struct transaction *transaction = conn->transactions;

	/* The newest come first in the list; the order of watches does not matter. */
	for (watch = conn->watches; watch != NULL; watch = watch->conn_next) {
		journal_note_watch(store, conn, watch_path(watch), watch->token,
				   watch->prefix_bytes);
	}
	for (; transaction != NULL; transaction = transaction->next) {
		journal_note_transaction(store, conn, transaction->id, true);
	}
	journal_note_turn(store, conn, true);
	/* All of its output is in the file now: the next turn adds what is new. */
	conn_mark_kept(conn);
}

void journal_write_snapshot(struct store *store)
{
	struct journal_walk walk = { .store = store, .path = "/" };
	struct conn *conn;
	unsigned int i;

	for (i = 0; i < QUOTA_COUNT; i++) {
		if (store->quota.changed & (1u << i)) {
			journal_note_quota(store, (enum quota_kind)i, store->quota.limit[i]);
		}
	}
	journal_snapshot_perms(store, walk.path, store->live.root->perms);
	journal_snapshot_nodes(&walk, store->live.root, store->live.root->children, 0);
	for (i = 0; i < STORE_SPECIALS; i++) {
		journal_snapshot_special(store, i);
	}
	domain_note_all(store);
	for (conn = store->conns; conn != NULL; conn = conn->next) {
		if (conn->is_durable) {
			journal_snapshot_conn(store, conn);
		}
	}
}
