// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small modules: suggestions, UUIDs, the arena, BLAKE2b against a published value, states of xl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/terminal.h"
#include "cmd/verb.h"
#include "lib/arena.h"
#include "lib/blake2b.h"
#include "lib/suggest.h"
#include "lib/uuid.h"

static void test_suggest(void **state)
{
	struct suggest suggest;

	(void)state;
	assert_int_equal(suggest_distance("memroy", "memory"), 1);
	assert_int_equal(suggest_distance("", "abc"), 3);
	assert_int_equal(suggest_distance("kitten", "sitting"), 3);
	suggest_start(&suggest, "destory");
	suggest_offer(&suggest, "create");
	suggest_offer(&suggest, "destroy");
	assert_string_equal(suggest_result(&suggest), "destroy");
	suggest_start(&suggest, "xyz");
	suggest_offer(&suggest, "list");
	assert_null(suggest_result(&suggest));
	suggest_start(&suggest, "a-name-that-is-much-too-long-to-be-compared");
	suggest_offer(&suggest, "list");
	assert_null(suggest_result(&suggest));
}

static void test_uuid(void **state)
{
	uint8_t uuid[16];
	char text[UUID_TEXT_BYTES];

	(void)state;
	assert_int_equal(uuid_parse("01234567-89AB-cdef-0123-456789abcdef", uuid), 0);
	uuid_format(uuid, text);
	assert_string_equal(text, "01234567-89ab-cdef-0123-456789abcdef");
	assert_int_equal(uuid_parse("0123456789abcdef0123456789abcdef", uuid), 0);
	assert_int_equal(uuid_parse("", uuid), -EINVAL);
	assert_int_equal(uuid_parse("01234567-89ab-cdef-0123-456789abcde", uuid), -EINVAL);
	assert_int_equal(uuid_parse("01234567-89ab-cdef-0123-456789abcdef0", uuid), -EINVAL);
	assert_int_equal(uuid_parse("0123456789abcdef-0123-456789abcdef", uuid), -EINVAL);
	assert_int_equal(uuid_generate(uuid, NULL), 0);
	assert_int_equal(uuid[6] >> 4, 4);
	assert_int_equal(uuid[8] >> 6, 2);
}

static void test_blake2b(void **state)
{
	/* BLAKE2b-256 of the empty string and of "abc". */
	static const char *const wanted[] = {
		"0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
		"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
	};
	static const char *const texts[] = { "", "abc" };
	uint8_t digest[BLAKE2B_DIGEST_BYTES];
	struct blake2b hash;
	char hex[80];
	size_t i, k;

	(void)state;
	for (i = 0; i < 2; i++) {
		blake2b_start(&hash);
		blake2b_add(&hash, texts[i], strlen(texts[i]));
		blake2b_finish(&hash, digest);
		for (k = 0; k < sizeof(digest); k++) {
			snprintf(hex + 2 * k, 3, "%02x", digest[k]);
		}
		assert_string_equal(hex, wanted[i]);
	}
}

static void test_arena(void **state)
{
	struct arena arena = { 0 };
	char *first = arena_copy(&arena, "abc", 3);
	char *large = arena_alloc(&arena, 100000);

	(void)state;
	memset(large, 1, 100000);
	assert_string_equal(first, "abc");
	assert_int_equal((uintptr_t)arena_alloc(&arena, 1) % 16, 0);
	assert_null(arena_alloc(&arena, SIZE_MAX));
	arena_release(&arena);
	assert_null(arena.chunks);
}

static void test_xl_states(void **state)
{
	static const struct {
		uint32_t flags;
		uint32_t code;
		const char *letters;
	} cases[] = {
		{ CONTROL_INFO_RUNNING, 0, "r-----" },
		{ CONTROL_INFO_BLOCKED, 0, "-b----" },
		{ CONTROL_INFO_PAUSED | CONTROL_INFO_BUILDING, 0, "--p---" },
		{ CONTROL_INFO_SHUTDOWN, 0, "---s--" },
		{ CONTROL_INFO_SHUTDOWN, 1, "---sr-" },
		{ CONTROL_INFO_SHUTDOWN, 2, "---ss-" },
		{ CONTROL_INFO_SHUTDOWN, 3, "---sc-" },
		{ CONTROL_INFO_SHUTDOWN, 9, "---s?-" },
		{ CONTROL_INFO_DYING | CONTROL_INFO_SHUTDOWN, 0, "---s-d" },
		{ 0, 3, "------" },
	};
	char letters[7];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct control_info info = { .flags = cases[i].flags,
					     .shutdown_code = cases[i].code };

		verb_xl_state(&info, letters);
		assert_string_equal(letters, cases[i].letters);
	}
}

static void test_missing_verbs(void **state)
{
	(void)state;
	assert_non_null(verb_find("create"));
	assert_null(verb_find("crate"));
	assert_non_null(verb_why_missing("migrate"));
	assert_non_null(verb_why_missing("cpupool-create"));
	assert_null(verb_why_missing("migr"));
	assert_null(verb_why_missing("save restore"));
	assert_null(verb_why_missing(""));
	assert_string_equal(verb_nearest("crate"), "create");
	assert_string_equal(verb_nearest("network-lst"), "network-list");
	assert_null(verb_nearest("frobnicate"));
}

static void test_bar(void **state)
{
	struct verb_context context = { .program = "lam" };
	char text[160];
	FILE *file = tmpfile();

	(void)state;
	terminal_format_bar("unpacking", 31ull << 20, 62ull << 20, text, sizeof(text));
	assert_string_equal(text, "unpacking [###############...............]  50 %, 31 of 62 MiB");
	terminal_format_bar("unpacking", 62ull << 20, 62ull << 20, text, sizeof(text));
	assert_string_equal(text, "unpacking [##############################] 100 %, 62 of 62 MiB");
	terminal_format_bar("unpacking", 3ull << 20, 0, text, sizeof(text));
	assert_string_equal(text, "unpacking 3 MiB");
	terminal_format_bar("unpacking", 3ull << 20, 1, text, sizeof(text));
	assert_string_equal(text, "unpacking 3 MiB");
	/* A file is no terminal: no colours. */
	assert_string_equal(terminal_paint(&context, file, TERMINAL_BAD), "");
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suggest),	  cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_blake2b),	  cmocka_unit_test(test_arena),
		cmocka_unit_test(test_xl_states), cmocka_unit_test(test_missing_verbs),
		cmocka_unit_test(test_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
