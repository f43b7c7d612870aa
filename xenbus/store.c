// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live tree and the firing of watches.
 *
 * A client hears of a change when it may read the node as it is, as it was, or when it may read
 * the parent: the three of them together let nobody learn more than a READ or DIRECTORY would
 * tell, and nobody miss the end of a node it could see.
 */
#include "xenbus/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xenbus/conn.h"
#include "xenbus/journal.h"
#include "xenbus/memory.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/transaction.h"

static const char *const store_special_names[STORE_SPECIALS] = {
	[STORE_INTRODUCE_DOMAIN] = "@introduceDomain",
	[STORE_RELEASE_DOMAIN] = "@releaseDomain",
};

static int store_populate(struct store *store)
{
	static const struct subject dom0 = {
		.domid = 0, .target = PERMS_NO_DOMID, .is_privileged = true,
	};
	static const struct perms_entry closed = { .domid = 0, .rights = PERMS_NONE };
	struct change tool = { .kind = CHANGE_MKDIR, .path = "/tool/xenstored" };
	size_t i;

	for (i = 0; i < STORE_SPECIALS; i++) {
		store->special[i] = perms_create(&closed, 1, ++store->tally.generation);
		if (store->special[i] == NULL) {
			return -ENOMEM;
		}
	}
	return view_apply(&store->live, &dom0, &tool);
}

struct store *store_create(void)
{
	struct store *store = memory_allocate(sizeof(*store));

	if (store == NULL) {
		return NULL;
	}
	quota_set_defaults(&store->quota);
	store->tally.quota = &store->quota;
	if (watches_create(&store->watches) < 0 ||
	    view_create_live(&store->live, &store->tally) < 0 || store_populate(store) < 0) {
		store_destroy(store);
		return NULL;
	}
	return store;
}

void store_destroy(struct store *store)
{
	size_t i;

	view_release(&store->live);
	for (i = 0; i < STORE_SPECIALS; i++) {
		perms_put(store->special[i]);
	}
	watches_destroy(&store->watches);
	memory_free(store);
}

/* --- firing --------------------------------------------------------------------------------- */

struct store_event {
	struct store *store;
	const char *path;
	const struct change *change;  /* to find @perms from, once a watch is found; NULL: set */
	const struct perms *perms[3]; /* may be NULL each: now, before, the parent's */
};

/* Whose rights decide on who hears of event->change. */
static void store_find_perms(struct store_event *event)
{
	const struct change *change = event->change;
	const struct view *live = &event->store->live;
	const char *rest;
	const struct node *node = view_find_nearest(live, change->path, &rest);
	char parent[PATH_BYTES];

	event->change = NULL;
	event->perms[0] = *rest == '\0' ? node->perms : NULL;
	event->perms[1] = change->removed != NULL ? change->removed->perms : change->old_perms;
	if (*rest != '\0') {
		event->perms[2] = node->perms;
	} else if (node != live->root) {
		size_t length = path_parent_length(change->path);

		memcpy(parent, change->path, length);
		parent[length] = '\0';
		event->perms[2] = view_find(live, parent)->perms;
	}
}

static void store_deliver(struct watch *watch, void *arg)
{
	struct store_event *event = arg;
	size_t i;

	if (event->change != NULL) {
		store_find_perms(event);
	}
	for (i = 0; i < 3; i++) {
		if (event->perms[i] != NULL &&
		    (perms_rights_of(event->perms[i], &watch->conn->subject,
				     &event->store->tally.lives) & PERMS_READ)) {
			conn_send_event(watch->conn, watch, event->path);
			return;
		}
	}
}

void store_fire_special(struct store *store, enum store_special special)
{
	struct store_event event = {
		.store = store,
		.path = store_special_names[special],
		.perms = { store->special[special] },
	};

	watches_match_exact(&store->watches, event.path, store_deliver, &event);
}

struct store_removal {
	struct store *store;
	char path[PATH_BYTES];
};

/* Watches on exactly the nodes below a removed one: each hears of its own node. */
static void store_fire_below(struct store_removal *removal, const struct node *parent,
			     const struct node *node, size_t length)
{
	for (; node != NULL; node = node->right) {
		struct store_event event = {
			.store = removal->store,
			.path = removal->path,
			.perms = { node->perms, NULL, parent->perms },
		};
		size_t end = length + 1 + node->name_length;

		store_fire_below(removal, parent, node->left, length);
		removal->path[length] = '/';
		memcpy(removal->path + length + 1, node->name, node->name_length + 1);
		watches_match_exact(&removal->store->watches, removal->path, store_deliver, &event);
		store_fire_below(removal, node, node->children, end);
	}
}

static void store_fire(struct store *store, const struct change *change)
{
	struct store_event event = { .store = store, .path = change->path, .change = change };

	watches_match(&store->watches, change->path, store_deliver, &event);
	if (change->removed != NULL && change->removed->children != NULL &&
	    store->watches.point_count != 0) {
		struct store_removal removal = { .store = store };
		size_t length = strlen(change->path);

		memcpy(removal.path, change->path, length);
		store_fire_below(&removal, change->removed, change->removed->children, length);
	}
}

