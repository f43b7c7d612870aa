/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions: a snapshot of the tree, edits on a private view of it, and one moment at which all
 * of them become visible.
 *
 * A snapshot is one reference. Two transactions conflict only when one has read what the other has
 * changed: each keeps the paths it read; at its end those paths must be in the live tree what they
 * were in the snapshot. If nothing at all has changed, the private view becomes the live one; else
 * the edits are done again on the live tree, and must all succeed again.
 *
 * A transaction belongs to one connection and is bounded by its quotas. One that stays open for
 * long while others edit pins old versions of nodes; it is given up after a time (doomed) and its
 * end answers "try again".
 */
#ifndef XENBUS_TRANSACTION_H
#define XENBUS_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "xenbus/view.h"

enum transaction_reads {
	TRANSACTION_READ_NODE = 1,     /* value, permissions, existence */
	TRANSACTION_READ_CHILDREN = 2, /* the list of children */
};

struct transaction_note;

struct transaction {
	struct transaction *next;      /* the connection's list */
	uint32_t id;
	bool is_doomed;
	bool is_ghost;		       /* begun in an earlier process: works, cannot commit */
	uint64_t opened_ms;
	struct view view;
	struct node *base;	       /* the snapshot's root */
	uint64_t deaths;	       /* tally's, at the snapshot */
	struct change *changes;
	uint32_t change_count;
	uint32_t change_room;
	struct transaction_note *notes; /* open-addressed table */
	uint32_t note_count;
	uint32_t note_room;
	uint64_t bytes;		       /* estimate of the memory it holds */
};

struct transaction *transaction_create(const struct view *live, uint32_t id);
void transaction_destroy(struct transaction *transaction);

/* Remembers that @path was read. Returns 0 or -ENOMEM. */
int transaction_note_read(struct transaction *transaction, const char *path, unsigned int what);
/* Does and remembers a change; moves the caller's references into the transaction on success. */
int transaction_apply(struct transaction *transaction, const struct subject *subject,
		      struct change *change);

/* Changes and paths so far, for the quota. */
uint32_t transaction_size(const struct transaction *transaction);

/*
 * Makes the changes part of @live: all of them (0) or none (-EAGAIN on a conflict, -ENOMEM). On
 * success transaction->changes say what happened. The caller destroys the transaction.
 */
int transaction_commit(struct transaction *transaction, const struct subject *subject,
		       struct view *live);

/* Lets go of snapshot and changes; later requests in it answer -EAGAIN. */
void transaction_doom(struct transaction *transaction);

#endif
