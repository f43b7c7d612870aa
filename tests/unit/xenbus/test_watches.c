// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches: what fires, for whom, how often, and what happens to a client that does not read.
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
#include "xenbus/memory.h"

struct scene {
	struct store *store;
	struct peer *dom0;
	struct peer *guest;
};

static int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->store = store_create();
	s->dom0 = peer_create(s->store, 0);
	s->guest = peer_create(s->store, 5);
	peer_ask(s->dom0, XS_MKDIR, 0, "/local/domain/5", NULL);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/local/domain/5", "n5"), 0);
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;

	assert_int_equal(store_check(s->store), 0);
	peer_destroy(s->dom0);
	peer_destroy(s->guest);
	assert_int_equal(s->store->watches.point_count, 0);
	store_destroy(s->store);
	free(s);
	return 0;
}

static void test_fires_at_once_and_below(void **state)
{
	struct scene *s = *state;

	assert_int_equal(peer_ask(s->dom0, XS_WATCH, 0, "/a", "tok"), 0);
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "/a", "tok"), 1);
	assert_int_equal(peer_ask(s->dom0, XS_WATCH, 0, "/a", "tok"), EEXIST);
	assert_int_equal(peer_ask(s->dom0, XS_WATCH, 0, "/a", "tok2"), 0);
	peer_forget_events(s->dom0);
	peer_write(s->dom0, 0, "/a/b/c", "1");
	peer_write(s->dom0, 0, "/ab", "1");
	peer_write(s->dom0, 0, "/b", "1");
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 2);
	assert_int_equal(peer_count_events(s->dom0, "/a/b/c", "tok"), 1);
	assert_int_equal(peer_count_events(s->dom0, "/a/b/c", "tok2"), 1);
	/* What changes nothing fires nothing. */
	peer_forget_events(s->dom0);
	peer_ask(s->dom0, XS_MKDIR, 0, "/a/b/c", NULL);
	peer_ask(s->dom0, XS_RM, 0, "/a/none", NULL);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 0);
	assert_int_equal(peer_ask(s->dom0, XS_UNWATCH, 0, "/a", "tok"), 0);
	assert_int_equal(peer_ask(s->dom0, XS_UNWATCH, 0, "/a", "tok"), ENOENT);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/a/b", "n0 r3"), 0);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 1);
	assert_int_equal(peer_count_events(s->dom0, "/a/b", "tok2"), 1);
}

static void test_root_watch(void **state)
{
	struct scene *s = *state;

	assert_int_equal(peer_ask(s->dom0, XS_WATCH, 0, "/", "all"), 0);
	peer_forget_events(s->dom0);
	peer_write(s->dom0, 0, "/x/y", "1");
	peer_collect(s->dom0);
	assert_int_equal(peer_count_events(s->dom0, "/x/y", "all"), 1);
	store_fire_special(s->store, STORE_RELEASE_DOMAIN);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 1);
}

static void test_removal(void **state)
{
	struct scene *s = *state;

	peer_write(s->dom0, 0, "/t/a/b", "1");
	peer_write(s->dom0, 0, "/t/c", "1");
	peer_ask(s->dom0, XS_WATCH, 0, "/t/a/b", "leaf");
	peer_ask(s->dom0, XS_WATCH, 0, "/t/a", "middle");
	peer_ask(s->dom0, XS_WATCH, 0, "/t", "top");
	peer_ask(s->dom0, XS_WATCH, 0, "/", "root");
	peer_ask(s->dom0, XS_WATCH, 0, "/t/a/none", "none");
	peer_forget_events(s->dom0);
	peer_ask(s->dom0, XS_RM, 0, "/t", NULL);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 4);
	assert_int_equal(peer_count_events(s->dom0, "/t/a/b", "leaf"), 1);
	assert_int_equal(peer_count_events(s->dom0, "/t/a", "middle"), 1);
	assert_int_equal(peer_count_events(s->dom0, "/t", "top"), 1);
	assert_int_equal(peer_count_events(s->dom0, "/t", "root"), 1);
}

static void test_relative_watch(void **state)
{
	struct scene *s = *state;

	assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "device", "t"), 0);
	peer_collect(s->guest);
	assert_int_equal(peer_count_events(s->guest, "device", "t"), 1);
	peer_write(s->dom0, 0, "/local/domain/5/device/vbd/1/state", "1");
	peer_collect(s->guest);
	assert_int_equal(peer_count_events(s->guest, "device/vbd/1/state", "t"), 1);
	/* The same path said absolutely is the same watch. */
	assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "/local/domain/5/device", "t"), EEXIST);
	assert_int_equal(peer_ask(s->guest, XS_UNWATCH, 0, "/local/domain/5/device", "t"), 0);
}