/* --- changing ------------------------------------------------------------------------------- */

int store_apply(struct store *store, const struct subject *subject, struct change *change)
{
	int rc = view_apply(&store->live, subject, change);

	if (rc == 0 && change->had_effect) {
		journal_note_change(store, subject, change);
		store_fire(store, change);
	}
	return rc;
}

int store_commit(struct store *store, const struct subject *subject,
		 struct transaction *transaction)
{
	int rc = transaction_commit(transaction, subject, &store->live);
	uint32_t i;

	if (rc < 0) {
		return rc;
	}
	for (i = 0; i < transaction->change_count; i++) {
		if (transaction->changes[i].had_effect) {
			journal_note_change(store, subject, &transaction->changes[i]);
		}
	}
	for (i = 0; i < transaction->change_count; i++) {
		if (transaction->changes[i].had_effect) {
			store_fire(store, &transaction->changes[i]);
		}
	}
	return 0;
}

int store_find_special(const char *name)
{
	int i;

	for (i = 0; i < STORE_SPECIALS; i++) {
		if (strcmp(name, store_special_names[i]) == 0) {
			return i;
		}
	}
	return -EINVAL;
}

void store_set_special_perms(struct store *store, enum store_special special,
			     struct perms *perms)
{
	perms_put(store->special[special]);
	store->special[special] = perms;
	journal_note_special(store, special, perms);
}

void store_void_domain(struct store *store, uint16_t domid)
{
	store->tally.lives.born[domid] = ++store->tally.generation;
	store->tally.nodes[domid] = 0;
	store->tally.deaths++;
	refusals_forget(&store->refusals, domid);
	journal_note_death(store, domid);
}

/* --- connections with output ----------------------------------------------------------------- */

void store_mark_moved(struct store *store, struct conn *conn)
{
	store->has_news = true;
	conn->has_moved = true;
	if (!conn->is_dirty) {
		conn->is_dirty = true;
		conn->dirty_next = store->dirty;
		store->dirty = conn;
	}
}

void store_forget_dirty(struct store *store, struct conn *conn)
{
	struct conn **link = &store->dirty;

	if (!conn->is_dirty) {
		return;
	}
	while (*link != conn) {
		link = &(*link)->dirty_next;
	}
	*link = conn->dirty_next;
	conn->is_dirty = false;
}

void store_flush_dirty(struct store *store)
{
	journal_settle(store);
	while (store->dirty != NULL) {
		struct conn *conn = store->dirty;

		store->dirty = conn->dirty_next;
		conn->is_dirty = false;
		conn_flush(conn);
		/* A flush may queue events that were owed; what it cannot send waits for the client. */
		if (conn->is_dirty) {
			store_forget_dirty(store, conn);
		}
		if (conn->transport->settle != NULL) {
			conn->transport->settle(conn);
		}
	}
}

/* --- time and checks ------------------------------------------------------------------------- */

uint64_t store_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void store_expire_transactions(struct store *store, uint64_t now_ms)
{
	uint64_t age_ms = store->quota.limit[QUOTA_TRANSACTION_SECONDS] * 1000ull;
	struct conn *conn;
	struct transaction *transaction;

	for (conn = store->conns; conn != NULL; conn = conn->next) {
		transaction = conn->subject.is_privileged ? NULL : conn->transactions;
		for (; transaction != NULL; transaction = transaction->next) {
			if (!transaction->is_doomed && now_ms - transaction->opened_ms >= age_ms) {
				transaction_doom(transaction);
			}
		}
	}
}

static unsigned int store_recount(const struct store *store, const struct node *node,
				  uint32_t *nodes)
{
	unsigned int wrong = 0;

	for (; node != NULL; node = node->right) {
		uint32_t names = siblings_names_bytes(node->left) +
				 siblings_names_bytes(node->right) + node->name_length + 1;

		wrong += node->refs == 0 || node->perms->refs == 0 || names != node->names_bytes;
		if (!perms_entry_is_void(node->perms, 0, &store->tally.lives)) {
			nodes[node->perms->entry[0].domid]++;
		}
		wrong += store_recount(store, node->left, nodes);
		wrong += store_recount(store, node->children, nodes);
	}
	return wrong;
}

unsigned int store_check(const struct store *store)
{
	uint32_t *nodes = calloc(PERMS_DOMIDS, sizeof(*nodes));
	unsigned int wrong = 0;
	uint32_t i;

	if (nodes == NULL) {
		return 1;
	}
	wrong += store_recount(store, store->live.root, nodes);
	for (i = 0; i < PERMS_DOMIDS; i++) {
		wrong += nodes[i] != store->tally.nodes[i];
	}
	free(nodes);
	return wrong;
}

static uint64_t store_count_below(const struct node *node)
{
	uint64_t count = 0;

	for (; node != NULL; node = node->right) {
		count += 1 + store_count_below(node->left) + store_count_below(node->children);
	}
	return count;
}

uint64_t store_count_nodes(const struct store *store)
{
	return store_count_below(store->live.root);
}
