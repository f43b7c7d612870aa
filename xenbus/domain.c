// SPDX-License-Identifier: GPL-2.0-only
/*
 * Introduced domains: how they come and how they go.
 */
#include "xenbus/domain.h"

#include <errno.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/domain_internal.h"
#include "xenbus/domains.h"
#include "xenbus/journal.h"
#include "xenbus/memory.h"
#include "xenbus/store.h"

int domain_table_create(struct store *store, const struct domains_ops *ops, void *context)
{
	struct domain_table *table = memory_allocate(sizeof(*table));

	if (table == NULL) {
		return -ENOMEM;
	}
	table->store = store;
	table->ops = ops;
	table->context = context;
	store->domains = table;
	return 0;
}

/* --- introduction ---------------------------------------------------------------------------- */

static int domain_reserve_port(struct domain_table *table, uint32_t port)
{
	uint32_t room = port + 64;
	struct domain **grown;

	if (port < table->port_room) {
		return 0;
	}
	grown = memory_resize(table->by_port, room * sizeof(grown[0]));
	if (grown == NULL) {
		return -ENOMEM;
	}
	memset(grown + table->port_room, 0, (room - table->port_room) * sizeof(grown[0]));
	table->by_port = grown;
	table->port_room = room;
	return 0;
}

/* Binds @domain to the guest's @port in place of the one it had. */
static int domain_bind(struct domain *domain, uint32_t port)
{
	struct domain_table *table = domain->table;
	int local;

	if (domain->port != 0) {
		table->by_port[domain->port] = NULL;
		table->ops->unbind(table->context, domain->port);
		domain->port = 0;
	}
	local = table->ops->bind(table->context, domain->domid, port);
	if (local <= 0) {
		return -EINVAL;
	}
	if (domain_reserve_port(table, (uint32_t)local) < 0) {
		table->ops->unbind(table->context, (uint32_t)local);
		return -ENOMEM;
	}
	domain->port = (uint32_t)local;
	domain->remote_port = port;
	table->by_port[domain->port] = domain;
	return 0;
}

static void domain_destroy(struct domain *domain)
{
	struct domain_table *table = domain->table;
	struct domain **link = &table->first;
	struct domain **busy = &table->busy;

	while (*link != NULL && *link != domain) {
		link = &(*link)->next;
	}
	if (*link == domain) {
		*link = domain->next;
		table->count--;
		table->by_domid[domain->domid] = NULL;
	}
	while (domain->is_busy && *busy != domain) {
		busy = &(*busy)->busy_next;
	}
	if (domain->is_busy) {
		*busy = domain->busy_next;
	}
	if (domain->conn != NULL) {
		conn_destroy(domain->conn);
	}
	if (domain->port != 0) {
		table->by_port[domain->port] = NULL;
		table->ops->unbind(table->context, domain->port);
	}
	if (domain->ring.page != NULL) {
		table->ops->unmap_ring(table->context, domain->domid, domain->ring.page);
	}
	memory_free(domain);
}

void domain_table_destroy(struct store *store)
{
	struct domain_table *table = store->domains;

	if (table == NULL) {
		return;
	}
	while (table->first != NULL) {
		domain_destroy(table->first);
	}
	memory_free(table->by_port);
	memory_free(table);
	store->domains = NULL;
}

int domain_create(struct domain_table *table, uint16_t domid, void *page, uint32_t port)
{
	const struct subject subject = {
		.domid = domid,
		.target = PERMS_NO_DOMID,
		.is_privileged = domid == 0,
	};
	struct domain *domain = memory_allocate(sizeof(*domain));
	int rc = -ENOMEM;

	if (domain == NULL) {
		table->ops->unmap_ring(table->context, domid, page);
		return -ENOMEM;
	}
	domain->table = table;
	domain->domid = domid;
	ring_attach(&domain->ring, page);
	domain->conn = conn_create(table->store, &subject, &domain_transport, domain);
	if (domain->conn != NULL) {
		domain->conn->is_durable = true;
		rc = domain_bind(domain, port);
	}
	if (rc < 0) {
		domain_destroy(domain);
		return rc;
	}
	domain->ring.page->server_features =
		XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR;
	domain->next = table->first;
	table->first = domain;
	table->by_domid[domid] = domain;
	table->count++;
	/* A kernel that waits for its store waits for this; and it may have written already. */
	table->ops->notify(table->context, domain->port);
	domain_make_busy(domain);
	return 0;
}

/* Introduced again: another port; and when its kernel began anew, another connection. */
static int domain_reintroduce(struct domain *domain, uint32_t port)
{
	struct xenstore_domain_interface *page = domain->ring.page;
	struct store *store = domain->table->store;
	int rc;

	if (domain->is_ignored || page->req_cons != domain->ring.req_cons ||
	    page->rsp_prod != domain->ring.rsp_prod) {
		conn_reset(domain->conn);
		journal_note_reset(store, domain->conn, JOURNAL_RESET_ALL);
		ring_attach(&domain->ring, page);
		store_mark_moved(store, domain->conn);
		domain->is_ignored = false;
		page->error = XENSTORE_ERROR_NONE;
	}
	rc = domain_bind(domain, port);
	if (rc == 0) {
		journal_note_introduction(store, domain->domid, domain->mfn, port, domain->handle);
		domain_make_busy(domain);
	}
	return rc;
}