/* A domain hears only of what it may read, or could have listed. */
static void test_rights(void **state)
{
	struct scene *s = *state;

	peer_ask(s->guest, XS_WATCH, 0, "/", "all");
	peer_ask(s->guest, XS_WATCH, 0, "@releaseDomain", "rel");
	peer_forget_events(s->guest);
	peer_write(s->dom0, 0, "/secret/x", "1");
	peer_ask(s->dom0, XS_RM, 0, "/secret", NULL);
	store_fire_special(s->store, STORE_RELEASE_DOMAIN);
	peer_collect(s->guest);
	assert_int_equal(s->guest->event_count, 0);
	peer_set_perms(s->dom0, 0, "@releaseDomain", "n0 r5");
	store_fire_special(s->store, STORE_RELEASE_DOMAIN);
	peer_collect(s->guest);
	assert_int_equal(peer_count_events(s->guest, "@releaseDomain", "rel"), 1);
	/* Losing the right to read is the last thing it hears. */
	peer_write(s->dom0, 0, "/open", "1");
	peer_set_perms(s->dom0, 0, "/open", "n0 r5");
	peer_forget_events(s->guest);
	peer_set_perms(s->dom0, 0, "/open", "n0");
	peer_write(s->dom0, 0, "/open", "2");
	peer_collect(s->guest);
	assert_int_equal(peer_count_events(s->guest, "/open", "all"), 1);
}

static void test_reset(void **state)
{
	struct scene *s = *state;
	uint32_t t;

	peer_ask(s->guest, XS_WATCH, 0, "a", "1");
	peer_ask(s->guest, XS_WATCH, 0, "b", "2");
	t = peer_start(s->guest);
	assert_int_not_equal(t, 0);
	assert_int_equal(peer_talk(s->guest, XS_RESET_WATCHES, 0, "", 1), 0);
	assert_int_equal(s->guest->conn->watch_count, 0);
	assert_int_equal(peer_end(s->guest, t, true), ENOENT);
}

static void test_transaction_fires_at_its_end(void **state)
{
	struct scene *s = *state;
	uint32_t t;

	peer_ask(s->dom0, XS_WATCH, 0, "/t", "t");
	peer_forget_events(s->dom0);
	t = peer_start(s->dom0);
	peer_write(s->dom0, t, "/t/a", "1");
	peer_write(s->dom0, t, "/t/b", "1");
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 0);
	assert_int_equal(peer_end(s->dom0, t, true), 0);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 2);
	t = peer_start(s->dom0);
	peer_write(s->dom0, t, "/t/c", "1");
	assert_int_equal(peer_end(s->dom0, t, false), 0);
	peer_collect(s->dom0);
	assert_int_equal(s->dom0->event_count, 2);
}

/* A client that never reads: memory stays bounded, and it learns in the end. */
static void test_overflow(void **state)
{
	struct scene *s = *state;
	char path[64];
	int i;

	peer_ask(s->guest, XS_WATCH, 0, "x", "t");
	peer_forget_events(s->guest);
	s->guest->is_stuck = true;
	for (i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/local/domain/5/x/n%d", i % 500);
		assert_int_equal(peer_write(s->dom0, 0, path, "1"), 0);
	}
	assert_true(s->guest->conn->output_bytes <=
		    s->store->quota.limit[QUOTA_OUTSTANDING_BYTES] + 4200);
	assert_true(s->guest->conn->has_overflowed);
	assert_false(conn_wants_input(s->guest->conn));
	s->guest->is_stuck = false;
	peer_collect(s->guest);
	assert_int_equal(s->guest->conn->output_bytes, 0);
	assert_int_equal(peer_count_events(s->guest, "x", "t"), 1);
	assert_string_equal(s->guest->events[s->guest->event_count - 1].path, "x");
}

/* Events that nobody took yet and that say the same are one. */
static void test_duplicates(void **state)
{
	struct scene *s = *state;
	int i;

	peer_ask(s->guest, XS_WATCH, 0, "x", "t");
	peer_forget_events(s->guest);
	s->guest->is_stuck = true;
	for (i = 0; i < 100; i++) {
		peer_write(s->dom0, 0, "/local/domain/5/x", "1");
	}
	s->guest->is_stuck = false;
	peer_collect(s->guest);
	assert_int_equal(s->guest->event_count, 1);
}

static void test_quota(void **state)
{
	struct scene *s = *state;
	char token[16];
	uint32_t i;

	for (i = 0; i < s->store->quota.limit[QUOTA_WATCHES]; i++) {
		snprintf(token, sizeof(token), "%u", i);
		assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "x", token), 0);
	}
	assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "x", "more"), E2BIG);
	assert_int_equal(peer_ask(s->guest, XS_UNWATCH, 0, "x", "0"), 0);
	assert_int_equal(peer_ask(s->guest, XS_WATCH, 0, "x", "more"), 0);
}

/* Thousands of watches elsewhere do not make a write dearer; the index survives growth. */
static void test_many(void **state)
{
	struct scene *s = *state;
	char path[64];
	int i;

	for (i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/many/%d/deep", i);
		assert_int_equal(peer_ask(s->dom0, XS_WATCH, 0, path, "t"), 0);
	}
	peer_forget_events(s->dom0);
	for (i = 0; i < 5000; i += 7) {
		snprintf(path, sizeof(path), "/many/%d/deep/x", i);
		peer_write(s->dom0, 0, path, "1");
		peer_collect(s->dom0);
		assert_int_equal(s->dom0->event_count, 1);
		assert_string_equal(s->dom0->events[0].path, path);
		peer_forget_events(s->dom0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
		TEST(test_fires_at_once_and_below), TEST(test_root_watch), TEST(test_removal),
		TEST(test_relative_watch), TEST(test_rights), TEST(test_reset),
		TEST(test_transaction_fires_at_its_end), TEST(test_overflow), TEST(test_duplicates),
		TEST(test_quota), TEST(test_many),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
