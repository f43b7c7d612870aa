// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshot, notes, replay. Snapshot isolation becomes serialisability because every read is
 * checked at the end and writes are blind: what a change returned to the client depends only on
 * rights and existence, and it must return the same when it is done again.
 */
#include "xenbus/transaction.h"

#include <errno.h>
#include <string.h>

#include "xenbus/memory.h"
#include "xenbus/node.h"

/* What a change costs beyond its path and value: its record, copied nodes. */
#define TRANSACTION_CHANGE_BYTES 512
#define TRANSACTION_NOTE_BYTES 64

struct transaction_note {
	uint64_t hash;
	char *path; /* NULL: free slot */
	unsigned int what;
};

struct transaction *transaction_create(const struct view *live, uint32_t id)
{
	struct transaction *transaction = memory_allocate(sizeof(*transaction));

	if (transaction == NULL) {
		return NULL;
	}
	transaction->id = id;
	view_fork(&transaction->view, live);
	transaction->base = node_get(live->root);
	transaction->deaths = live->tally->deaths;
	return transaction;
}

void transaction_doom(struct transaction *transaction)
{
	uint32_t i;

	for (i = 0; i < transaction->change_count; i++) {
		memory_free((char *)transaction->changes[i].path);
		change_release(&transaction->changes[i]);
	}
	for (i = 0; i < transaction->note_room; i++) {
		memory_free(transaction->notes[i].path);
	}
	memory_free(transaction->changes);
	memory_free(transaction->notes);
	transaction->changes = NULL;
	transaction->notes = NULL;
	transaction->change_count = 0;
	transaction->change_room = 0;
	transaction->note_count = 0;
	transaction->note_room = 0;
	view_release(&transaction->view);
	node_put(transaction->base);
	transaction->base = NULL;
	transaction->bytes = 0;
	transaction->is_doomed = true;
}

void transaction_destroy(struct transaction *transaction)
{
	transaction_doom(transaction);
	memory_free(transaction);
}

uint32_t transaction_size(const struct transaction *transaction)
{
	return transaction->change_count + transaction->note_count;
}

static uint64_t transaction_hash(const char *path)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; *path != '\0'; path++) {
		hash = (hash ^ (unsigned char)*path) * 0x100000001b3ull;
	}
	return hash ^ (hash >> 31);
}

/* The slot of @path or the free one where it belongs; the table is never full. */
static struct transaction_note *transaction_find_note(struct transaction_note *notes,
						      uint32_t room, uint64_t hash,
						      const char *path)
{
	uint32_t i = (uint32_t)hash & (room - 1);

	while (notes[i].path != NULL &&
	       (notes[i].hash != hash || strcmp(notes[i].path, path) != 0)) {
		i = (i + 1) & (room - 1);
	}
	return &notes[i];
}

static int transaction_grow_notes(struct transaction *transaction)
{
	uint32_t room = transaction->note_room != 0 ? transaction->note_room * 2 : 8;
	struct transaction_note *notes = memory_allocate(room * sizeof(notes[0]));
	uint32_t i;

	if (notes == NULL) {
		return -ENOMEM;
	}
	for (i = 0; i < transaction->note_room; i++) {
		struct transaction_note *old = &transaction->notes[i];

		if (old->path != NULL) {
			*transaction_find_note(notes, room, old->hash, old->path) = *old;
		}
	}
	memory_free(transaction->notes);
	transaction->notes = notes;
	transaction->note_room = room;
	return 0;
}

int transaction_note_read(struct transaction *transaction, const char *path, unsigned int what)
{
	uint64_t hash = transaction_hash(path);
	struct transaction_note *note;

	if (2 * (transaction->note_count + 1) > transaction->note_room &&
	    transaction_grow_notes(transaction) < 0) {
		return -ENOMEM;
	}
	note = transaction_find_note(transaction->notes, transaction->note_room, hash, path);
	if (note->path == NULL) {
		note->path = memory_copy_string(path);
		if (note->path == NULL) {
			return -ENOMEM;
		}
		note->hash = hash;
		note->what = 0;
		transaction->note_count++;
		transaction->bytes += TRANSACTION_NOTE_BYTES + strlen(path);
	}
	note->what |= what;
	return 0;
}

static int transaction_reserve_change(struct transaction *transaction)
{
	uint32_t room = transaction->change_room != 0 ? transaction->change_room * 2 : 4;
	struct change *grown;

	if (transaction->change_count < transaction->change_room) {
		return 0;
	}
	grown = memory_resize(transaction->changes, room * sizeof(grown[0]));
	if (grown == NULL) {
		return -ENOMEM;
	}
	transaction->changes = grown;
	transaction->change_room = room;
	return 0;
}

int transaction_apply(struct transaction *transaction, const struct subject *subject,
		      struct change *change)
{
	char *path;
	int rc = transaction_reserve_change(transaction);

	if (rc < 0) {
		return rc;
	}
	path = memory_copy_string(change->path);
	if (path == NULL) {
		return -ENOMEM;
	}
	rc = view_apply(&transaction->view, subject, change);
	if (rc < 0) {
		memory_free(path);
		return rc;
	}
	transaction->bytes += TRANSACTION_CHANGE_BYTES + strlen(path) +
			      (change->value != NULL ? change->value->length : 0);
	transaction->changes[transaction->change_count] = *change;
	transaction->changes[transaction->change_count].path = path;
	transaction->change_count++;
	*change = (struct change){ .kind = change->kind, .path = change->path };
	return 0;
}

static bool transaction_note_holds(const struct transaction_note *note, struct view *base,
				   const struct view *live)
{
	const struct node *then = view_find(base, note->path);
	const struct node *now = view_find(live, note->path);

	if (then == now) {
		return true;
	}
	if (then == NULL || now == NULL || then->perms != now->perms) {
		return false;
	}
	if ((note->what & TRANSACTION_READ_NODE) && then->generation != now->generation) {
		return false;
	}
	return !(note->what & TRANSACTION_READ_CHILDREN) ||
	       then->children_generation == now->children_generation;
}

static bool transaction_reads_hold(const struct transaction *transaction, const struct view *live)
{
	struct view base = { .tally = transaction->view.tally, .root = transaction->base };
	uint32_t i;

	for (i = 0; i < transaction->note_room; i++) {
		if (transaction->notes[i].path != NULL &&
		    !transaction_note_holds(&transaction->notes[i], &base, live)) {
			return false;
		}
	}
	return true;
}

/* Does all changes again on a fork of @live. */
static int transaction_replay(struct transaction *transaction, const struct subject *subject,
			      const struct view *live)
{
	struct view work;
	uint32_t i;

	view_fork(&work, live);
	for (i = 0; i < transaction->change_count; i++) {
		int rc = view_apply(&work, subject, &transaction->changes[i]);

		if (rc < 0) {
			view_release(&work);
			return rc == -ENOMEM ? -ENOMEM : -EAGAIN;
		}
	}
	view_release(&transaction->view);
	transaction->view = work;
	return 0;
}

int transaction_commit(struct transaction *transaction, const struct subject *subject,
		       struct view *live)
{
	int rc;

	if (transaction->is_doomed || transaction->is_ghost) {
		return -EAGAIN;
	}
	/* A domain's death changes rights without changing a node. */
	if (transaction->base != live->root || transaction->deaths != live->tally->deaths) {
		if (!transaction_reads_hold(transaction, live)) {
			return -EAGAIN;
		}
		if (transaction->change_count == 0) {
			return 0;
		}
		rc = transaction_replay(transaction, subject, live);
		if (rc < 0) {
			return rc;
		}
	}
	view_become(live, &transaction->view);
	return 0;
}
