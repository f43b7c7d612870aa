// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory floor's allocators on real objects: blocks (split, merge, zones, claims) and small objects.
 */
#include "unit/hypervisor/two_zones.h"

static u32 seed = 1;

static u32 rnd(u32 n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* --- Blocks ----------------------------------------------------------------------------------------------------------------- */

/* How many blocks of @order there are (256 at most). */
static u32 count_blocks(unsigned int order)
{
	void *blocks[256];
	u32 n = 0, i;

	while (n < ARRAY_SIZE(blocks) && (blocks[n] = heap_alloc_pages(order)) != NULL) {
		n++;
	}
	for (i = 0; i < n; i++) {
		heap_free_pages(blocks[i], order);
	}
	return n;
}

static void random_life_merges_back(void **state)
{
	struct { char *p; unsigned int order; u8 mark; } live[200] = { 0 };
	u32 large = count_blocks(8), i, step;

	(void)state;
	for (step = 0; step < 20000; step++) {
		i = rnd(ARRAY_SIZE(live));
		if (live[i].p) {
			u64 bytes = PAGE_SIZE << live[i].order;

			/* Nobody else has written to it. */
			assert_int_equal(live[i].p[0], (char)live[i].mark);
			assert_int_equal(live[i].p[bytes - 1], (char)live[i].mark);
			heap_free_pages(live[i].p, live[i].order);
			live[i].p = NULL;
			continue;
		}
		live[i].order = rnd(6);
		live[i].p = heap_alloc_pages(live[i].order);
		if (live[i].p) {
			u64 bytes = PAGE_SIZE << live[i].order;

			assert_int_equal(virt_to_mfn(live[i].p).v & ((1u << live[i].order) - 1), 0);
			assert_int_equal(live[i].p[0], 0);
			assert_int_equal(live[i].p[bytes - 1], 0);
			live[i].mark = (u8)(1 + rnd(255));
			live[i].p[0] = live[i].p[bytes - 1] = (char)live[i].mark;
		}
	}
	for (i = 0; i < ARRAY_SIZE(live); i++) {
		heap_free_pages(live[i].p, live[i].order);
	}
	assert_int_equal(count_blocks(8), large);
}

static void blocks_are_freed_in_parts(void **state)
{
	u64 mfn = heap_take_block(4, LOW_MAX, 0), i;
	u32 large = count_blocks(8);

	(void)state;
	for (i = 0; i < 16; i++) {
		heap_give_block(mfn + (i * 5) % 16, 0, false);
	}
	assert_true(count_blocks(8) >= large);
	assert_int_equal(pages_free(false), free_at_start);
}

static void zones(void **state)
{
	u64 high = heap_take_block(0, ANYWHERE, 0), low = heap_take_block(3, LOW_MAX, 0), limit, mfn;
	u32 i;

	(void)state;
	assert_true(high >= HIGH_FIRST);
	assert_true(low && low + 7 <= LOW_MAX);
	heap_give_block(high, 0, false);
	heap_give_block(low, 3, false);
	/* High memory gone, low memory serves. */
	take_all();
	for (i = 0; i < held_count && held[i] >= HIGH_FIRST; i++) {
	}
	assert_int_equal(i, free_at_start - low_pages);
	for (; i < held_count; i++) {
		assert_true(held[i] <= LOW_MAX);
	}
	assert_int_equal(held_count, free_at_start);
	assert_int_equal(heap_take_block(0, ANYWHERE, 0), 0);
	assert_null(heap_alloc_pages(0));
	assert_int_equal(pages_free(false), 0);
	give_all();
	/* Limits inside a zone: never above, whatever the order; and impossible ones are refused. */
	limit = low + 100;
	for (i = 0; i < 6; i++) {
		mfn = heap_take_block(i, limit, 0);
		if (mfn) {
			assert_true(mfn + (1u << i) - 1 <= limit);
			heap_give_block(mfn, i, false);
		}
	}
	assert_int_equal(heap_take_block(0, 3, 0), 0);
	assert_int_equal(heap_take_block(PAGE_ORDER_MAX, ANYWHERE, 0), 0);
	assert_null(heap_alloc_pages(PAGE_ORDER_MAX + 1));
}

static void claims(void **state)
{
	u64 most = pages_free(true), i;
	mfn_t mfn, mine[8];

	(void)state;
	owner.max_pages = most + 100;
	other.max_pages = 100;
	assert_int_equal(owner_claim(&owner, most + 1), -ENOMEM);
	assert_int_equal(owner.claimed_pages, 0);
	assert_int_equal(owner_claim(&owner, most), 0);
	assert_int_equal(pages_free(true), 0);
	assert_int_equal(pages_free(false), most);
	/* Nobody else gets any; the one who claimed does, block by block. */
	assert_null(heap_alloc_pages(0));
	assert_null(heap_alloc(64));
	assert_int_equal(owner_pages_alloc(&other, 0, ANYWHERE, &mfn), -ENOMEM);
	assert_int_equal(other.tot_pages, 0);
	for (i = 0; i < ARRAY_SIZE(mine); i++) {
		mine[i] = owned(&owner);
	}
	assert_int_equal(owner.claimed_pages, most - ARRAY_SIZE(mine));
	assert_int_equal(pages_free(true), 0);
	/* A failed one takes nothing out of the claim. */
	assert_int_equal(owner_pages_alloc(&owner, 0, 3, &mfn), -ENOMEM);
	assert_int_equal(owner.claimed_pages, most - ARRAY_SIZE(mine));
	assert_int_equal(owner.tot_pages, ARRAY_SIZE(mine));
	assert_int_equal(owner_pages_alloc(&owner, PAGE_ORDER_MAX + 1, ANYWHERE, &mfn), -ENOMEM);
	/* A new claim replaces the old one. */
	assert_int_equal(owner_claim(&owner, 5), 0);
	assert_int_equal(pages_free(true), pages_free(false) - 5);
	assert_int_equal(owner_claim(&other, pages_free(true) + 1), -ENOMEM);
	assert_int_equal(owner_claim(&owner, 0), 0);
	assert_int_equal(pages_free(true), pages_free(false));
	for (i = 0; i < ARRAY_SIZE(mine); i++) {
		drop(mfn_to_page(mine[i]));
	}
}

/* --- Small objects ------------------------------------------------------------------------------------------------------------ */

static void small_objects(void **state)
{
	static u8 *objects[300];
	size_t bytes;
	u32 i, j;

	(void)state;
	for (bytes = 1; bytes <= PAGE_SIZE; bytes += bytes < 80 ? 1 : 97) {
		for (i = 0; i < ARRAY_SIZE(objects); i++) {
			objects[i] = heap_alloc(bytes);
			assert_non_null(objects[i]);
			assert_int_equal((u64)objects[i] % (bytes >= 64 ? 64 : 16), 0);
			for (j = 0; j < bytes; j++) {
				assert_int_equal(objects[i][j], 0);
			}
			memset(objects[i], (int)(i % 251 + 1), bytes);
		}
		/* Freed out of order, with new ones in between; each still holds what was written. */
		for (i = 0; i < ARRAY_SIZE(objects); i++) {
			u32 k = (i * 7) % ARRAY_SIZE(objects);

			for (j = 0; j < bytes; j++) {
				assert_int_equal(objects[k][j], k % 251 + 1);
			}
			heap_free(objects[k], bytes);
			if (i % 3 == 0) {
				objects[k] = heap_alloc(bytes);
				assert_non_null(objects[k]);
				assert_int_equal(objects[k][0] | objects[k][bytes - 1], 0);
				heap_free(objects[k], bytes);
			}
		}
		assert_int_equal(pages_free(false), free_at_start);
	}
	assert_null(heap_alloc(PAGE_SIZE + 1));
	heap_free(NULL, 32);
	heap_free_pages(NULL, 0);
}

static void small_objects_share_pages(void **state)
{
	void *one = heap_alloc(32), *two, *rest[127];
	u32 i;

	(void)state;
	assert_int_equal(pages_free(false), free_at_start - 1);
	for (i = 0; i < ARRAY_SIZE(rest); i++) {
		rest[i] = heap_alloc(32);
	}
	assert_int_equal(pages_free(false), free_at_start - 1);
	two = heap_alloc(32);
	assert_int_equal(pages_free(false), free_at_start - 2);
	heap_free(one, 32);
	heap_free(two, 32);
	assert_int_equal(pages_free(false), free_at_start - 1);
	for (i = 0; i < ARRAY_SIZE(rest); i++) {
		heap_free(rest[i], 32);
	}
	/* None left: refused, and objects of a half-used page are still there. */
	one = heap_alloc(1024);
	take_all();
	assert_null(heap_alloc(32));
	two = heap_alloc(1024);
	assert_non_null(two);
	give_all();
	heap_free(one, 1024);
	heap_free(two, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(random_life_merges_back),
		test(blocks_are_freed_in_parts),
		test(zones),
		test(claims),
		test(small_objects),
		test(small_objects_share_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
