// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory floor's allocators on real objects: blocks (split, merge, zones, claims), small objects, and domains' frames with all the
 * ways they leave. What a freed frame owes its next owner is checked at the moment it is given out again: clean contents, and a flush
 * for translations that may linger.
 *
 * The fake machine's memory gets a second part above 4 GiB, so that both zones exist.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "fake/machine.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/frame_table.h"
#include "mm/heap_blocks.h"
#include "mm/m2p.h"
#include "mm/mm.h"
#include "mm/owner.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "x86/page.h"
#include "x86/pcpu.h"

#define HIGH_FIRST (GIB(4) >> PAGE_SHIFT)
#define HIGH_PAGES 512
#define LOW_MAX    (HIGH_FIRST - 1)
#define ANYWHERE   (~0ULL)
#define FRAMES_MAX 16384

static struct page_owner owner, other;
static u64 free_at_start, low_pages;
/* Frames that take_all() holds. */
static u64 held[FRAMES_MAX];
static u32 held_count;
static u32 seed = 1;

static int no_contents(struct page_info *pg, u64 type, bool preemptible)
{
	(void)pg, (void)type, (void)preemptible;
	return 0;
}
const struct page_type_ops page_type_ops = { .validate = no_contents, .devalidate = no_contents };

static u32 rnd(u32 n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static bool is_filled_with(u64 mfn, u8 byte)
{
	const u8 *p = mfn_to_virt(MFN(mfn));

	return p[0] == byte && memcmp(p, p + 1, PAGE_SIZE - 1) == 0;
}

static void fill(u64 mfn, u8 byte) { memset(mfn_to_virt(MFN(mfn)), byte, PAGE_SIZE); }

/* Takes every frame there is, high ones first; each must be clean. */
static void take_all(void)
{
	u64 mfn;

	held_count = 0;
	while ((mfn = heap_take_block(0, ANYWHERE, 0)) != 0) {
		assert_true(held_count < FRAMES_MAX);
		assert_true(is_filled_with(mfn, 0));
		assert_int_equal(mfn_to_page(MFN(mfn))->type, 0);
		assert_int_equal(mfn_to_page(MFN(mfn))->count, 0);
		held[held_count++] = mfn;
	}
}

static void give_all(void)
{
	while (held_count) {
		heap_give_block(held[--held_count], 0, false);
	}
}

static u64 steal_back_from_held(u64 mfn)
{
	u32 i;

	for (i = 0; i < held_count; i++) {
		if (held[i] == mfn) {
			held[i] = held[--held_count];
			return mfn;
		}
	}
	return 0;
}

static mfn_t owned(struct page_owner *o)
{
	mfn_t mfn;

	assert_int_equal(owner_pages_alloc(o, 0, ANYWHERE, &mfn), 0);
	return mfn;
}

/* A domain's frame below 4 GiB, with an M2P entry and something to hide. */
static struct page_info *painted(struct page_owner *o)
{
	mfn_t mfn;

	assert_int_equal(owner_pages_alloc(o, 0, LOW_MAX, &mfn), 0);
	fill(mfn.v, 0xa5);
	m2p_set(mfn, 7);
	return mfn_to_page(mfn);
}

static void drop(struct page_info *pg) { assert_true(page_release(pg)); }

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

/* --- What a frame owes its next owner ----------------------------------------------------------------------------------------- */

static void every_way_out_is_scrubbed(void **state)
{
	struct page_info *put = painted(&owner), *stolen = painted(&owner), *unstolen = painted(&owner);
	struct page_info *late = painted(&owner), *typed = painted(&owner);
	void *special = special_page_alloc(&owner, true), *heap = heap_alloc_pages(0), *small = heap_alloc(2048);

	(void)state;
	memset(special, 0xa5, PAGE_SIZE);
	memset(heap, 0xa5, PAGE_SIZE);
	memset(small, 0xa5, 2048);
	drop(put);
	assert_true(owner_page_steal(&owner, stolen));
	stolen_page_free(stolen);
	assert_true(owner_page_steal(&owner, unstolen));
	owner_page_unsteal(&owner, unstolen);
	drop(unstolen);
	assert_true(page_ref(late));
	drop(late);
	page_put(late);
	assert_true(page_get_and_type(typed, &owner, PGT_L1));
	page_put_and_type(typed);
	drop(typed);
	special_page_free(special);
	heap_free_pages(heap, 0);
	heap_free(small, 2048);
	assert_int_equal(pages_free(false), free_at_start);
	take_all();
	assert_int_equal(held_count, free_at_start);
	give_all();
}

static void freed_frames_leave_the_m2p(void **state)
{
	struct page_info *put = painted(&owner), *stolen = painted(&owner);
	void *special = special_page_alloc(&owner, true);
	mfn_t mfn[3] = { page_to_mfn(put), page_to_mfn(stolen), virt_to_mfn(special) };
	u32 i;

	(void)state;
	m2p_set(mfn[2], 9);
	assert_int_equal(m2p_get(mfn[0]), 7);
	drop(put);
	assert_true(owner_page_steal(&owner, stolen));
	stolen_page_free(stolen);
	special_page_free(special);
	for (i = 0; i < ARRAY_SIZE(mfn); i++) {
		assert_true(m2p_get(mfn[i]) == M2P_INVALID);
	}
}

/* All memory is taken, so what is freed is what the next request gets. */
static void lingering_translations_are_flushed(void **state)
{
	static const u32 stamps[][3] = { /* of two frames, and the clock when they are given out */
		{ 5, 9, 20 }, { 9, 5, 20 }, { 0xfffffff0u, 3, 5 }, { 3, 0xfffffff0u, 5 }, { 7, 7, 7 },
	};
	u64 pair = 0, flushes;
	u32 i;

	(void)state;
	take_all();
	for (i = 0; i < held_count && !pair; i++) {
		pair = held[i] % 2 == 0 && held[i] <= LOW_MAX ? held[i] : 0;
	}
	assert_true(steal_back_from_held(pair) && steal_back_from_held(pair + 1));
	for (i = 0; i < ARRAY_SIZE(stamps); i++) {
		fake_tlb_clock = stamps[i][0];
		heap_give_block(pair, 0, true);
		fake_tlb_clock = stamps[i][1];
		heap_give_block(pair + 1, 0, true);
		fake_tlb_clock = stamps[i][2];
		flushes = fake_flush_all.count;
		assert_int_equal(heap_take_block(1, ANYWHERE, 0), pair);
		assert_int_equal(fake_flush_all.count, flushes + 1);
		assert_int_equal(fake_flush_all.since, stamps[i][2] - stamps[i][0] < stamps[i][2] - stamps[i][1] ? stamps[i][0] : stamps[i][1]);
	}
	/* Half of a block may be mapped still; frames that only the hypervisor used need no flush. */
	heap_give_block(pair, 0, true);
	heap_give_block(pair + 1, 0, false);
	flushes = fake_flush_all.count;
	assert_int_equal(heap_take_block(1, ANYWHERE, 0), pair);
	assert_int_equal(fake_flush_all.count, flushes + 1);
	heap_give_block(pair, 1, false);
	assert_int_equal(heap_take_block(1, ANYWHERE, 0), pair);
	assert_int_equal(fake_flush_all.count, flushes + 1);
	heap_give_block(pair, 1, false);
	give_all();
	fake_tlb_clock = 1;
}

static void frames_of_domains_are_stale_when_they_leave(void **state)
{
	u64 flushes;
	u32 way;

	(void)state;
	for (way = 0; way < 3; way++) {
		void *special = way == 2 ? special_page_alloc(&owner, false) : NULL;
		struct page_info *pg = way < 2 ? painted(&owner) : mfn_to_page(virt_to_mfn(special));

		take_all();
		fake_tlb_clock = 40 + way;
		if (way == 0) {
			drop(pg);
		} else if (way == 1) {
			assert_true(owner_page_steal(&owner, pg));
			stolen_page_free(pg);
		} else {
			special_page_free(special);
		}
		flushes = fake_flush_all.count;
		assert_int_equal(heap_take_block(0, ANYWHERE, 0), page_to_mfn(pg).v);
		assert_int_equal(fake_flush_all.count, flushes + 1);
		assert_int_equal(fake_flush_all.since, 40 + way);
		held[held_count++] = page_to_mfn(pg).v;
		give_all();
	}
	fake_tlb_clock = 1;
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

/* --- Domains' frames ------------------------------------------------------------------------------------------------------------ */

static void limits_of_a_domain(void **state)
{
	mfn_t mfn, first;

	(void)state;
	owner.max_pages = 4;
	first = owned(&owner);
	assert_int_equal(owner_pages_alloc(&owner, 2, ANYWHERE, &mfn), -ENOSPC);
	assert_int_equal(owner_pages_alloc(&owner, 1, ANYWHERE, &mfn), 0);
	assert_int_equal(mfn.v % 2, 0);
	assert_int_equal(owner.tot_pages, 3);
	drop(mfn_to_page(mfn));
	drop(mfn_to_page(MFN(mfn.v + 1)));
	assert_int_equal(owner_pages_alloc(&owner, 1, ANYWHERE, &mfn), 0);
	(void)owned(&owner);
	assert_int_equal(owner_pages_alloc(&owner, 0, ANYWHERE, &mfn), -ENOSPC);
	assert_int_equal(owner.tot_pages, 4);
	/* Below what it has already: nothing is taken away, nothing more given. */
	owner.max_pages = 2;
	drop(mfn_to_page(first));
	assert_int_equal(owner_pages_alloc(&owner, 0, ANYWHERE, &mfn), -ENOSPC);
	owner.max_pages = 100;
	owner.dying = true;
	assert_int_equal(owner_pages_alloc(&owner, 0, ANYWHERE, &mfn), -ESRCH);
	assert_int_equal(owner_claim(&owner, 3), 0);
	assert_int_equal(owner.claimed_pages, 0);
	assert_int_equal(owner_relinquish(&owner), 0);
	assert_true(owner_is_empty(&owner));
}

static void stealing_needs_the_only_reference(void **state)
{
	struct page_info *pg = painted(&owner), *rest[3] = { painted(&owner), painted(&owner), painted(&owner) };
	u32 i;

	(void)state;
	assert_false(owner_page_steal(&other, pg));
	assert_true(page_ref(pg));
	assert_false(owner_page_steal(&owner, pg));
	page_put(pg);
	assert_true(page_get_and_type(pg, &owner, PGT_L1));
	assert_int_equal(page_pin(pg), 0);
	assert_false(owner_page_steal(&owner, pg));
	assert_int_equal(page_drop_pin(pg), 0);
	assert_int_equal(owner.tot_pages, 4);
	assert_true(owner_page_steal(&owner, pg));
	assert_int_equal(owner.tot_pages, 3);
	/* While it is nobody's, nobody gets it; twice it cannot be stolen. */
	assert_false(page_get(pg, &owner));
	assert_false(page_ref(pg));
	assert_false(owner_page_steal(&owner, pg));
	owner_page_unsteal(&owner, pg);
	assert_int_equal(owner.tot_pages, 4);
	assert_true(page_get(pg, &owner));
	page_put(pg);
	/* The list survives frames taken from its head, middle and end. */
	for (i = 0; i < ARRAY_SIZE(rest); i++) {
		assert_true(owner_page_steal(&owner, rest[i]));
		stolen_page_free(rest[i]);
	}
	drop(pg);
	assert_int_equal(owner.list_head, 0);
	assert_true(owner_is_empty(&owner));
}

static void special_pages(void **state)
{
	void *rw = special_page_alloc(&owner, true), *ro = special_page_alloc(&owner, false);
	struct page_info *pg_rw = mfn_to_page(virt_to_mfn(rw)), *pg_ro = mfn_to_page(virt_to_mfn(ro));

	(void)state;
	assert_int_equal(owner.special_pages, 2);
	assert_int_equal(owner.tot_pages, 0);
	assert_int_equal(page_get_type(pg_rw, PGT_L1, false), -EINVAL);
	assert_int_equal(page_get_type(pg_rw, PGT_SEG_DESC, false), -EINVAL);
	assert_int_equal(page_get_type(pg_ro, PGT_WRITABLE, false), -EINVAL);
	assert_int_equal(page_get_type(pg_ro, PGT_L1, false), -EINVAL);
	assert_false(owner_page_steal(&owner, pg_rw));
	/* Mapped when the hypervisor lets go: it stays until the mapping goes. */
	assert_true(page_get_and_type(pg_rw, &owner, PGT_WRITABLE));
	assert_true(page_get(pg_ro, &owner));
	special_page_free(rw);
	special_page_free(ro);
	assert_int_equal(owner.special_pages, 2);
	assert_false(owner_is_empty(&owner));
	assert_false(page_get(pg_rw, &owner));
	page_put_and_type(pg_rw);
	page_put(pg_ro);
	assert_true(owner_is_empty(&owner));
	take_all();
	assert_null(special_page_alloc(&owner, true));
	assert_int_equal(owner.special_pages, 0);
	give_all();
}

static void frames_outlive_their_owners_hold(void **state)
{
	struct page_info *kept = painted(&owner), *typed = painted(&owner);
	u32 i;
	int err, calls = 0;

	(void)state;
	for (i = 0; i < 20; i++) {
		(void)painted(&owner);
	}
	assert_true(page_ref(kept));
	assert_true(page_get_and_type(typed, &owner, PGT_L2));
	assert_int_equal(page_pin(typed), 0);
	this_pcpu()->work = WORK_SCHEDULE;
	do {
		err = owner_relinquish(&owner);
		calls++;
	} while (err == -ERESTART);
	this_pcpu()->work = 0;
	assert_int_equal(err, 0);
	assert_true(calls > 10);
	/* Someone else still maps it: on no list of the living, not for getting any more, not scrubbed under his hands. */
	assert_int_equal(owner.tot_pages, 1);
	assert_int_equal(owner.list_head, 0);
	assert_int_equal(owner.retired_head, page_to_mfn(kept).v);
	assert_true(is_filled_with(page_to_mfn(kept).v, 0xa5));
	assert_false(page_get(kept, &owner));
	assert_false(owner_is_empty(&owner));
	assert_int_equal(owner_relinquish(&owner), 0);
	page_put(kept);
	assert_int_equal(owner.retired_head, 0);
	assert_true(owner_is_empty(&owner));
}

static void frames_that_are_nobodys(void **state)
{
	(void)state;
	assert_null(frame_lookup(MFN(3)));
	assert_null(frame_lookup(MFN(FRAMES_PER_SECTION + 5)));
	assert_null(frame_lookup(MFN(HIGH_FIRST + HIGH_PAGES)));
	assert_null(frame_lookup(MFN(~0ULL)));
	assert_null(frame_lookup(MFN(1ULL << 52)));
	assert_non_null(frame_lookup(MFN(HIGH_FIRST + HIGH_PAGES - 1)));
	/* The hypervisor's own, and free ones: RAM, but no domain's. */
	assert_null(page_get_mfn(MFN(300), &owner));
	assert_null(page_get_mfn(MFN(HIGH_FIRST), &owner));
	assert_null(owner_find(77));
	assert_null(owner_find(OWNER_ID_NONE));
	assert_null(owner_find(OWNER_ID_FREE));
	assert_null(owner_find(OWNER_ID_IO));
	assert_null(owner_find(0xffff));
}

/* --- Set-up ------------------------------------------------------------------------------------------------------------------- */

/* Memory as fake_machine_init() makes it, with room for the part above 4 GiB. */
static void machine(void)
{
	size_t table_bytes = (HIGH_FIRST + HIGH_PAGES) * sizeof(struct page_info);
	static u64 high_m2p[HIGH_PAGES];
	u64 **m2p_parts;
	char *table;
	u64 i;

	fake_ram = mmap(NULL, (HIGH_FIRST + HIGH_PAGES) * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(fake_ram != MAP_FAILED);
	log_set_level(LOG_ERR);
	mm_init();
	low_pages = pages_free(false);
	/* The M2P's parts are the first thing that mm_init() allocates, at 1 MiB. */
	m2p_parts = mfn_to_virt(MFN(MIB(1) >> PAGE_SHIFT));
	assert_non_null(m2p_parts[0]);
	assert_null(m2p_parts[1]);
	m2p_parts[HIGH_FIRST / FRAMES_PER_SECTION] = high_m2p;
	table = mmap(NULL, table_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(table != MAP_FAILED);
	memcpy(table, fake_frame_table, FRAMES_PER_SECTION * sizeof(struct page_info));
	fake_frame_table = table;
	frame_table_end = HIGH_FIRST + HIGH_PAGES;
	frame_sections[0] |= 1ULL << (HIGH_FIRST / FRAMES_PER_SECTION);
	for (i = HIGH_FIRST; i < HIGH_FIRST + HIGH_PAGES; i++) {
		mfn_to_page(MFN(i))->owner = OWNER_ID_NONE;
	}
	page_alloc_add(HIGH_FIRST, HIGH_PAGES);
	assert_int_equal(pages_free(false), low_pages + HIGH_PAGES);
	assert_int_equal(pages_total(), low_pages + HIGH_PAGES);
}

static int setup(void **state)
{
	(void)state;
	if (!fake_ram) {
		machine();
	}
	owner = (struct page_owner){ .id = DOMID(1), .max_pages = 1000 };
	other = (struct page_owner){ .id = DOMID(2), .max_pages = 1000 };
	assert_int_equal(owner_register(&owner), 0);
	assert_int_equal(owner_register(&other), 0);
	free_at_start = pages_free(false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(pages_free(false), free_at_start);
	assert_int_equal(pages_free(true), free_at_start);
	owner_unregister(&owner);
	owner_unregister(&other);
	return 0;
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(random_life_merges_back),
		test(blocks_are_freed_in_parts),
		test(zones),
		test(claims),
		test(every_way_out_is_scrubbed),
		test(freed_frames_leave_the_m2p),
		test(lingering_translations_are_flushed),
		test(frames_of_domains_are_stale_when_they_leave),
		test(small_objects),
		test(small_objects_share_pages),
		test(limits_of_a_domain),
		test(stealing_needs_the_only_reference),
		test(special_pages),
		test(frames_outlive_their_owners_hold),
		test(frames_that_are_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
