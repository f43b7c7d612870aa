// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains across a restart of the daemon: what is noted about them, and how they come back.
 *
 * The guest kept running: its ring may hold new requests, and its end of the event channel lost
 * its peer when the old process ended. Mapping, binding and one notification make all well; the
 * positions of the journal, not those of the page, say what was consumed and sent.
 */
#include "xenbus/domain_internal.h"

#include <errno.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/domains.h"
#include "xenbus/journal.h"
#include "xenbus/restored.h"
#include "xenbus/store.h"

void domain_note_flags(struct domain_table *table, uint16_t domid)
{
	const struct domain *domain = table->by_domid[domid];
	uint16_t target = domain != NULL ? domain->conn->subject.target : PERMS_NO_DOMID;
	unsigned int flags = 0;

	if (domain_set_has(&table->alive, domid)) {
		flags |= JOURNAL_FLAG_ALIVE;
	}
	if (table->was_named[domid]) {
		flags |= JOURNAL_FLAG_NAMED;
	}
	if (domain != NULL && domain->has_shut_down) {
		flags |= JOURNAL_FLAG_SHUT_DOWN;
	}
	journal_note_flags(table->store, domid, flags, target);
}

void domain_note_all(struct store *store)
{
	struct domain_table *table = store->domains;
	const struct domain *domain = table != NULL ? table->first : NULL;
	uint32_t domid;

	for (; domain != NULL; domain = domain->next) {
		if (domain->domid != 0) {
			journal_note_introduction(store, domain->domid, domain->mfn,
						  domain->remote_port, domain->handle);
		}
	}
	for (domid = 1; table != NULL && domid < PERMS_DOMIDS; domid++) {
		if (domain_set_has(&table->alive, domid) || table->was_named[domid] ||
		    table->by_domid[domid] != NULL) {
			domain_note_flags(table, (uint16_t)domid);
		}
	}
}

static int domain_restore_session(struct conn *conn, const struct restored *restored)
{
	const struct restored_watch *watch = restored->watches;
	uint32_t i;
	int rc = 0;

	for (; watch != NULL && rc == 0; watch = watch->next) {
		rc = conn_add_watch(conn, watch->path, watch->prefix_bytes, watch->token);
	}
	for (i = 0; i < restored->transaction_count && rc == 0; i++) {
		rc = conn_restore_transaction(conn, restored->transactions[i]);
	}
	if (restored->has_overflowed) {
		conn_restore_overflow(conn);
	}
	return rc;
}

/* Takes up the streams where the journal says that they stand. */
static int domain_restore_stream(struct domain *domain, const struct restored *restored)
{
	uint32_t sent;
	int rc;

	if (!restored->has_position) {
		return 0;
	}
	/* What the old process put into the ring after its last commit. */
	sent = domain->ring.rsp_prod - restored->rsp_prod;
	if (sent > restored->output.count) {
		return -ERANGE;
	}
	domain->ring.req_cons = restored->req_cons;
	rc = conn_restore_output(domain->conn, restored->output.data + sent,
				 restored->output.count - sent);
	if (rc == 0 && restored->input.count != 0) {
		conn_feed(domain->conn, restored->input.data, restored->input.count);
	}
	store_mark_moved(domain->table->store, domain->conn);
	return rc;
}

/* Maps and binds; @page is NULL for a guest's ring, which is mapped here. */
static int domain_restore(struct store *store, const struct restored *restored, void *page,
			  uint32_t port)
{
	struct domain_table *table = store->domains;
	struct domain *domain;
	int rc = 0;

	if (page == NULL) {
		rc = table->ops->map_ring(table->context, restored->domid, restored->mfn, &page);
	}
	if (rc == 0) {
		rc = domain_create(table, restored->domid, page, port);
	}
	if (rc < 0) {
		return rc;
	}
	domain = table->by_domid[restored->domid];
	domain->mfn = restored->mfn;
	memcpy(domain->handle, restored->handle, sizeof(domain->handle));
	domain->has_handle = restored->is_introduced;
	domain->has_shut_down = restored->flags & JOURNAL_FLAG_SHUT_DOWN;
	domain->conn->subject.target = restored->target;
	domain->is_ignored = domain->ring.page->error != XENSTORE_ERROR_NONE;
	rc = domain_restore_session(domain->conn, restored);
	if (rc == 0) {
		rc = domain_restore_stream(domain, restored);
	}
	if (rc < 0) {
		/* Its next turn says so to the guest and to the log. */
		domain->conn->error = rc;
	}
	return 0;
}

int domain_restore_all(struct store *store, struct restored *restored, void *page, uint32_t port)
{
	static const struct restored nothing = { .target = PERMS_NO_DOMID };
	struct domain_table *table = store->domains;
	const struct restored *own = &nothing;
	const struct restored *each;
	int rc;

	for (each = restored; each != NULL; each = each->next) {
		domain_set_change(&table->alive, each->domid,
				  each->domid != 0 && (each->flags & JOURNAL_FLAG_ALIVE));
		table->was_named[each->domid] = each->flags & JOURNAL_FLAG_NAMED;
		if (each->domid == 0) {
			own = each;
		} else if (each->is_introduced &&
			   domain_restore(store, each, NULL, each->port) < 0) {
			log_warning("domain %u: its ring or port is gone; it is no longer served",
				    each->domid);
		}
	}
	rc = domain_restore(store, own, page, port);
	restored_free(restored);
	return rc;
}
