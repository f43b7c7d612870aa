// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers, sizes and words of the boot command line, the warnings for what is unknown or malformed, and the log they go to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "test_lib_log_machine.h"

static u64 parsed_size, parsed_number;
static bool parsed_flag;

static bool parse_size(const char *value, void *arg)
{
	return cmdline_size_bytes(value, arg);
}

static bool parse_number(const char *value, void *arg)
{
	return cmdline_number(value, arg);
}

static bool parse_flag(const char *value, void *arg)
{
	*(bool *)arg = true;
	return !*value;
}

static const struct cmdline_key keys[] = {
	{ "mem", "a size", parse_size, &parsed_size },
	{ "count", "a number", parse_number, &parsed_number },
	{ "quiet", "nothing", parse_flag, &parsed_flag },
};

static unsigned int parse(const char *line)
{
	parsed_size = parsed_number = 0;
	parsed_flag = false;
	return cmdline_parse(line, keys, sizeof(keys) / sizeof(keys[0]));
}

static bool log_contains(const char *text)
{
	static char all[70000];
	u64 pos = 0;
	size_t n = log_ring_read(&pos, all, sizeof(all) - 1);

	all[n] = '\0';
	return strstr(all, text) != NULL;
}

static void numbers(void **state)
{
	static const char *const bad[] = { "", "x", "0x", "-1", "1a", "18446744073709551616", "0x10000000000000000", " 1", "1 " };
	u64 v = 7;

	(void)state;
	assert_true(cmdline_number("0", &v) && v == 0);
	assert_true(cmdline_number("18446744073709551615", &v) && v == ~0ULL);
	assert_true(cmdline_number("0xdeadBEEF", &v) && v == 0xdeadbeef);
	v = 7;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(cmdline_number(bad[i], &v));
		assert_int_equal(v, 7);
	}
}

static void sizes(void **state)
{
	static const char *const bad[] = { "M", "1X", "1MB", "1MM", "16777216T", "" };
	u64 v = 7;

	(void)state;
	assert_true(cmdline_size_bytes("4096", &v) && v == 4096);
	assert_true(cmdline_size_bytes("3k", &v) && v == 3 << 10);
	assert_true(cmdline_size_bytes("512M", &v) && v == 512 << 20);
	assert_true(cmdline_size_bytes("2g", &v) && v == 2ULL << 30);
	assert_true(cmdline_size_bytes("0x10T", &v) && v == 16ULL << 40);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(cmdline_size_bytes(bad[i], &v));
	}
}

static void words(void **state)
{
	(void)state;
	assert_int_equal(parse(""), 0);
	assert_int_equal(parse("  \t "), 0);
	assert_int_equal(parse("mem=2M  quiet count=0x10"), 0);
	assert_int_equal(parsed_size, 2 << 20);
	assert_int_equal(parsed_number, 16);
	assert_true(parsed_flag);
	assert_int_equal(parse("count=1 count=2"), 0);
	assert_int_equal(parsed_number, 2);
}

static void warnings_name_the_word(void **state)
{
	(void)state;
	log_ring_clear();
	assert_int_equal(parse("frobnicate mem=lots count"), 3);
	assert_true(log_contains("'frobnicate' is not known"));
	assert_true(log_contains("mem=lots is not valid, expected a size"));
	assert_true(log_contains("count= is not valid, expected a number"));
}

static void overlong_word(void **state)
{
	char line[700];

	(void)state;
	log_ring_clear();
	memset(line, 'a', 600);
	strcpy(line + 600, " count=3");
	assert_int_equal(parse(line), 1);
	assert_int_equal(parsed_number, 3);
	assert_true(log_contains("too long a word"));
	memset(line, 'b', 255);
	line[255] = '\0';
	assert_int_equal(parse(line), 1);
}

static void single_words(void **state)
{
	const char *line = "  count=5\tquiet  ";
	struct cmdline_found found;
	char word[6];

	(void)state;
	assert_int_equal(cmdline_next_word(&line, word, sizeof(word)), 7);
	assert_string_equal(word, "count");
	assert_int_equal(cmdline_word(word, keys, 3, &found), -EINVAL);
	assert_ptr_equal(found.key, &keys[1]);
	assert_string_equal(found.value, "");
	assert_int_equal(cmdline_next_word(&line, word, sizeof(word)), 5);
	assert_int_equal(cmdline_word(word, keys, 3, &found), 0);
	assert_int_equal(cmdline_word(word, keys, 2, &found), -ENOENT);
	assert_null(found.key);
	assert_int_equal(cmdline_next_word(&line, word, sizeof(word)), 0);
	assert_string_equal(word, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(sizes),
		cmocka_unit_test(words),
		cmocka_unit_test(warnings_name_the_word),
		cmocka_unit_test(overlong_word),
		cmocka_unit_test(single_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
