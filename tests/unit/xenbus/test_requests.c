// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each request by its wire form: what it answers, and what it refuses.
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
	struct peer *dom0;
	struct peer *guest; /* domain 5, with a home of its own */
	struct peer *other; /* domain 6, with none */
};

static int scene_setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	scene->store = store_create();
	scene->dom0 = peer_create(scene->store, 0);
	scene->guest = peer_create(scene->store, 5);
	scene->other = peer_create(scene->store, 6);
	assert_int_equal(peer_ask(scene->dom0, XS_MKDIR, 0, "/local/domain/5", NULL), 0);
	assert_int_equal(peer_set_perms(scene->dom0, 0, "/local/domain/5", "n0 r5"), 0);
	assert_int_equal(peer_ask(scene->dom0, XS_MKDIR, 0, "/local/domain/5/data", NULL), 0);
	assert_int_equal(peer_set_perms(scene->dom0, 0, "/local/domain/5/data", "n5"), 0);
	*state = scene;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(store_check(scene->store), 0);
	peer_destroy(scene->dom0);
	peer_destroy(scene->guest);
	peer_destroy(scene->other);
	store_destroy(scene->store);
	free(scene);
	return 0;
}

static void test_write_read(void **state)
{
	struct scene *s = *state;
	char big[4097];

	assert_int_equal(peer_write(s->dom0, 0, "/a/b/c", "hello"), 0);
	assert_string_equal(s->dom0->payload, "OK");
	assert_int_equal(s->dom0->bytes, 3);
	assert_string_equal(peer_read(s->dom0, 0, "/a/b/c"), "hello");
	assert_int_equal(s->dom0->bytes, 5);
	assert_string_equal(peer_read(s->dom0, 0, "/a/b"), "");
	assert_int_equal(peer_write(s->dom0, 0, "/a/b/c", ""), 0);
	assert_string_equal(peer_read(s->dom0, 0, "/a/b/c"), "");
	assert_null(peer_read(s->dom0, 0, "/a/x"));
	assert_int_equal(errno, ENOENT);
	/* A value may hold any bytes, and as many as a message carries. */
	memset(big, 'x', sizeof(big));
	memcpy(big, "/big", 5);
	big[100] = '\0';
	assert_int_equal(peer_talk(s->dom0, XS_WRITE, 0, big, 4096), 0);
	assert_int_equal(peer_ask(s->dom0, XS_READ, 0, "/big", NULL), 0);
	assert_int_equal(s->dom0->bytes, 4091);
}

static void test_bad_payloads(void **state)
{
	static const uint32_t types[] = { XS_DIRECTORY, XS_READ, XS_GET_PERMS, XS_MKDIR, XS_RM,
		XS_WATCH, XS_UNWATCH, XS_SET_PERMS, XS_WRITE, XS_DIRECTORY_PART, XS_GET_DOMAIN_PATH,
		XS_IS_DOMAIN_INTRODUCED, XS_INTRODUCE, XS_RELEASE, XS_RESUME, XS_SET_TARGET,
		XS_TRANSACTION_END, XS_CONTROL };
	struct scene *s = *state;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_int_equal(peer_talk(s->dom0, types[i], 0, "", 0), EINVAL);
		assert_int_equal(peer_talk(s->dom0, types[i], 0, "/a", 2), EINVAL);
		if (types[i] != XS_WRITE) {
			assert_int_equal(peer_talk(s->dom0, types[i], 0, "/a\0b\0c\0d", 8), EINVAL);
		}
	}
	assert_int_equal(peer_talk(s->dom0, 20, 0, "", 1), ENOSYS);
	assert_int_equal(peer_talk(s->dom0, XS_WATCH_EVENT, 0, "", 1), ENOSYS);
	assert_int_equal(peer_talk(s->dom0, XS_ERROR, 0, "", 1), ENOSYS);
	assert_int_equal(peer_talk(s->dom0, 0xffffffff, 0, "", 1), ENOSYS);
}

