// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of processors and sizes of memory, as people write them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/cpu_set.h"
#include "lib/memory_size.h"

static void check(const char *text, uint32_t count, const char *expected)
{
	char out[CPU_SET_TEXT_BYTES];
	struct cpu_set set;

	assert_int_equal(cpu_set_parse(text, &set), 0);
	cpu_set_format(&set, count, out, sizeof(out));
	assert_string_equal(out, expected);
}

static void test_sets(void **state)
{
	(void)state;
	check("0", 4, "0");
	check("3,0-1", 4, "0-1,3");
	check("all", 4, "all");
	check("0-255", 256, "all");
	check("all,^0", 4, "1-3");
	check("0-7,^2-3", 8, "0-1,4-7");
	check("^2,0-3", 4, "all");
	check("0,2,4", 8, "0,2,4");
	check("5", 4, "");
}

static void test_not_sets(void **state)
{
	static const char *const wrong[] = {
		"", ",", "0,", ",0", "x", "0-", "-1", "3-1", "256", "0-256", "0--1", "0 1", "all,^all", "^", "^0",
		"99999999999999999999", "0x1", "alles",
	};
	struct cpu_set set;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(cpu_set_parse(wrong[i], &set), -EINVAL);
	}
}

static void test_long_set(void **state)
{
	char text[1024] = "0", out[16];
	struct cpu_set set;
	int i;

	(void)state;
	for (i = 2; i < 200; i += 2) {
		sprintf(text + strlen(text), ",%d", i);
	}
	assert_int_equal(cpu_set_parse(text, &set), 0);
	/* Cut, not overrun. */
	cpu_set_format(&set, 256, out, sizeof(out));
	assert_string_equal(out, "0,2,4,6,8,10,12");
	assert_true(cpu_set_has(&set, 198) && !cpu_set_has(&set, 199) && !cpu_set_has(&set, 256));
	assert_true(cpu_set_meets(&set, 1));
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t kib;
	} right[] = {
		{ "128", 131072 }, { "128m", 131072 }, { "128M", 131072 }, { "4k", 4 }, { "1g", 1048576 }, { "1T", 1073741824 },
		{ "1b", 1 }, { "1024b", 1 }, { "1025B", 2 }, { "0", 0 }, { "16t", 17179869184 },
	};
	static const char *const wrong[] = { "", "m", "-1", "+1", "1mm", "1x", " 1", "1 m", "1.5g" };
	uint64_t kib;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		assert_int_equal(memory_size_parse_kib(right[i].text, &kib), 0);
		assert_int_equal(kib, right[i].kib);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(memory_size_parse_kib(wrong[i], &kib), -EINVAL);
	}
	assert_int_equal(memory_size_parse_kib("17t", &kib), -ERANGE);
	assert_int_equal(memory_size_parse_kib("99999999999999999999", &kib), -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets), cmocka_unit_test(test_not_sets),
		cmocka_unit_test(test_long_set), cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
