// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions: isolation, conflicts on what was read and on nothing else, quotas, counting.
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

struct scene {
	struct store *store;
	struct peer *a; /* two clients of dom0 */
	struct peer *b;
	struct peer *guest;
};

static int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->store = store_create();
	s->a = peer_create(s->store, 0);
	s->b = peer_create(s->store, 0);
	s->guest = peer_create(s->store, 5);
	peer_ask(s->a, XS_MKDIR, 0, "/local/domain/5", NULL);
	assert_int_equal(peer_set_perms(s->a, 0, "/local/domain/5", "n5"), 0);
	peer_write(s->a, 0, "/x/v", "0");
	peer_write(s->a, 0, "/y/v", "0");
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;

	assert_int_equal(store_check(s->store), 0);
	peer_destroy(s->a);
	peer_destroy(s->b);
	peer_destroy(s->guest);
	assert_int_equal(store_check(s->store), 0);
	store_destroy(s->store);
	free(s);
	return 0;
}

static void test_isolation(void **state)
{
	struct scene *s = *state;
	uint32_t t = peer_start(s->a);

	assert_int_equal(peer_write(s->a, t, "/x/v", "1"), 0);
	assert_int_equal(s->a->tx_id, t);
	assert_string_equal(peer_read(s->a, t, "/x/v"), "1");
	assert_string_equal(peer_read(s->b, 0, "/x/v"), "0");
	peer_write(s->b, 0, "/z", "new");
	assert_null(peer_read(s->a, t, "/z"));
	assert_int_equal(peer_end(s->a, t, false), 0);
	assert_string_equal(peer_read(s->b, 0, "/x/v"), "0");
	assert_int_equal(peer_end(s->a, t, true), ENOENT);
	assert_null(peer_read(s->a, t, "/x/v"));
	assert_int_equal(errno, ENOENT);
	assert_int_equal(peer_talk(s->a, XS_TRANSACTION_START, 99, "", 1), ENOENT);
	t = peer_start(s->a);
	assert_int_equal(peer_talk(s->a, XS_TRANSACTION_START, t, "", 1), EBUSY);
	assert_int_equal(peer_ask(s->a, XS_TRANSACTION_END, t, "X", NULL), EINVAL);
	/* Another client's number is no number. */
	assert_null(peer_read(s->b, t, "/x/v"));
}

/* Runs two overlapping transactions; returns how the first one ended. */
static int overlap(struct scene *s, uint32_t type, const char *reads, const char *writes)
{
	uint32_t t = peer_start(s->a);

	peer_ask(s->a, type, t, reads, NULL);
	assert_int_equal(peer_write(s->b, 0, writes, "9"), 0);
	return peer_end(s->a, t, true);
}

static void test_conflicts(void **state)
{
	struct scene *s = *state;

	assert_int_equal(overlap(s, XS_READ, "/x/v", "/x/v"), EAGAIN);
	assert_int_equal(overlap(s, XS_READ, "/x/v", "/y/v"), 0);
	assert_int_equal(overlap(s, XS_READ, "/x/v", "/x/w"), 0);
	assert_int_equal(overlap(s, XS_READ, "/x/none", "/x/none"), EAGAIN);
	assert_int_equal(overlap(s, XS_READ, "/q/r/s", "/q/r"), 0);
	assert_int_equal(overlap(s, XS_DIRECTORY, "/x", "/x/another"), EAGAIN);
	assert_int_equal(overlap(s, XS_DIRECTORY, "/x", "/x/v"), 0);
	assert_int_equal(overlap(s, XS_DIRECTORY, "/x", "/x/v/deeper"), 0);
	assert_int_equal(overlap(s, XS_DIRECTORY, "/x", "/x"), 0);
	assert_int_equal(overlap(s, XS_GET_PERMS, "/x/v", "/x/v"), EAGAIN);
}

/* Creating in the same folder does not conflict: what makes many creates at once flow. */
static void test_blind_writes_merge(void **state)
{
	struct scene *s = *state;
	uint32_t ta = peer_start(s->a);
	uint32_t tb = peer_start(s->b);

	assert_int_equal(peer_write(s->a, ta, "/local/domain/7/name", "a"), 0);
	assert_int_equal(peer_write(s->b, tb, "/local/domain/8/name", "b"), 0);
	assert_int_equal(peer_write(s->b, tb, "/x/v", "b"), 0);
	assert_int_equal(peer_end(s->b, tb, true), 0);
	assert_int_equal(peer_end(s->a, ta, true), 0);
	assert_string_equal(peer_read(s->a, 0, "/local/domain/7/name"), "a");
	assert_string_equal(peer_read(s->a, 0, "/local/domain/8/name"), "b");
	assert_string_equal(peer_read(s->a, 0, "/x/v"), "b");
}

