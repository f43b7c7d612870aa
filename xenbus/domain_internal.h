/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside domain*.c: the table of introduced domains, and how one of them takes its turn.
 */
#ifndef XENBUS_DOMAIN_INTERNAL_H
#define XENBUS_DOMAIN_INTERNAL_H

#include <public/io_xenstore.h>
#include <stdbool.h>
#include <stdint.h>

#include "toolstack/sys/log.h"
#include "xenbus/perms.h"

struct conn;
struct conn_transport;
struct domains_ops;
struct store;

struct domain {
	struct domain *next;
	struct domain_table *table;
	struct conn *conn;
	struct xenstore_domain_interface *ring;
	uint32_t port;
	uint16_t domid;
	bool has_shut_down;
	bool must_notify;	/* bytes moved since the last notification */
	bool is_ignored;	/* it broke its ring or the protocol */
	bool is_busy;		/* in table->busy */
	bool has_handle;
	uint8_t handle[16];
	struct domain *busy_next;
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
	bool is_alive[PERMS_DOMIDS];	    /* known to exist: its end will matter */
	bool was_named[PERMS_DOMIDS];	    /* in permissions, before it existed */
	struct domain **by_port;
	uint32_t port_room;
};

/* A guest's ring, for conn_create(). */
extern const struct conn_transport domain_transport;

/* Gives @domain its turn: reconnection, then requests within a budget. */
void domain_run(struct domain *domain);

#endif
