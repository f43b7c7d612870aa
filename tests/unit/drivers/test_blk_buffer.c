// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of the block back end: random takers and givers against a plain list. No two buffers share
 * a byte, all lie on pages, the arena is used before the heap and whole again in the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/blk/blkd.h"

#define HELD 200u

struct held {
	uint8_t *at;
	uint32_t bytes;
	uint8_t mark;
};

static struct held held[HELD];

static void take(struct held *one, uint32_t bytes)
{
	one->at = blk_buffer_get(bytes);
	one->bytes = bytes;
	one->mark = (uint8_t)rand();
	assert_non_null(one->at);
	assert_int_equal((uintptr_t)one->at % BLK_PAGE_BYTES, 0);
	memset(one->at, one->mark, bytes);
}

static void give(struct held *one)
{
	uint32_t i;

	for (i = 0; i < one->bytes; i++) {
		if (one->at[i] != one->mark) {
			fail_msg("byte %u of a buffer of %u is another's", i, one->bytes);
		}
	}
	blk_buffer_put(one->at, one->bytes);
	one->at = NULL;
}

static uint32_t some_bytes(void)
{
	static const uint32_t most[] = { 1, 1, 8, 8, 32, 64, 200, 256 };

	return 1 + (uint32_t)rand() % (most[rand() % 8] * BLK_PAGE_BYTES);
}

static void test_no_two_share(void **state)
{
	unsigned int step, in_arena = 0, on_heap = 0;
	size_t bytes;

	(void)state;
	srand(1);
	assert_non_null(blk_buffer_arena(&bytes));
	for (step = 0; step < 20000; step++) {
		struct held *one = &held[(uint32_t)rand() % (step < 10000 ? HELD : HELD / 10)];

		if (one->at != NULL) {
			give(one);
		} else {
			take(one, some_bytes());
			in_arena += blk_buffer_is_in_arena(one->at);
			on_heap += !blk_buffer_is_in_arena(one->at);
		}
	}
	assert_true(in_arena > 1000 && on_heap > 1000);
	for (step = 0; step < HELD; step++) {
		if (held[step].at != NULL) {
			give(&held[step]);
		}
	}
}

/* After all that, every page of the arena can be had again. */
static void test_arena_is_whole(void **state)
{
	size_t bytes, count, i;
	void **all;

	(void)state;
	blk_buffer_arena(&bytes);
	count = bytes / (64 * BLK_PAGE_BYTES);
	all = calloc(count, sizeof(*all));
	for (i = 0; i < count; i++) {
		all[i] = blk_buffer_get(64 * BLK_PAGE_BYTES);
		assert_true(blk_buffer_is_in_arena(all[i]));
	}
	for (i = 0; i < count; i++) {
		blk_buffer_put(all[i], 64 * BLK_PAGE_BYTES);
	}
	free(all);
}

static void test_bounds(void **state)
{
	void *all[200];
	unsigned int count = 0, i;

	(void)state;
	assert_null(blk_buffer_get(0));
	assert_null(blk_buffer_get((BLK_MAX_SEGMENTS + 1) * BLK_PAGE_BYTES));
	while (blk_buffer_has_room()) {
		assert_true(count < 200);
		all[count++] = blk_buffer_get(BLK_MAX_SEGMENTS * BLK_PAGE_BYTES);
	}
	assert_int_equal(count, 128);
	assert_null(blk_buffer_get(BLK_MAX_SEGMENTS * BLK_PAGE_BYTES));
	for (i = 0; i < count; i++) {
		blk_buffer_put(all[i], BLK_MAX_SEGMENTS * BLK_PAGE_BYTES);
	}
	assert_true(blk_buffer_has_room());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_two_share),
		cmocka_unit_test(test_arena_is_whole),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
