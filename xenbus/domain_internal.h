/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside domain*.c: the table of introduced domains, and how one of them takes its turn.
 */
#ifndef XENBUS_DOMAIN_INTERNAL_H
#define XENBUS_DOMAIN_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "toolstack/sys/log.h"
#include "xenbus/perms.h"
#include "xenbus/ring.h"

struct conn;
struct conn_transport;
struct domains_ops;
struct store;

struct domain {
	struct domain *next;
	struct domain_table *table;
	struct conn *conn;
	struct ring ring;
	uint64_t mfn;		/* where the builder said that the ring is */
	uint32_t port;		/* ours */
	uint32_t remote_port;
	uint16_t domid;
	bool has_shut_down;
	bool must_notify;	/* bytes moved since the last notification */
	bool is_ignored;	/* it broke its ring or the protocol */
	bool is_busy;		/* in table->busy */
	bool has_handle;
	uint8_t handle[16];
	struct domain *busy_next;
};

/* A set of domain ids. */
struct domain_set {
	uint64_t words[(PERMS_DOMIDS + 63) / 64];
};

struct domain_table {
	struct store *store;
	const struct domains_ops *ops;
	void *context;
	struct domain *first;
	struct domain *busy;
	uint32_t count;
	struct log_limit limit;
	struct domain *by_domid[PERMS_DOMIDS];
	struct domain_set alive;	    /* known to exist: their end will matter */
	bool was_named[PERMS_DOMIDS];	    /* in permissions, before it existed */
	struct domain **by_port;
	uint32_t port_room;
};

static inline bool domain_set_has(const struct domain_set *set, uint32_t domid)
{
	return set->words[domid / 64] & (1ull << (domid % 64));
}

static inline void domain_set_change(struct domain_set *set, uint32_t domid, bool must_have)
{
	uint64_t bit = 1ull << (domid % 64);

	if (must_have) {
		set->words[domid / 64] |= bit;
	} else {
		set->words[domid / 64] &= ~bit;
	}
}

/* A guest's ring, for conn_create(). */
extern const struct conn_transport domain_transport;

/* Gives @domain its turn: reconnection, then requests within a budget. */
void domain_run(struct domain *domain);
/* Its turn comes with domain_run_busy(). */
void domain_make_busy(struct domain *domain);

/*
 * A new domain in the table: its ring mapped at @page (taken over, also on failure), bound to the
 * port it offers. It has had no turn yet. Returns 0 or -errno.
 */
int domain_create(struct domain_table *table, uint16_t domid, void *page, uint32_t port);
/* @domid is gone: so are its connection, its rights and what it was the target of. Returns whether it had been introduced. */
bool domain_bury(struct domain_table *table, uint16_t domid);
/* Notes flags and target of @domid for a restart. */
void domain_note_flags(struct domain_table *table, uint16_t domid);

#endif
