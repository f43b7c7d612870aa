// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each limit at its value and one beyond, by every way that leads there: what is refused leaves the tree and the counts as they
 * were, what is given back can be used again, and dom0 has no limits (invariant X3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "xenbus/conn.h"
#include "xenbus/refusals.h"

struct scene {
	struct store *store;
	struct peer *dom0, *guest;
};

static int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->store = store_create();
	s->dom0 = peer_create(s->store, 0);
	s->guest = peer_create(s->store, 5);
	assert_int_equal(peer_ask(s->dom0, XS_MKDIR, 0, "/local/domain/5", NULL), 0);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/local/domain/5", "n5"), 0);
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;

	assert_int_equal(store_check(s->store), 0);
	peer_destroy(s->guest);
	peer_destroy(s->dom0);
	store_destroy(s->store);
	free(s);
	return 0;
}

static int make_child(struct scene *s, struct peer *who, uint32_t tx_id, unsigned int n)
{
	char path[64];

	(void)s;
	snprintf(path, sizeof(path), "/local/domain/5/n%u", n);
	return peer_write(who, tx_id, path, "v");
}

/* What was refused stands there with its rule, each domain has a share, and the dead leave nothing. */
static void test_refusals(void **state)
{
	struct scene *s = *state;
	struct peer *other = peer_create(s->store, 6);
	char text[4096], path[64];
	unsigned int i, lines = 0;
	const char *at;

	assert_int_equal(refusals_format(&s->store->refusals, 5, text, sizeof(text)), 0);
	s->store->quota.limit[QUOTA_NODES] = 2;
	assert_int_equal(make_child(s, s->guest, 0, 0), 0);
	assert_null(peer_read(s->guest, 0, "/local/domain/5/nothing"));
	assert_int_equal(refusals_format(&s->store->refusals, 5, text, sizeof(text)), 0);
	assert_int_equal(make_child(s, s->guest, 0, 1), ENOSPC);
	assert_int_equal(make_child(s, s->guest, 0, 1), ENOSPC);
	assert_int_equal(peer_write(s->guest, 0, "/tool/x y", "v"), EINVAL);
	assert_int_equal(peer_write(s->guest, 0, "/tool/x", "v"), EACCES);
	assert_int_equal(peer_ask(s->guest, XS_CONTROL, 0, "check", NULL), EACCES);
	assert_int_equal(peer_write(other, 0, "/local/domain/5/n0", "v"), EACCES);
	refusals_format(&s->store->refusals, 5, text, sizeof(text));
	assert_non_null(strstr(text, " 2 write ENOSPC\t/local/domain/5/n1\tits quota of nodes is 2\n"));
	assert_non_null(strstr(text, " 1 write EINVAL\t/tool/x?y\tthe request is malformed"));
	assert_non_null(strstr(text, " 1 write EACCES\t/tool/x\tthe permissions of the node"));
	assert_non_null(strstr(text, " 1 control EACCES\tcheck\tonly dom0"));
	assert_null(strstr(text, "n0"));
	/* One that is refused all the time keeps its last ones, and pushes out nobody else's. */
	for (i = 0; i < 3 * REFUSALS_KEPT; i++) {
		snprintf(path, sizeof(path), "/%0*u", 20 + (int)(i % 2) * 30, i);
		assert_int_equal(peer_write(s->guest, 0, path, "v"), EACCES);
	}
	assert_true(refusals_format(&s->store->refusals, 5, text, sizeof(text)) < 4000);
	for (at = text; (at = strchr(at, '\n')) != NULL; at++) {
		lines++;
	}
	assert_int_equal(lines, REFUSALS_PER_DOMAIN);
	assert_non_null(strstr(text, "0767\t"));
	assert_true(refusals_format(&s->store->refusals, 6, text, sizeof(text)) > 0);
	/* Only dom0 may ask. */
	assert_int_equal(peer_talk(other, XS_CONTROL, 0, "refusals\0005", 11), EACCES);
	assert_int_equal(peer_talk(s->dom0, XS_CONTROL, 0, "refusals\0006", 11), 0);
	assert_non_null(strstr(s->dom0->payload, "/local/domain/5/n0"));
	assert_int_equal(peer_talk(s->dom0, XS_CONTROL, 0, "refusals\000x", 11), EINVAL);
	assert_int_equal(peer_talk(s->dom0, XS_CONTROL, 0, "usage\00090", 9), 0);
	assert_string_equal(s->dom0->payload, "5 nodes 2 2\n");
	store_void_domain(s->store, 6);
	assert_int_equal(refusals_format(&s->store->refusals, 6, text, sizeof(text)), 0);
	peer_destroy(other);
}

