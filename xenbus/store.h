/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store as a whole: the live tree, who is connected, what fires when something changes.
 *
 * Every change of the live tree, whatever route it takes, passes store_apply() or store_commit();
 * both note it in the journal before watches fire.
 */
#ifndef XENBUS_STORE_H
#define XENBUS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "xenbus/quota.h"
#include "xenbus/refusals.h"
#include "xenbus/view.h"
#include "xenbus/watch.h"

struct conn;
struct domain_table;
struct journal;
struct transaction;

enum store_special {
	STORE_INTRODUCE_DOMAIN,
	STORE_RELEASE_DOMAIN,
	STORE_SPECIALS,
};

struct store {
	struct quota quota;
	struct tally tally;
	struct view live;
	struct watches watches;
	struct perms *special[STORE_SPECIALS];
	struct conn *conns;
	struct conn *dirty;		/* have output that nobody flushed yet */
	struct domain_table *domains;	/* NULL: no hypervisor, sockets only */
	struct journal *journal;	/* NULL: nothing is kept for a restart */
	bool has_news;			/* something to keep before anything leaves */
	uint64_t requests;		/* handled since the start */
	struct refusals refusals;
};

/* An empty store with the nodes every store has (/tool/xenstored). NULL when memory ran out. */
struct store *store_create(void);
/* All connections must be gone. */
void store_destroy(struct store *store);

/* Does @change on the live tree for @subject and fires watches. Returns as view_apply(). */
int store_apply(struct store *store, const struct subject *subject, struct change *change);
/* Ends @transaction (the caller destroys it) by making it live. Returns as transaction_commit(). */
int store_commit(struct store *store, const struct subject *subject,
		 struct transaction *transaction);

/* The special event called @name ("@releaseDomain"), or -EINVAL. */
int store_find_special(const char *name);
void store_fire_special(struct store *store, enum store_special special);
/* Takes over the reference to @perms. */
void store_set_special_perms(struct store *store, enum store_special special,
			     struct perms *perms);

/* @domid has died: its rights end, what it owned is nobody's. */
void store_void_domain(struct store *store, uint16_t domid);

/* @conn took input, or output was queued on it, by its own or by somebody else's request. */
void store_mark_moved(struct store *store, struct conn *conn);
void store_forget_dirty(struct store *store, struct conn *conn);
/* Sends what waits on all dirty connections. */
void store_flush_dirty(struct store *store);

/* Dooms transactions of unprivileged clients that are older than the quota allows. */
void store_expire_transactions(struct store *store, uint64_t now_ms);
/* Milliseconds of the monotonic clock. */
uint64_t store_now_ms(void);

/* Recounts the tree; the number of mismatches with what is kept (0: sound). For tests and CONTROL. */
unsigned int store_check(const struct store *store);
uint64_t store_count_nodes(const struct store *store);

#endif