int domain_introduce(struct store *store, uint16_t domid, uint64_t mfn, uint32_t port)
{
	struct domain_table *table = store->domains;
	struct domains_state state;
	struct domain *domain;
	void *page;
	int rc;

	if (table == NULL) {
		return -ENOSYS;
	}
	if (port == 0 || table->ops->query(table->context, domid, &state) < 0 || state.is_dying) {
		return -EINVAL;
	}
	domain = table->by_domid[domid];
	if (domain != NULL) {
		return domain_reintroduce(domain, port);
	}
	if (table->ops->map_ring(table->context, domid, mfn, &page) < 0) {
		return -EINVAL;
	}
	rc = domain_create(table, domid, page, port);
	if (rc < 0) {
		return rc;
	}
	domain = table->by_domid[domid];
	memcpy(domain->handle, state.handle, sizeof(domain->handle));
	domain->has_handle = true;
	domain->mfn = mfn;
	domain->ring.page->error = XENSTORE_ERROR_NONE;
	journal_note_introduction(store, domid, mfn, port, domain->handle);
	domain_note_reference(store, domid);
	store_fire_special(store, STORE_INTRODUCE_DOMAIN);
	if (state.is_shutdown) {
		/* The announcement of its stop came too early for us. */
		domain->has_shut_down = true;
		domain_note_flags(table, domid);
		store_fire_special(store, STORE_RELEASE_DOMAIN);
	}
	return 0;
}

bool domain_is_introduced(const struct store *store, uint16_t domid)
{
	return domid == 0 || (store->domains != NULL && store->domains->by_domid[domid] != NULL);
}

static struct domain *domain_find(const struct store *store, uint16_t domid)
{
	return store->domains != NULL ? store->domains->by_domid[domid] : NULL;
}

int domain_resume(struct store *store, uint16_t domid)
{
	struct domain *domain = domain_find(store, domid);

	if (domain == NULL) {
		return -ENOENT;
	}
	domain->has_shut_down = false;
	domain_note_flags(store->domains, domid);
	return 0;
}

int domain_set_target(struct store *store, uint16_t domid, uint16_t target)
{
	struct domain *domain = domain_find(store, domid);

	if (domain == NULL || domain_find(store, target) == NULL) {
		return -ENOENT;
	}
	domain->conn->subject.target = target;
	domain_note_flags(store->domains, domid);
	return 0;
}

uint32_t domain_count(const struct store *store)
{
	return store->domains != NULL ? store->domains->count : 0;
}

/* --- the end --------------------------------------------------------------------------------- */

static void domain_forget_target(struct domain_table *table, uint16_t domid)
{
	struct domain *domain = table->first;

	for (; domain != NULL; domain = domain->next) {
		if (domain->conn->subject.target == domid) {
			domain->conn->subject.target = PERMS_NO_DOMID;
		}
	}
}

int domain_release(struct store *store, uint16_t domid)
{
	struct domain *domain = domain_find(store, domid);
	struct domains_state state;

	if (domid == 0) {
		return -EINVAL;
	}
	if (domain == NULL) {
		return -ENOENT;
	}
	domain_destroy(domain);
	journal_note_release(store, domid);
	/* Released while it lives (a suspend, say): its rights stay until it is gone. */
	if (store->domains->ops->query(store->domains->context, domid, &state) < 0 ||
	    state.is_dying) {
		domain_set_change(&store->domains->alive, domid, false);
		domain_forget_target(store->domains, domid);
		store_void_domain(store, domid);
	}
	store_fire_special(store, STORE_RELEASE_DOMAIN);
	return 0;
}

void domain_note_reference(struct store *store, uint16_t domid)
{
	struct domain_table *table = store->domains;
	struct domains_state state;

	if (table == NULL || domid == 0 || domain_set_has(&table->alive, domid)) {
		return;
	}
	if (table->ops->query(table->context, domid, &state) < 0 || state.is_dying) {
		if (!table->was_named[domid]) {
			table->was_named[domid] = true;
			domain_note_flags(table, domid);
		}
		return;
	}
	/* Rights that were given to the id before this domain existed are not meant for it. */
	if (table->was_named[domid]) {
		table->was_named[domid] = false;
		store_void_domain(store, domid);
	}
	domain_set_change(&table->alive, domid, true);
	domain_note_flags(table, domid);
}

bool domain_bury(struct domain_table *table, uint16_t domid)
{
	struct domain *domain = table->by_domid[domid];
	bool was_introduced = domain != NULL;

	if (was_introduced) {
		domain_destroy(domain);
		journal_note_release(table->store, domid);
	}
	domain_set_change(&table->alive, domid, false);
	domain_forget_target(table, domid);
	store_void_domain(table->store, domid);
	return was_introduced;
}
