// SPDX-License-Identifier: GPL-2.0-only
/*
 * Out of memory at every allocation of every request: the tree is what it was before or what it is
 * after, never between, and all counts are right.
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

struct step {
	uint32_t type;
	bool in_transaction;
	const char *first;
	const char *second;
};

static const struct step steps[] = {
	{ XS_WRITE, false, "/a/b/new/deep/er", "value" },
	{ XS_WRITE, false, "/a/b/c", "other" },
	{ XS_MKDIR, false, "/a/b/c/d/e", NULL },
	{ XS_RM, false, "/a", NULL },
	{ XS_RM, false, "/a/m5", NULL },
	{ XS_SET_PERMS, false, "/a/b", "n7" },
	{ XS_WATCH, false, "/a", "t" },
	{ XS_READ, false, "/a/b/c", NULL },
	{ XS_DIRECTORY, false, "/a", NULL },
	{ XS_TRANSACTION_START, false, "", NULL },
	{ XS_WRITE, true, "/a/b/new/deep/er", "value" },
	{ XS_WRITE, true, "/a/b/c", "other" },
	{ XS_RM, true, "/a", NULL },
	{ XS_SET_PERMS, true, "/a/b", "n7" },
	{ XS_READ, true, "/a/b/c", NULL },
};

struct scene {
	struct store *store;
	struct peer *peer;
	struct peer *holder; /* keeps a snapshot, so that every edit must copy */
};

static struct scene *scene_create(void)
{
	struct scene *s = calloc(1, sizeof(*s));
	char path[32];
	int i;

	s->store = store_create();
	s->peer = peer_create(s->store, 0);
	for (i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), "/a/m%d", i);
		assert_int_equal(peer_write(s->peer, 0, path, "x"), 0);
	}
	assert_int_equal(peer_write(s->peer, 0, "/a/b/c", "v"), 0);
	assert_int_equal(peer_set_perms(s->peer, 0, "/a/b/c", "n5 r6"), 0);
	s->holder = peer_create(s->store, 0);
	assert_int_not_equal(peer_start(s->holder), 0);
	return s;
}

static void scene_destroy(struct scene *s)
{
	peer_destroy(s->peer);
	peer_destroy(s->holder);
	store_destroy(s->store);
	free(s);
}

/* The whole tree as text, in the view of @peer. */
static void dump(struct peer *peer, const char *path, char *text)
{
	char names[4096], child[512];
	uint32_t bytes;
	size_t at;

	if (peer_read(peer, 0, path) == NULL) {
		return;
	}
	sprintf(text + strlen(text), "%s=%s", path, peer->payload);
	assert_int_equal(peer_ask(peer, XS_GET_PERMS, 0, path, NULL), 0);
	sprintf(text + strlen(text), " %s;", peer->payload);
	assert_int_equal(peer_ask(peer, XS_DIRECTORY, 0, path, NULL), 0);
	bytes = peer->bytes;
	memcpy(names, peer->payload, bytes);
	for (at = 0; at < bytes; at += strlen(names + at) + 1) {
		snprintf(child, sizeof(child), "%s/%.100s", strcmp(path, "/") == 0 ? "" : path,
			 names + at);
		dump(peer, child, text);
	}
}

static int run_step(struct peer *peer, const struct step *step, uint32_t t)
{
	if (step->type == XS_WRITE) {
		return peer_write(peer, t, step->first, step->second);
	}
	return peer_ask(peer, step->type, t, step->first, step->second);
}

/* Runs @step with the @k-th allocation failing; false when none failed. */
static bool try_step(const struct step *step, long k, const char *before, const char *after)
{
	struct scene *s = scene_create();
	uint32_t t = step->in_transaction ? peer_start(s->peer) : 0;
	static char text[65536];
	bool has_failed;
	int rc;

	memory_fail_after = k;
	rc = run_step(s->peer, step, t);
	if (step->in_transaction && rc == 0) {
		long left = memory_fail_after;

		/* Something else changes meanwhile, so that the edits are done again. */
		memory_fail_after = -1;
		assert_int_equal(peer_write(s->holder, 0, "/elsewhere", "1"), 0);
		assert_int_equal(peer_ask(s->holder, XS_RM, 0, "/elsewhere", NULL), 0);
		memory_fail_after = left;
		rc = peer_end(s->peer, t, true);
	}
	has_failed = memory_fail_after < 0;
	memory_fail_after = -1;
	assert_int_equal(store_check(s->store), 0);
	text[0] = '\0';
	if (s->holder->conn->error == 0) {
		dump(s->holder, "/", text);
		assert_true(strcmp(text, before) == 0 || strcmp(text, after) == 0);
		if (rc == 0) {
			assert_string_equal(text, after);
		}
	}
	scene_destroy(s);
	return has_failed;
}

static void test_sweep(void **state)
{
	static char before[65536], after[65536];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct scene *s = scene_create();
		struct step direct = steps[i];
		long k = 0;

		before[0] = '\0';
		after[0] = '\0';
		dump(s->holder, "/", before);
		direct.in_transaction = false;
		assert_int_equal(run_step(s->peer, &direct, 0), 0);
		dump(s->holder, "/", after);
		scene_destroy(s);
		while (try_step(&steps[i], k, before, after)) {
			k++;
			assert_true(k < 1000);
		}
		assert_true(k > 0);
	}
}

static void test_creation(void **state)
{
	struct store *store;
	long k = 0;

	(void)state;
	do {
		memory_fail_after = k++;
		store = store_create();
		if (memory_fail_after >= 0) {
			break;
		}
		assert_null(store);
	} while (k < 100);
	memory_fail_after = -1;
	assert_non_null(store);
	store_destroy(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_creation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
