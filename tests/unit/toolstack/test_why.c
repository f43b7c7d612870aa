// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refusals in words: arguments, facts of the frame, hints, and the store's lines, also broken ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/why.h"

static struct control_refusal frame_refusal(const char *operation, uint64_t argument)
{
	struct control_refusal refusal = {
		.args = { argument, 0x1a2b }, .times = 1, .frame_refs = 3, .frame_type_refs = 2,
		.frame_owner = 7, .frame_type = CONTROL_FRAME_L4,
		.frame_flags = CONTROL_FRAME_KNOWN | CONTROL_FRAME_PINNED,
	};

	strncpy(refusal.operation, operation, sizeof(refusal.operation) - 1);
	return refusal;
}

static void test_arguments(void **state)
{
	struct control_refusal refusal = frame_refusal("pin", 4);
	char text[WHY_TEXT_BYTES];

	(void)state;
	why_arguments(&refusal, text);
	assert_string_equal(text, "level 4, frame 0x1a2b");
	refusal = frame_refusal("page-table entry (L1)", 0x8000000001a2b067);
	why_arguments(&refusal, text);
	assert_string_equal(text, "entry 0x8000000001a2b067: present writable user accessed dirty no-execute");
	refusal = frame_refusal("page-table entry (L1)", ~0ull);
	why_arguments(&refusal, text);
	assert_true(strlen(text) < WHY_TEXT_BYTES - 1);
	refusal = frame_refusal("GNTTABOP_map_grant_ref", 5ull << 32 | 9);
	why_arguments(&refusal, text);
	assert_string_equal(text, "reference 9 of domain 5");
	refusal.frame_flags = 0;
	refusal.args[1] = (uint64_t)-3;
	why_arguments(&refusal, text);
	assert_string_equal(text, "reference 9 of domain 5, status -3");
	refusal = frame_refusal("GNTTABOP_copy", 2ull << 32 | 5 << 16 | 0x7ff0);
	why_arguments(&refusal, text);
	assert_string_equal(text, "from domain 5 to 32752, target frame 0x1a2b");
	refusal = frame_refusal("GNTTABOP_copy", 1ull << 32 | 5 << 16 | 3);
	why_arguments(&refusal, text);
	assert_string_equal(text, "from domain 5 to 3, source frame 0x1a2b");
	refusal = frame_refusal("GNTTABOP_copy", 5 << 16 | 3);
	refusal.frame_flags = 0;
	refusal.args[1] = (uint64_t)-3;
	why_arguments(&refusal, text);
	assert_string_equal(text, "from domain 5 to 3, status -3");
	refusal = frame_refusal("of the next version", 1);
	refusal.frame_flags = 0;
	why_arguments(&refusal, text);
	assert_string_equal(text, "0x1, 0x1a2b");
}

static void test_frame(void **state)
{
	struct control_refusal refusal = frame_refusal("pin", 4);
	char text[WHY_TEXT_BYTES];

	(void)state;
	why_frame(&refusal, text);
	assert_string_equal(text, "frame 0x1a2b: domain 7's, an L4 table, pinned, 3 references, 2 of them as that");
	refusal.frame_owner = 0x7ff4;
	refusal.frame_type = 15;
	why_frame(&refusal, text);
	assert_non_null(strstr(text, "no domain's, of a type not known here"));
	refusal.frame_flags = 0;
	why_frame(&refusal, text);
	assert_string_equal(text, "");
}

static void test_hints(void **state)
{
	struct control_refusal refusal = frame_refusal("page-table entry (L1)", 3);

	(void)state;
	assert_non_null(strstr(why_hint(&refusal, 7), "read-only"));
	assert_non_null(strstr(why_hint(&refusal, 8), "another domain"));
	refusal.frame_owner = 0x7ff4;
	assert_non_null(strstr(why_hint(&refusal, 7), "no domain has"));
	refusal = frame_refusal("pin", 4);
	assert_string_equal(why_hint(&refusal, 7), "unpin it first");
	refusal.frame_flags = CONTROL_FRAME_KNOWN;
	refusal.frame_type = CONTROL_FRAME_WRITABLE;
	assert_non_null(strstr(why_hint(&refusal, 7), "writable mapping"));
	refusal.frame_flags = 0;
	assert_null(why_hint(&refusal, 7));
}

static void test_store_lines(void **state)
{
	const char *text = "12 2 write ENOSPC\t/local/domain/5/n1\tits quota of nodes is 2\n"
			   "9 1 transaction-start ENOSPC\t\tits quota of transactions is 10\n";
	static const char *const broken[] = {
		"", "\n", "12 2 write\n", "12 2 write EACCES\n", "12 2 write EACCES\tpath\n", "x 2 w EACCES\tp\tr\n",
		"12 2 write EACCES",
	};
	struct why_store store;
	size_t i;

	(void)state;
	assert_true(why_parse_store(&text, &store));
	assert_int_equal(store.age_ms, 12);
	assert_int_equal(store.times, 2);
	assert_string_equal(store.operation, "write");
	assert_string_equal(store.error, "ENOSPC");
	assert_string_equal(store.path, "/local/domain/5/n1");
	assert_string_equal(store.rule, "its quota of nodes is 2");
	assert_true(why_parse_store(&text, &store));
	assert_string_equal(store.operation, "transaction-start");
	assert_string_equal(store.path, "");
	assert_string_equal(store.rule, "its quota of transactions is 10");
	assert_false(why_parse_store(&text, &store));
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		text = broken[i];
		assert_false(why_parse_store(&text, &store));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_store_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
