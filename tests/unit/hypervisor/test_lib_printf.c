// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatted text: every conversion, flag, width and precision compared with the C library's, and the bounds of the buffer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/printf.h"

#define SAME(...)                                                                       \
	do {                                                                            \
		char ours[300], theirs[300];                                            \
		int n = snprintf(theirs, sizeof(theirs), __VA_ARGS__);                  \
		assert_int_equal(printf_format(ours, sizeof(ours), __VA_ARGS__), n);    \
		assert_string_equal(ours, theirs);                                      \
	} while (0)

static void integers(void **state)
{
	static const long long values[] = { 0, 1, -1, 9, 10, 255, 4096, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		long long v = values[i];

		SAME("%lld|%llu|%llx|%llX|%llo", v, (unsigned long long)v, (unsigned long long)v, (unsigned long long)v,
		     (unsigned long long)v);
		SAME("%ld|%lu|%lx", (long)v, (unsigned long)v, (unsigned long)v);
		SAME("%d|%i|%u|%x", (int)v, (int)v, (unsigned int)v, (unsigned int)v);
		SAME("%hd|%hu|%hhd|%hhx", (short)v, (unsigned short)v, (signed char)v, (unsigned char)v);
		SAME("%zu|%zx", (size_t)v, (size_t)v);
		SAME("%20lld|%-20lld|%020lld|%+lld|% lld", v, v, v, v, v);
		SAME("%5d|%05d|%-5d|%.4d|%8.4d|%-8.4d", (int)v, (int)v, (int)v, (int)v, (int)v, (int)v);
		SAME("%*d|%.*d|%-*d", 7, (int)v, 3, (int)v, 9, (int)v);
	}
	SAME("%#x|%#X|%#10x|%#010x", 0x1fu, 0x1fu, 0x1fu, 0x1fu);
	SAME("%.0d", 0);
}

static void text(void **state)
{
	(void)state;
	SAME("%s|%10s|%-10s|%.2s|%10.2s|%.*s", "abc", "abc", "abc", "abc", "abc", 1, "abc");
	SAME("%c%c%5c%-5c|", 'a', 'b', 'c', 'd');
	SAME("100%%");
}

static void precision_bounds_reading(void **state)
{
	char unterminated[3] = { 'x', 'y', 'z' };
	char buf[10];

	(void)state;
	assert_int_equal(printf_format(buf, sizeof(buf), "%.3s", unterminated), 3);
	assert_string_equal(buf, "xyz");
}

static void pointers_and_null(void **state)
{
	const char *volatile nothing = NULL;
	char buf[40];

	(void)state;
	printf_format(buf, sizeof(buf), "%p", (void *)0xffff820000000000);
	assert_string_equal(buf, "0xffff820000000000");
	printf_format(buf, sizeof(buf), "%s", nothing);
	assert_string_equal(buf, "(null)");
}

/* Any size cuts the text there and reports the whole length; not a byte behind is touched. */
static void cut_at_every_size(void **state)
{
	static const char whole[] = "value=-00042 0xdead [  text]";
	char buf[64];

	(void)state;
	for (size_t size = 0; size <= sizeof(whole) + 2; size++) {
		memset(buf, '#', sizeof(buf));
		assert_int_equal(printf_format(buf, size, "value=%06d 0x%x [%6s]", -42, 0xdeadu, "text"), sizeof(whole) - 1);
		if (size) {
			size_t n = size - 1 < sizeof(whole) - 1 ? size - 1 : sizeof(whole) - 1;

			assert_memory_equal(buf, whole, n);
			assert_int_equal(buf[n], '\0');
		}
		assert_int_equal(buf[size], '#');
	}
}

static void unknown_conversions_stand(void **state)
{
	const char *volatile odd = "%y %q";
	const char *volatile ends = "50%";
	char buf[20];

	(void)state;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	printf_format(buf, sizeof(buf), odd);
	assert_string_equal(buf, "%y %q");
	printf_format(buf, sizeof(buf), ends);
	assert_string_equal(buf, "50%");
#pragma GCC diagnostic pop
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(text),
		cmocka_unit_test(precision_bounds_reading),
		cmocka_unit_test(pointers_and_null),
		cmocka_unit_test(cut_at_every_size),
		cmocka_unit_test(unknown_conversions_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