static void test_bad_paths(void **state)
{
	static const char *const bad[] = { "", "//", "/a/", "/a//b", "/a b", "/a\x7f", "@foo", "/a.b",
		"a//b", "b/", "/\xc3\xa4" };
	struct scene *s = *state;
	char path[3300];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(peer_write(s->dom0, 0, bad[i], "1"), EINVAL);
		assert_null(peer_read(s->dom0, 0, bad[i]));
		assert_int_equal(errno, EINVAL);
	}
	assert_int_equal(peer_write(s->dom0, 0, "@introduceDomain", "1"), EINVAL);
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[2048] = '\0';
	assert_int_equal(peer_write(s->dom0, 0, path, "1"), 0);
	path[2048] = 'a';
	path[2049] = '\0';
	assert_int_equal(peer_write(s->dom0, 0, path, "1"), EINVAL);
	assert_int_equal(peer_ask(s->dom0, XS_RM, 0, "/", NULL), EINVAL);
}

static void test_relative_paths(void **state)
{
	struct scene *s = *state;

	assert_int_equal(peer_write(s->guest, 0, "data/x", "1"), 0);
	assert_string_equal(peer_read(s->dom0, 0, "/local/domain/5/data/x"), "1");
	assert_string_equal(peer_read(s->guest, 0, "data/x"), "1");
	assert_int_equal(peer_write(s->dom0, 0, "name", "Domain-0"), 0);
	assert_string_equal(peer_read(s->dom0, 0, "/local/domain/0/name"), "Domain-0");
	assert_int_equal(peer_ask(s->guest, XS_GET_DOMAIN_PATH, 0, "77", NULL), 0);
	assert_string_equal(s->guest->payload, "/local/domain/77");
	assert_int_equal(peer_ask(s->guest, XS_GET_DOMAIN_PATH, 0, "32752", NULL), EINVAL);
	assert_int_equal(peer_ask(s->guest, XS_GET_DOMAIN_PATH, 0, "-1", NULL), EINVAL);
}

static void test_directory(void **state)
{
	struct scene *s = *state;
	char path[64];
	unsigned int count = 0, at;
	char offset[16];
	char seen[1000] = { 0 };
	char generation[32] = "";
	int i;

	assert_int_equal(peer_ask(s->dom0, XS_DIRECTORY, 0, "/local/domain", NULL), 0);
	assert_memory_equal(s->dom0->payload, "5", 2);
	assert_int_equal(s->dom0->bytes, 2);
	assert_int_equal(peer_ask(s->dom0, XS_DIRECTORY, 0, "/local/domain/5/data", NULL), 0);
	assert_int_equal(s->dom0->bytes, 0);
	for (i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/many/node-%03d", i);
		assert_int_equal(peer_write(s->dom0, 0, path, ""), 0);
	}
	assert_int_equal(peer_ask(s->dom0, XS_DIRECTORY, 0, "/many", NULL), E2BIG);
	for (at = 0;;) {
		unsigned int head, part;
		char *name;

		snprintf(offset, sizeof(offset), "%u", at);
		assert_int_equal(peer_ask(s->dom0, XS_DIRECTORY_PART, 0, "/many", offset), 0);
		head = (unsigned int)strlen(s->dom0->payload) + 1;
		if (at == 0) {
			snprintf(generation, sizeof(generation), "%.24s", s->dom0->payload);
		}
		assert_string_equal(s->dom0->payload, generation);
		for (name = s->dom0->payload + head; name < s->dom0->payload + s->dom0->bytes &&
		     *name != '\0'; name += strlen(name) + 1) {
			seen[atoi(name + 5)]++;
			count++;
		}
		part = s->dom0->bytes - head;
		if (name < s->dom0->payload + s->dom0->bytes) {
			break;
		}
		assert_true(part > 3000);
		at += part;
	}
	assert_int_equal(count, 1000);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(seen[i], 1);
	}
	/* Any change of the list gives another generation. */
	assert_int_equal(peer_ask(s->dom0, XS_RM, 0, "/many/node-500", NULL), 0);
	assert_int_equal(peer_ask(s->dom0, XS_DIRECTORY_PART, 0, "/many", "0"), 0);
	assert_string_not_equal(s->dom0->payload, generation);
	/* Past the end: nothing more. */
	assert_int_equal(peer_ask(s->dom0, XS_DIRECTORY_PART, 0, "/many", "999999"), 0);
	assert_int_equal(s->dom0->bytes, strlen(s->dom0->payload) + 2);
}

