// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which domains stopped or are gone, by what the hypervisor says.
 *
 * It is asked for those that changed since it was asked last, and about each of them. All domains are looked at by a
 * process that has just started, because nobody knows what the one before it missed, and when more changed than the
 * hypervisor remembers.
 */
#include <errno.h>
#include <string.h>

#include "xenbus/domain.h"
#include "xenbus/domain_internal.h"
#include "xenbus/domains.h"
#include "xenbus/store.h"

#define LOOK_LIST_ROWS 256
#define LOOK_CHANGES 64

/* What the hypervisor says of one domain; @lives: it is the one that we know. Returns true when the toolstack should hear of it. */
static bool look_update(struct domain_table *table, const struct domains_state *state, bool *lives)
{
	struct domain *domain = table->by_domid[state->domid];

	*lives = false;
	if (domain != NULL && domain->has_handle &&
	    memcmp(domain->handle, state->handle, sizeof(state->handle)) != 0) {
		return false; /* another one with the same id: ours is gone */
	}
	if (state->is_dying) {
		return false;
	}
	*lives = true;
	if (domain == NULL || !state->is_shutdown || domain->has_shut_down) {
		return false;
	}
	domain->has_shut_down = true;
	domain_note_flags(table, domain->domid);
	return true;
}

void domain_scan(struct store *store)
{
	struct domain_table *table = store->domains;
	static struct domains_state states[LOOK_LIST_ROWS];
	struct domain_set seen = { 0 };
	size_t word;
	uint32_t domid = 0;
	bool has_news = false;
	bool lives;
	int got, i;

	do {
		got = table->ops->list(table->context, (uint16_t)domid, states, LOOK_LIST_ROWS);
		if (got < 0) {
			log_write_limited(&table->limit, LOG_LEVEL_ERROR,
					  "the hypervisor's list of domains: error %d", -got);
			return;
		}
		for (i = 0; i < got; i++) {
			if (states[i].domid < PERMS_DOMIDS) {
				has_news |= look_update(table, &states[i], &lives);
				domain_set_change(&seen, states[i].domid, lives);
			}
		}
		/* A part may be short without being the last: only an empty one is the end. */
		domid = got > 0 ? states[got - 1].domid + 1u : PERMS_DOMIDS;
	} while (domid < PERMS_DOMIDS);
	for (word = 0; word < sizeof(seen.words) / sizeof(seen.words[0]); word++) {
		uint64_t gone = table->alive.words[word] & ~seen.words[word];

		for (; gone != 0; gone &= gone - 1) {
			domid = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(gone);
			has_news |= domain_bury(table, (uint16_t)domid);
		}
	}
	if (has_news) {
		store_fire_special(store, STORE_RELEASE_DOMAIN);
	}
}

/* 1 when the toolstack should hear of it, 0, or -errno when nothing could be learnt. */
static int look_at(struct domain_table *table, uint16_t domid)
{
	struct domains_state state;
	bool has_news = false;
	bool lives = false;
	int rc;

	if (domid >= PERMS_DOMIDS) {
		return 0;
	}
	rc = table->ops->query(table->context, domid, &state);
	if (rc < 0 && rc != -ENOENT) {
		return rc;
	}
	if (rc == 0) {
		has_news = look_update(table, &state, &lives);
	}
	if (!lives && domain_set_has(&table->alive, domid)) {
		has_news |= domain_bury(table, domid);
	}
	return has_news;
}

void domain_look(struct store *store)
{
	struct domain_table *table = store->domains;
	uint16_t domids[LOOK_CHANGES];
	bool must_scan = false;
	bool has_news = false;
	int got, rc, i;

	do {
		got = table->ops->changes(table->context, domids, LOOK_CHANGES);
		for (i = 0; i < got; i++) {
			rc = look_at(table, domids[i]);
			has_news |= rc > 0;
			must_scan |= rc < 0;
		}
	} while (got > 0);
	if (has_news) {
		store_fire_special(store, STORE_RELEASE_DOMAIN);
	}
	if (got < 0 || must_scan) {
		domain_scan(store);
	}
}
