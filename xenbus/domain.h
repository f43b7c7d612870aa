/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The domains that the store talks to over rings, and the end of domains.
 *
 * A domain is introduced by the toolstack once its ring exists; from then on it has a connection.
 * When it is gone, or being torn down, connection, watches and transactions go, its rights in the
 * tree end, and @releaseDomain fires. Domains that were named in permissions but never introduced
 * are followed to their end too.
 *
 * Its own indices of the ring page are the guest's to break: a guest that does is ignored from
 * then on, until it reconnects or is introduced again.
 */
#ifndef XENBUS_DOMAIN_H
#define XENBUS_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

struct conn;
struct domain;
struct domain_table;
struct domains_ops;
struct restored;
struct store;

/* Sets store->domains. Returns 0 or -ENOMEM. */
int domain_table_create(struct store *store, const struct domains_ops *ops, void *context);
void domain_table_destroy(struct store *store);

/* Returns 0, -ENOSYS (no hypervisor), -EINVAL (no such domain, ring or port), -ENOMEM. */
int domain_introduce(struct store *store, uint16_t domid, uint64_t mfn, uint32_t port);
/* Returns 0, -ENOENT, -EINVAL (dom0). */
int domain_release(struct store *store, uint16_t domid);
bool domain_is_introduced(const struct store *store, uint16_t domid);
/* The domain runs again after it had stopped: its next stop is news. Returns 0 or -ENOENT. */
int domain_resume(struct store *store, uint16_t domid);
int domain_set_target(struct store *store, uint16_t domid, uint16_t target);

/* @domid is being named in permissions: from now on its end matters. */
void domain_note_reference(struct store *store, uint16_t domid);

/* Our end of a domain's event channel fired. Unknown ports are ignored. */
void domain_handle_port(struct store *store, uint32_t port);
/* Are there domains with input left over after their turn? Gives each of them another one. */
bool domain_has_busy(const struct store *store);
void domain_run_busy(struct store *store);
/* Some domain changed state: finds out which. The first time, and when too much happened, by looking at all. */
void domain_look(struct store *store);
/* Looks at all domains. */
void domain_scan(struct store *store);

uint32_t domain_count(const struct store *store);

/* --- restart ---------------------------------------------------------------------------------- */

/* Notes everything about all domains but their connections. */
void domain_note_all(struct store *store);
/*
 * Brings back what an earlier process knew: rings mapped and bound, watches, transactions, half
 * messages, unsent output. Domains that are gone since are left out. Own ring: @page and @port.
 * Frees @restored. Returns 0, or -errno when the own ring could not be served.
 */
int domain_restore_all(struct store *store, struct restored *restored, void *page, uint32_t port);

#endif
