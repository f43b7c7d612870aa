// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's ring as a connection's transport, and the turns that guests take.
 *
 * Notifications are sent once per turn, however much moved. A guest that breaks its ring or the
 * protocol hears of it in the page's error field and is ignored until it asks to reconnect.
 */
#include "xenbus/domain_internal.h"

#include <errno.h>

#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/domains.h"
#include "xenbus/ring.h"
#include "xenbus/store.h"

static ssize_t domain_read(struct conn *conn, void *buffer, size_t bytes)
{
	struct domain *domain = conn->transport_data;
	ssize_t got = ring_read(domain->ring, buffer, bytes);

	domain->must_notify |= got > 0;
	return got;
}

static ssize_t domain_write(struct conn *conn, const struct iovec *parts, int count)
{
	struct domain *domain = conn->transport_data;
	ssize_t total = 0;
	int i;

	for (i = 0; i < count; i++) {
		ssize_t put = ring_write(domain->ring, parts[i].iov_base, parts[i].iov_len);

		if (put < 0) {
			return put;
		}
		total += put;
		if ((size_t)put < parts[i].iov_len) {
			break;
		}
	}
	domain->must_notify |= total > 0;
	return total;
}

static void domain_settle(struct conn *conn)
{
	struct domain *domain = conn->transport_data;

	if (domain->must_notify) {
		domain->must_notify = false;
		domain->table->ops->notify(domain->table->context, domain->port);
	}
}

const struct conn_transport domain_transport = {
	.read = domain_read,
	.write = domain_write,
	.settle = domain_settle,
};

/* The guest broke the contract: it hears why, and is not listened to any more. */
static void domain_ignore(struct domain *domain)
{
	int error = domain->conn->error;

	log_write_limited(&domain->table->limit, LOG_LEVEL_WARNING,
			  "domain %u: %s; it is ignored until it reconnects", domain->domid,
			  error == -ERANGE ? "ring indices out of range"
			  : error == -EPROTO ? "message longer than 4096 bytes"
					     : "no memory for its messages");
	domain->is_ignored = true;
	conn_reset(domain->conn);
	__atomic_store_n(&domain->ring->error,
			 error == -ERANGE   ? XENSTORE_ERROR_RINGIDX
			 : error == -EPROTO ? XENSTORE_ERROR_PROTO
					    : XENSTORE_ERROR_COMM,
			 __ATOMIC_RELEASE);
	domain->table->ops->notify(domain->table->context, domain->port);
}

/* The guest asked for a fresh start: everything of the old connection goes. */
static void domain_reconnect(struct domain *domain)
{
	struct xenstore_domain_interface *ring = domain->ring;

	conn_reset(domain->conn);
	domain->is_ignored = false;
	ring->req_cons = 0;
	ring->req_prod = 0;
	ring->rsp_cons = 0;
	ring->rsp_prod = 0;
	ring->error = XENSTORE_ERROR_NONE;
	/* Pairs with the guest's load of connection before it uses the ring. */
	__atomic_store_n(&ring->connection, XENSTORE_CONNECTED, __ATOMIC_RELEASE);
	domain->table->ops->notify(domain->table->context, domain->port);
}

void domain_run(struct domain *domain)
{
	struct domain_table *table = domain->table;

	if (__atomic_load_n(&domain->ring->connection, __ATOMIC_ACQUIRE) == XENSTORE_RECONNECT) {
		domain_reconnect(domain);
	}
	if (domain->is_ignored) {
		return;
	}
	switch (conn_run(domain->conn)) {
	case CONN_IDLE:
		break;
	case CONN_MORE:
		if (!domain->is_busy) {
			domain->is_busy = true;
			domain->busy_next = table->busy;
			table->busy = domain;
		}
		break;
	case CONN_FAILED:
		domain_ignore(domain);
		break;
	}
}

void domain_handle_port(struct store *store, uint32_t port)
{
	struct domain_table *table = store->domains;

	if (port < table->port_room && table->by_port[port] != NULL) {
		domain_run(table->by_port[port]);
	}
}

bool domain_has_busy(const struct store *store)
{
	return store->domains != NULL && store->domains->busy != NULL;
}

void domain_run_busy(struct store *store)
{
	struct domain_table *table = store->domains;
	struct domain *domain = table != NULL ? table->busy : NULL;

	if (domain == NULL) {
		return;
	}
	table->busy = NULL;
	while (domain != NULL) {
		struct domain *next = domain->busy_next;

		domain->is_busy = false;
		domain_run(domain);
		domain = next;
	}
}
