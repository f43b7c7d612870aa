/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xenstored needs to come back after it was killed at any instant, under running guests.
 *
 * The journal is a file in memory-backed storage, mapped into the process: appending is a copy,
 * and what stands before the committed length survives the process without a system call. It is
 * for the death of the process, not of the machine: a journal of another boot is ignored.
 *
 * The rule that makes a kill harmless: nothing leaves the process (a byte on a socket or ring, a
 * consumer index) before journal_settle() has committed everything that led to it. A guest's
 * request is therefore either still in its ring, or done with its reply kept until it is in the
 * ring: it is handled exactly once. Clients on sockets reconnect by themselves.
 *
 * Kept: changes of the tree, deaths of domains, permissions of special events, changed limits; of
 * domains their introduction, target, stop, watches, numbers of open transactions (which end with
 * "try again" after a restart), and ring position with half messages and unsent output.
 *
 * Without memory or room the journal gives itself up: it says so in the log, removes its file, and
 * the store goes on without.
 */
#ifndef XENBUS_JOURNAL_H
#define XENBUS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xenbus/quota.h"

enum journal_reset {
	JOURNAL_RESET_WATCHES, /* and transactions are gone */
	JOURNAL_RESET_ALL,     /* input and output too */
	JOURNAL_RESET_RING,    /* and the ring begins at zero again */
};

struct change;
struct conn;
struct error;
struct journal;
struct perms;
struct restored;
struct store;
struct subject;

/*
 * Opens the journal at @path for @store, which is new. What an earlier process left there is
 * applied; *@restored is what there is to know of domains, NULL when nothing. From
 * journal_start() on changes are kept. Returns 0 or -errno.
 */
int journal_open(struct store *store, const char *path, struct restored **restored,
		 struct error *error);
/* Writes the state as it is into a fresh journal and begins to keep changes. */
int journal_start(struct store *store, struct error *error);
/* Keeps what is committed and closes; the file stays for the next process. */
void journal_close(struct store *store);

/* All these do nothing without a journal, or before journal_start(). */
void journal_note_change(struct store *store, const struct subject *subject,
			 const struct change *change);
void journal_note_special(struct store *store, unsigned int special, const struct perms *perms);
void journal_note_death(struct store *store, uint16_t domid);
void journal_note_quota(struct store *store, enum quota_kind kind, uint32_t value);
void journal_note_watch(struct store *store, const struct conn *conn, const char *path,
			const char *token, size_t prefix_bytes);
void journal_note_unwatch(struct store *store, const struct conn *conn, const char *path,
			  const char *token);
void journal_note_transaction(struct store *store, const struct conn *conn, uint32_t id,
			      bool is_open);
void journal_note_reset(struct store *store, const struct conn *conn, enum journal_reset reset);
void journal_note_introduction(struct store *store, uint16_t domid, uint64_t mfn, uint32_t port,
			       const uint8_t handle[16]);
void journal_note_release(struct store *store, uint16_t domid);
/* What permissions and stops depend on: JOURNAL_FLAG_*. */
void journal_note_flags(struct store *store, uint16_t domid, unsigned int flags, uint16_t target);

enum journal_flags {
	JOURNAL_FLAG_ALIVE = 1,	    /* known to exist */
	JOURNAL_FLAG_NAMED = 2,	    /* named in permissions before it existed */
	JOURNAL_FLAG_SHUT_DOWN = 4, /* its stop has been told */
};

/*
 * Commits all that was noted, with the state of every connection that moved, and then lets
 * transports publish what they consumed. Call before anything leaves the process.
 */
void journal_settle(struct store *store);

#endif
