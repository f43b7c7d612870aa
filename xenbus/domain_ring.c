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
#include "xenbus/journal.h"
#include "xenbus/ring.h"
#include "xenbus/store.h"

static ssize_t domain_read(struct conn *conn, void *buffer, size_t bytes)
{
	struct domain *domain = conn->transport_data;
	ssize_t got = ring_read(&domain->ring, buffer, bytes);

	if (got > 0) {
		store_mark_moved(conn->store, conn);
	}
	return got;
}

static ssize_t domain_write(struct conn *conn, const struct iovec *parts, int count)
{
	struct domain *domain = conn->transport_data;
	ssize_t total = 0;
	int i;

	for (i = 0; i < count; i++) {
		ssize_t put = ring_write(&domain->ring, parts[i].iov_base, parts[i].iov_len);

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

static void domain_publish(struct conn *conn)
{
	struct domain *domain = conn->transport_data;

	ring_publish(&domain->ring);
	domain->must_notify = true;
}

static void domain_position(const struct conn *conn, uint32_t *taken, uint32_t *put)
{
	const struct domain *domain = conn->transport_data;

	*taken = domain->ring.req_cons;
	*put = domain->ring.rsp_prod;
}

const struct conn_transport domain_transport = {
	.read = domain_read,
	.write = domain_write,
	.settle = domain_settle,
	.publish = domain_publish,
	.position = domain_position,
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
	journal_note_reset(domain->table->store, domain->conn, JOURNAL_RESET_ALL);
	journal_settle(domain->table->store);
	__atomic_store_n(&domain->ring.page->error,
			 error == -ERANGE   ? XENSTORE_ERROR_RINGIDX
			 : error == -EPROTO ? XENSTORE_ERROR_PROTO
					    : XENSTORE_ERROR_COMM,
			 __ATOMIC_RELEASE);
	domain->table->ops->notify(domain->table->context, domain->port);
}

/* The guest asked for a fresh start: everything of the old connection goes. */
static void domain_reconnect(struct domain *domain)
{
	struct xenstore_domain_interface *page = domain->ring.page;

	conn_reset(domain->conn);
	domain->is_ignored = false;
	domain->ring.req_cons = 0;
	domain->ring.rsp_prod = 0;
	/* Killed from here on, the next process finds connection unchanged and does this again. */
	journal_note_reset(domain->table->store, domain->conn, JOURNAL_RESET_RING);
	journal_settle(domain->table->store);
	page->req_cons = 0;
	page->req_prod = 0;
	page->rsp_cons = 0;
	page->rsp_prod = 0;
	page->error = XENSTORE_ERROR_NONE;
	/* Pairs with the guest's load of connection before it uses the ring. */
	__atomic_store_n(&page->connection, XENSTORE_CONNECTED, __ATOMIC_RELEASE);
	domain->table->ops->notify(domain->table->context, domain->port);
}

void domain_make_busy(struct domain *domain)
{
	if (!domain->is_busy) {
		domain->is_busy = true;
		domain->busy_next = domain->table->busy;
		domain->table->busy = domain;
	}
}

void domain_run(struct domain *domain)
{
	if (__atomic_load_n(&domain->ring.page->connection, __ATOMIC_ACQUIRE) == XENSTORE_RECONNECT) {
		domain_reconnect(domain);
	}
	if (domain->is_ignored) {
		return;
	}
	switch (conn_run(domain->conn)) {
	case CONN_IDLE:
		break;
	case CONN_MORE:
		domain_make_busy(domain);
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