/* An edit that succeeded in the transaction but cannot be done again: all or nothing. */
static void test_failed_replay(void **state)
{
	struct scene *s = *state;
	uint32_t t = peer_start(s->guest);

	assert_int_equal(peer_write(s->guest, t, "one", "1"), 0);
	assert_int_equal(peer_write(s->guest, t, "two", "2"), 0);
	assert_int_equal(peer_set_perms(s->a, 0, "/local/domain/5", "n0 r5"), 0);
	assert_int_equal(peer_end(s->guest, t, true), EAGAIN);
	assert_null(peer_read(s->a, 0, "/local/domain/5/one"));
	assert_null(peer_read(s->a, 0, "/local/domain/5/two"));
}

static void test_counting(void **state)
{
	struct scene *s = *state;
	uint32_t before = s->store->tally.nodes[5];
	uint32_t t = peer_start(s->guest);

	peer_write(s->guest, t, "a/b/c", "1");
	assert_int_equal(s->store->tally.nodes[5], before);
	assert_int_equal(store_check(s->store), 0);
	assert_int_equal(peer_end(s->guest, t, true), 0);
	assert_int_equal(s->store->tally.nodes[5], before + 3);
	t = peer_start(s->a);
	assert_int_equal(peer_ask(s->a, XS_RM, t, "/local/domain/5/a", NULL), 0);
	assert_int_equal(peer_write(s->a, t, "/local/domain/5/d", "1"), 0);
	assert_int_equal(peer_set_perms(s->a, t, "/local/domain/5/d", "n6"), 0);
	peer_write(s->b, 0, "/unrelated", "1");
	assert_int_equal(peer_end(s->a, t, true), 0);
	assert_int_equal(s->store->tally.nodes[5], before);
	assert_int_equal(s->store->tally.nodes[6], 1);
}

/* A domain dies between the edit and the end: nothing is counted for it. */
static void test_death_inside(void **state)
{
	struct scene *s = *state;
	uint32_t t = peer_start(s->a);

	assert_int_equal(peer_write(s->a, t, "/local/domain/5/n", "1"), 0);
	store_void_domain(s->store, 5);
	assert_int_equal(peer_end(s->a, t, true), 0);
	assert_int_equal(s->store->tally.nodes[5], 0);
	assert_int_equal(store_check(s->store), 0);
}

static void test_quotas(void **state)
{
	struct scene *s = *state;
	uint32_t ids[16];
	char path[32];
	uint32_t limit = s->store->quota.limit[QUOTA_TRANSACTIONS];
	uint32_t i;

	for (i = 0; i < limit; i++) {
		ids[i] = peer_start(s->guest);
		assert_int_not_equal(ids[i], 0);
	}
	assert_int_equal(peer_talk(s->guest, XS_TRANSACTION_START, 0, "", 1), ENOSPC);
	for (i = 1; i < limit; i++) {
		assert_int_equal(peer_end(s->guest, ids[i], false), 0);
	}
	limit = s->store->quota.limit[QUOTA_TRANSACTION_NODES];
	for (i = 0; i < limit; i++) {
		snprintf(path, sizeof(path), "r%u", i);
		assert_null(peer_read(s->guest, ids[0], path));
		assert_int_equal(errno, ENOENT);
	}
	assert_null(peer_read(s->guest, ids[0], "r0"));
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(peer_end(s->guest, ids[0], true), 0);
	/* Memory is bounded too. */
	ids[0] = peer_start(s->guest);
	for (i = 0; i < 10000; i++) {
		char big[2000];

		memset(big, 'b', sizeof(big) - 1);
		big[sizeof(big) - 1] = '\0';
		if (peer_write(s->guest, ids[0], "big", big) != 0) {
			break;
		}
	}
	assert_true(i < 700);
}

static void test_expiry(void **state)
{
	struct scene *s = *state;
	uint32_t t = peer_start(s->guest);
	uint32_t ta = peer_start(s->a);

	store_expire_transactions(s->store, store_now_ms() + 10);
	assert_null(peer_read(s->guest, t, "x"));
	assert_int_equal(errno, ENOENT);
	store_expire_transactions(s->store, store_now_ms() + 1000000);
	assert_null(peer_read(s->guest, t, "x"));
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(peer_end(s->guest, t, true), EAGAIN);
	assert_string_equal(peer_read(s->a, ta, "/x/v"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
		TEST(test_isolation), TEST(test_conflicts), TEST(test_blind_writes_merge),
		TEST(test_failed_replay), TEST(test_counting), TEST(test_death_inside),
		TEST(test_quotas), TEST(test_expiry),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
