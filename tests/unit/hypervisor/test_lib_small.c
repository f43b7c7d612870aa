// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small helpers: symbol look-up, checked arithmetic, bitmaps, lists.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bitmap.h"
#include "lib/checked.h"
#include "lib/list.h"
#include "lib/string.h"
#include "lib/symbols.h"

static void symbol_lookup(void **state)
{
	static const u32 offset[] = { 0x10, 0x20, 0x80 }, name_at[] = { 0, 6, 11 };
	static const char names[] = "alpha\0beta\0gamma";
	struct symbol_table t = { 0x1000, 0x2000, 3, offset, name_at, names };
	u64 at = 0;

	(void)state;
	assert_null(symbols_find(&t, 0xfff, &at));
	assert_null(symbols_find(&t, 0x100f, &at));
	assert_null(symbols_find(&t, 0x2000, &at));
	assert_string_equal(symbols_find(&t, 0x1010, &at), "alpha");
	assert_int_equal(at, 0);
	assert_string_equal(symbols_find(&t, 0x101f, &at), "alpha");
	assert_int_equal(at, 15);
	assert_string_equal(symbols_find(&t, 0x1020, &at), "beta");
	assert_string_equal(symbols_find(&t, 0x1fff, &at), "gamma");
	assert_int_equal(at, 0xf7f);
	t.count = 0;
	assert_null(symbols_find(&t, 0x1020, &at));
}

static void ranges(void **state)
{
	(void)state;
	assert_true(range_within(0, 0, 0));
	assert_true(range_within(10, 0, 10));
	assert_true(range_within(4, 6, 10));
	assert_false(range_within(5, 6, 10));
	assert_false(range_within(11, 0, 10));
	assert_false(range_within(~0ULL, 2, 10));
	assert_false(range_within(2, ~0ULL, 10));
	assert_true(ranges_overlap(0, 10, 9, 1));
	assert_false(ranges_overlap(0, 10, 10, 1));
	assert_false(ranges_overlap(5, 0, 0, 10));
}

static void mul_div(void **state)
{
	(void)state;
	srand(6);
	for (int i = 0; i < 10000; i++) {
		u64 a = ((u64)rand() << 31 ^ rand()) >> rand() % 50, b = ((u64)rand() << 20 ^ rand()) >> rand() % 40;
		u64 c = (u64)rand() + b + 1;

		assert_true(mul_div_u64(a, b, c) == (u64)((unsigned __int128)a * b / c));
	}
	assert_true(mul_div_u64(~0ULL, ~0ULL, ~0ULL) == ~0ULL);
}

static void bitmaps(void **state)
{
	u64 map[BITMAP_WORDS(200)] = { 0 };
	u8 model[200] = { 0 };

	(void)state;
	srand(7);
	for (int step = 0; step < 2000; step++) {
		u32 bit = rand() % 200, from = rand() % 201, want;

		switch (rand() % 4) {
		case 0:
			bitmap_set(map, bit);
			model[bit] = 1;
			break;
		case 1:
			bitmap_clear(map, bit);
			model[bit] = 0;
			break;
		case 2:
			assert_int_equal(bit_set_atomic(map, bit), model[bit]);
			model[bit] = 1;
			break;
		default:
			assert_int_equal(bit_clear_atomic(map, bit), model[bit]);
			model[bit] = 0;
		}
		for (int value = 0; value < 2; value++) {
			for (want = from; want < 200 && model[want] != value; want++) {
			}
			assert_int_equal(bitmap_find(map, 200, from, value), want);
		}
		assert_int_equal(bitmap_test(map, bit), model[bit]);
	}
	memset(map, 0xff, sizeof(map));
	assert_int_equal(bitmap_weight(map, 70), 70);
	assert_int_equal(bitmap_find_clear(map, 130, 0), 130);
}

struct entry {
	int value;
	struct list_head link;
};

static void lists(void **state)
{
	struct list_head list = LIST_INIT(list);
	struct entry e[4] = { { .value = 0 }, { .value = 1 }, { .value = 2 }, { .value = 3 } };
	struct entry *p, *next;
	int expect = 0;

	(void)state;
	assert_true(list_is_empty(&list));
	list_add_tail(&e[1].link, &list);
	list_add(&e[0].link, &list);
	list_add_tail(&e[3].link, &list);
	list_add_tail(&e[2].link, &e[3].link);
	list_for_each_entry(p, &list, link) {
		assert_int_equal(p->value, expect++);
	}
	assert_int_equal(expect, 4);
	list_del(&e[1].link);
	list_del(&e[1].link);
	assert_true(list_is_empty(&e[1].link));
	assert_int_equal(list_first(&list, struct entry, link)->value, 0);
	assert_int_equal(list_last(&list, struct entry, link)->value, 3);
	list_for_each_entry_safe(p, next, &list, link) {
		list_del(&p->link);
	}
	assert_true(list_is_empty(&list));
}

static void copied_text(void **state)
{
	char buf[4];

	(void)state;
	assert_true(str_copy(buf, "abc", sizeof(buf)));
	assert_string_equal(buf, "abc");
	assert_false(str_copy(buf, "abcd", sizeof(buf)));
	assert_string_equal(buf, "abc");
	assert_true(str_copy(buf, "", 1));
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbol_lookup),
		cmocka_unit_test(ranges),
		cmocka_unit_test(mul_div),
		cmocka_unit_test(bitmaps),
		cmocka_unit_test(lists),
		cmocka_unit_test(copied_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