static void test_nodes(void **state)
{
	struct scene *s = *state;
	unsigned int i;

	s->store->quota.limit[QUOTA_NODES] = 10;
	for (i = 0; i < 9; i++) { /* the tenth is its home */
		assert_int_equal(make_child(s, s->guest, 0, i), 0);
	}
	assert_int_equal(s->store->tally.nodes[5], 10);
	assert_int_equal(make_child(s, s->guest, 0, 99), ENOSPC);
	assert_int_equal(peer_ask(s->guest, XS_MKDIR, 0, "/local/domain/5/d", NULL), ENOSPC);
	assert_int_equal(s->store->tally.nodes[5], 10);
	/* What is there may be written to, what is removed makes room, for a path of two as little as for two. */
	assert_int_equal(make_child(s, s->guest, 0, 3), 0);
	assert_int_equal(peer_ask(s->guest, XS_RM, 0, "/local/domain/5/n3", NULL), 0);
	assert_int_equal(peer_write(s->guest, 0, "/local/domain/5/a/b", "v"), ENOSPC);
	assert_null(peer_read(s->guest, 0, "/local/domain/5/a"));
	assert_int_equal(make_child(s, s->guest, 0, 3), 0);
	assert_int_equal(make_child(s, s->guest, 0, 98), ENOSPC);
	assert_int_equal(make_child(s, s->dom0, 0, 97), 0);
}

static void test_nodes_in_transactions(void **state)
{
	struct scene *s = *state;
	uint32_t tx;
	unsigned int i;

	s->store->quota.limit[QUOTA_NODES] = 10;
	tx = peer_start(s->guest);
	for (i = 0; i < 9; i++) {
		assert_int_equal(make_child(s, s->guest, tx, i), 0);
	}
	assert_int_equal(make_child(s, s->guest, tx, 99), ENOSPC);
	/* Meanwhile the room is used up outside: the commit must not pass the limit. */
	assert_int_equal(make_child(s, s->guest, 0, 50), 0);
	assert_int_not_equal(peer_end(s->guest, tx, true), 0);
	assert_true(s->store->tally.nodes[5] <= 10);
	tx = peer_start(s->guest);
	for (i = 0; i < 8; i++) {
		assert_int_equal(make_child(s, s->guest, tx, i), 0);
	}
	assert_int_equal(peer_end(s->guest, tx, true), 0);
	assert_int_equal(s->store->tally.nodes[5], 10);
	assert_int_equal(make_child(s, s->guest, 0, 60), ENOSPC);
}

static void test_node_size(void **state)
{
	struct scene *s = *state;
	uint32_t limit = s->store->quota.limit[QUOTA_NODE_BYTES];
	char value[4000];

	memset(value, 'x', sizeof(value));
	assert_true(limit + 1 < sizeof(value));
	value[limit] = '\0';
	assert_int_equal(peer_write(s->guest, 0, "/local/domain/5/a", value), 0);
	value[limit] = 'x';
	value[limit + 1] = '\0';
	assert_int_equal(peer_write(s->guest, 0, "/local/domain/5/a", value), ENOSPC);
	assert_int_equal(peer_write(s->guest, 0, "/local/domain/5/b", value), ENOSPC);
	assert_int_equal(strlen(peer_read(s->guest, 0, "/local/domain/5/a")), limit);
	assert_null(peer_read(s->guest, 0, "/local/domain/5/b"));
	assert_int_equal(peer_write(s->dom0, 0, "/local/domain/5/a", value), 0);
}

static void test_watches(void **state)
{
	struct scene *s = *state;
	uint32_t limit = s->store->quota.limit[QUOTA_WATCHES], i;
	char token[16];

	for (i = 0; i < limit; i++) {
		snprintf(token, sizeof(token), "t%u", i);
		assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "/local/domain/5", token), 0);
	}
	assert_int_not_equal(peer_ask(s->guest, XS_WATCH, 0, "/local/domain/5", "more"), 0);
	assert_int_equal(peer_ask(s->guest, XS_UNWATCH, 0, "/local/domain/5", "t0"), 0);
	assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "/local/domain/5", "more"), 0);
	assert_int_not_equal(peer_ask(s->guest, XS_WATCH, 0, "/local/domain/5", "again"), 0);
	for (i = 0; i <= limit; i++) {
		snprintf(token, sizeof(token), "t%u", i);
		assert_int_equal(peer_ask(s->dom0, XS_WATCH, 0, "/local/domain/5", token), 0);
	}
}

static void test_transactions(void **state)
{
	struct scene *s = *state;
	uint32_t limit = s->store->quota.limit[QUOTA_TRANSACTIONS], i, first = 0;

	for (i = 0; i < limit; i++) {
		uint32_t tx = peer_start(s->guest);

		assert_int_not_equal(tx, 0);
		first = first ? first : tx;
	}
	assert_int_not_equal(peer_ask(s->guest, XS_TRANSACTION_START, 0, "", NULL), 0);
	assert_int_equal(peer_end(s->guest, first, false), 0);
	assert_int_not_equal(peer_start(s->guest), 0);
	assert_int_not_equal(peer_ask(s->guest, XS_TRANSACTION_START, 0, "", NULL), 0);
}

static void test_permissions(void **state)
{
	struct scene *s = *state;

	s->store->quota.limit[QUOTA_PERMS] = 3;
	assert_int_equal(peer_set_perms(s->guest, 0, "/local/domain/5", "n5 r1 r2"), 0);
	assert_int_not_equal(peer_set_perms(s->guest, 0, "/local/domain/5", "n5 r1 r2 r3"), 0);
	assert_int_equal(peer_ask(s->guest, XS_GET_PERMS, 0, "/local/domain/5", NULL), 0);
	assert_int_equal(s->guest->bytes, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
		TEST(test_nodes), TEST(test_nodes_in_transactions), TEST(test_node_size), TEST(test_watches),
		TEST(test_transactions), TEST(test_permissions), TEST(test_refusals),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