static void test_mkdir_rm(void **state)
{
	struct scene *s = *state;

	assert_int_equal(peer_ask(s->dom0, XS_MKDIR, 0, "/d/e/f", NULL), 0);
	assert_int_equal(peer_write(s->dom0, 0, "/d/e/f", "v"), 0);
	assert_int_equal(peer_ask(s->dom0, XS_MKDIR, 0, "/d/e/f", NULL), 0);
	assert_string_equal(peer_read(s->dom0, 0, "/d/e/f"), "v");
	assert_int_equal(peer_ask(s->dom0, XS_RM, 0, "/d/nothing", NULL), 0);
	assert_int_equal(peer_ask(s->dom0, XS_RM, 0, "/d/nothing/below", NULL), ENOENT);
	assert_int_equal(peer_ask(s->dom0, XS_RM, 0, "/d", NULL), 0);
	assert_null(peer_read(s->dom0, 0, "/d/e/f"));
	assert_int_equal(store_count_nodes(s->store), 7);
}

static void test_rights(void **state)
{
	struct scene *s = *state;

	/* What a domain may not see does not show whether it exists. */
	assert_int_equal(peer_write(s->dom0, 0, "/secret/x", "1"), 0);
	assert_null(peer_read(s->guest, 0, "/secret/x"));
	assert_int_equal(errno, EACCES);
	assert_null(peer_read(s->guest, 0, "/secret/y"));
	assert_int_equal(errno, EACCES);
	assert_null(peer_read(s->guest, 0, "/nowhere"));
	assert_int_equal(errno, EACCES);
	assert_null(peer_read(s->guest, 0, "data/y"));
	assert_int_equal(errno, ENOENT);
	/* Its home is readable, not writable; its own folder is both, to it alone. */
	assert_int_equal(peer_ask(s->guest, XS_DIRECTORY, 0, "/local/domain/5", NULL), 0);
	assert_int_equal(peer_write(s->guest, 0, "name", "x"), EACCES);
	assert_int_equal(peer_ask(s->guest, XS_RM, 0, "data/none/none", NULL), ENOENT);
	assert_int_equal(peer_ask(s->guest, XS_RM, 0, "/local/domain/5", NULL), EACCES);
	assert_int_equal(peer_write(s->guest, 0, "data/mine", "x"), 0);
	assert_null(peer_read(s->other, 0, "/local/domain/5/data/mine"));
	assert_int_equal(errno, EACCES);
	assert_int_equal(peer_set_perms(s->guest, 0, "data/mine", "n5 r6"), 0);
	assert_string_equal(peer_read(s->other, 0, "/local/domain/5/data/mine"), "x");
	assert_int_equal(peer_write(s->other, 0, "/local/domain/5/data/mine", "y"), EACCES);
	assert_int_equal(peer_set_perms(s->other, 0, "/local/domain/5/data/mine", "n6"), EACCES);
	/* Only dom0 gives nodes away. */
	assert_int_equal(peer_set_perms(s->guest, 0, "data/mine", "n6"), EPERM);
	assert_int_equal(peer_set_perms(s->dom0, 0, "/local/domain/5/data/mine", "n6 b5"), 0);
	assert_int_equal(peer_write(s->guest, 0, "data/mine", "z"), 0);
	assert_int_equal(peer_set_perms(s->guest, 0, "data/mine", "n5"), EACCES);
	assert_int_equal(peer_ask(s->other, XS_GET_PERMS, 0, "/local/domain/5/data/mine", NULL), 0);
	assert_memory_equal(s->other->payload, "n6\0b5", 6);
	/* The owner of a created node is its creator, with the parent's other entries. */
	assert_int_equal(peer_write(s->guest, 0, "data/mine/child", "z"), 0);
	assert_int_equal(peer_ask(s->guest, XS_GET_PERMS, 0, "data/mine/child", NULL), 0);
	assert_memory_equal(s->guest->payload, "n5\0b5", 6);
}

