// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains' frames on real objects: limits, all the ways they leave, and what a freed frame owes its next owner. That is checked at the
 * moment it is given out again: clean contents, and a flush for translations that may linger (invariants M7, M9, M11, M13).
 */
#include "unit/hypervisor/two_zones.h"

static void fill(u64 mfn, u8 byte) { memset(mfn_to_virt(MFN(mfn)), byte, PAGE_SIZE); }

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

/* A domain's frame below 4 GiB, with an M2P entry and something to hide. */
static struct page_info *painted(struct page_owner *o)
{
	mfn_t mfn;

	assert_int_equal(owner_pages_alloc(o, 0, LOW_MAX, &mfn), 0);
	fill(mfn.v, 0xa5);
	m2p_set(mfn, 7);
	return mfn_to_page(mfn);
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

/* A pinned table at the end of the list lets go of what it holds before the first frame goes, however often the call is preempted. */
static void pins_go_before_frames(void **state)
{
	struct page_info *typed = painted(&owner);
	u32 i, calls = 0;

	(void)state;
	assert_true(page_get_and_type(typed, &owner, PGT_L2));
	assert_int_equal(page_pin(typed), 0);
	for (i = 0; i < 600; i++) {
		(void)owned(&owner);
	}
	this_pcpu()->work = WORK_SCHEDULE;
	while (typed->type & PGT_PINNED) {
		assert_int_equal(owner.tot_pages, 601);
		assert_int_equal(owner_relinquish(&owner), -ERESTART);
		calls++;
	}
	this_pcpu()->work = 0;
	/* It looks at many frames in one go. */
	assert_true(calls < 10);
	assert_int_equal(owner.tot_pages, 601);
	assert_int_equal(owner_relinquish(&owner), 0);
	assert_true(owner_is_empty(&owner));
}

/* Given back together, except what somebody holds; the blocks merge again. */
static void extents_go_back_whole(void **state)
{
	u64 before = pages_free(false);
	mfn_t extent, again;
	u32 i;

	(void)state;
	assert_int_equal(owner_pages_alloc(&owner, 5, ANYWHERE, &extent), 0);
	m2p_set(MFN(extent.v + 3), 77);
	(void)owned(&owner);
	assert_true(page_ref(mfn_to_page(MFN(extent.v + 11))));
	assert_int_equal(owner_relinquish(&owner), 0);
	assert_int_equal(owner.tot_pages, 1);
	assert_int_equal(pages_free(false), before - 1);
	for (i = 0; i < 32; i++) {
		assert_int_equal(mfn_to_page(MFN(extent.v + i))->count != 0, i == 11);
	}
	assert_int_equal(m2p_get(MFN(extent.v + 3)), M2P_INVALID);
	page_put(mfn_to_page(MFN(extent.v + 11)));
	assert_true(owner_is_empty(&owner));
	assert_int_equal(pages_free(false), before);
	assert_int_equal(owner_pages_alloc(&other, 5, ANYWHERE, &again), 0);
	assert_int_equal(again.v, extent.v);
	assert_int_equal(owner_relinquish(&other), 0);
	other.dying = false;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_way_out_is_scrubbed),
		test(freed_frames_leave_the_m2p),
		test(lingering_translations_are_flushed),
		test(frames_of_domains_are_stale_when_they_leave),
		test(limits_of_a_domain),
		test(stealing_needs_the_only_reference),
		test(special_pages),
		test(frames_outlive_their_owners_hold),
		test(extents_go_back_whole),
		test(pins_go_before_frames),
		test(frames_that_are_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