static void test_privileged_requests(void **state)
{
	static const uint32_t types[] = { XS_INTRODUCE, XS_RELEASE, XS_RESUME, XS_SET_TARGET,
					  XS_CONTROL };
	struct scene *s = *state;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_int_equal(peer_ask(s->guest, types[i], 0, "5", NULL), EACCES);
	}
	assert_int_equal(peer_set_perms(s->guest, 0, "@releaseDomain", "r5"), EACCES);
	assert_int_equal(peer_ask(s->guest, XS_IS_DOMAIN_INTRODUCED, 0, "9", NULL), 0);
	assert_string_equal(s->guest->payload, "F");
	assert_int_equal(peer_ask(s->dom0, XS_INTRODUCE, 0, "9", NULL), EINVAL);
	assert_int_equal(peer_talk(s->dom0, XS_INTRODUCE, 0, "9\0001\0002", 6), ENOSYS);
	assert_int_equal(peer_ask(s->dom0, XS_RELEASE, 0, "9", NULL), ENOENT);
	assert_int_equal(peer_ask(s->dom0, XS_RELEASE, 0, "0", NULL), EINVAL);
}

static void test_bad_perms(void **state)
{
	static const char *const bad[] = { "", "x5", "r", "r5x", "r32752", "r-1", "r99999999999",
					   "n0 q1" };
	struct scene *s = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(peer_set_perms(s->dom0, 0, "/tool", bad[i]), EINVAL);
	}
	assert_int_equal(peer_set_perms(s->dom0, 0, "/nothing", "n0"), ENOENT);
	assert_int_equal(peer_set_perms(s->dom0, 0, "@other", "n0"), EINVAL);
}

static void test_control(void **state)
{
	struct scene *s = *state;

	assert_int_equal(peer_ask(s->dom0, XS_CONTROL, 0, "help", NULL), 0);
	assert_non_null(strstr(s->dom0->payload, "quota"));
	assert_int_equal(peer_ask(s->dom0, XS_CONTROL, 0, "check", NULL), 0);
	assert_string_equal(s->dom0->payload, "OK");
	assert_int_equal(peer_ask(s->dom0, XS_CONTROL, 0, "quota", NULL), 0);
	assert_non_null(strstr(s->dom0->payload, "nodes: 1000"));
	assert_int_equal(peer_talk(s->dom0, XS_CONTROL, 0, "quota\0nodes\0007", 14), 0);
	assert_int_equal(s->store->quota.limit[QUOTA_NODES], 7);
	assert_int_equal(peer_talk(s->dom0, XS_CONTROL, 0, "quota\0nodes\0x", 14), EINVAL);
	assert_int_equal(peer_talk(s->dom0, XS_CONTROL, 0, "quota\0other\0001", 14), ENOENT);
	assert_int_equal(peer_ask(s->dom0, XS_CONTROL, 0, "stat", NULL), 0);
	assert_int_equal(peer_ask(s->dom0, XS_CONTROL, 0, "explode", NULL), EINVAL);
}

static void test_too_long_message(void **state)
{
	struct scene *s = *state;
	char payload[4097] = "/x";

	assert_int_equal(peer_talk(s->guest, XS_WRITE, 0, payload, 4097), -1);
	assert_int_equal(s->guest->conn->error, -EPROTO);
	/* The others do not notice. */
	assert_int_equal(peer_write(s->dom0, 0, "/x", "1"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
		TEST(test_write_read), TEST(test_bad_payloads), TEST(test_bad_paths),
		TEST(test_relative_paths), TEST(test_directory), TEST(test_mkdir_rm),
		TEST(test_rights), TEST(test_privileged_requests), TEST(test_bad_perms),
		TEST(test_control), TEST(test_too_long_message),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
