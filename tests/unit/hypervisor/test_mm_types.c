// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a change of type owes the TLBs: which changes flush, since when, and that the flush comes before the new use begins. The
 * contents' rules are not here: page_type_ops only looks at what has been flushed when it is called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake/machine.h"
#include "lib/errno.h"
#include "mm/owner.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "x86/page.h"

static struct page_owner owner;
static struct page_info *pg;
static u64 flushes_at_validate;
static int verdict;

static int look(struct page_info *page, u64 type, bool preemptible)
{
	(void)page, (void)type, (void)preemptible;
	flushes_at_validate = fake_flush_mask.count;
	return verdict;
}

static int nothing(struct page_info *page, u64 type, bool preemptible)
{
	(void)page, (void)type, (void)preemptible;
	return 0;
}
const struct page_type_ops page_type_ops = { .validate = look, .devalidate = nothing };

static void use_as(u64 type, u32 until)
{
	assert_true(page_get_and_type(pg, &owner, type));
	fake_tlb_clock = until;
	page_put_and_type(pg);
}

/* From every type to every other. */
static void every_change_flushes(void **state)
{
	u64 from, to, before;

	(void)state;
	for (from = PGT_L1; from <= PGT_WRITABLE; from += PGT_L1) {
		for (to = PGT_L1; to <= PGT_WRITABLE; to += PGT_L1) {
			use_as(from, 100);
			fake_tlb_clock = 120;
			before = fake_flush_mask.count;
			flushes_at_validate = 0;
			assert_true(page_get_and_type(pg, &owner, to));
			if (from == to) {
				assert_int_equal(fake_flush_mask.count, before);
			} else {
				assert_int_equal(fake_flush_mask.count, before + 1);
				assert_int_equal(fake_flush_mask.since, 100);
			}
			if (to != PGT_WRITABLE) {
				/* Contents are judged when nobody can write to them any more. */
				assert_int_equal(flushes_at_validate, fake_flush_mask.count);
			}
			page_put_and_type(pg);
		}
	}
}

static void stamp_is_of_the_last_use(void **state)
{
	(void)state;
	use_as(PGT_L2, 200);
	fake_tlb_clock = 210;
	assert_true(page_get_and_type(pg, &owner, PGT_WRITABLE));
	assert_true(page_get_and_type(pg, &owner, PGT_WRITABLE));
	fake_tlb_clock = 220;
	page_put_and_type(pg);
	fake_tlb_clock = 230;
	page_put_and_type(pg);
	fake_tlb_clock = 240;
	assert_true(page_get_and_type(pg, &owner, PGT_L1));
	assert_int_equal(fake_flush_mask.since, 230);
	page_put_and_type(pg);
}

/* A refused validation has flushed, and the frame may be tried as something else. */
static void refused_contents(void **state)
{
	u64 before;

	(void)state;
	use_as(PGT_WRITABLE, 300);
	before = fake_flush_mask.count;
	verdict = -EINVAL;
	fake_tlb_clock = 310;
	assert_false(page_get_and_type(pg, &owner, PGT_L1));
	verdict = 0;
	assert_int_equal(fake_flush_mask.count, before + 1);
	assert_int_equal((u32)pg->type, 0);
	assert_int_equal((u32)pg->count, 1);
	use_as(PGT_L3, 320);
}

static void types_exclude_each_other(void **state)
{
	u64 held, wanted;

	(void)state;
	for (held = PGT_L1; held <= PGT_WRITABLE; held += PGT_L1) {
		assert_true(page_get_and_type(pg, &owner, held));
		for (wanted = PGT_L1; wanted <= PGT_WRITABLE; wanted += PGT_L1) {
			assert_int_equal(page_get_and_type(pg, &owner, wanted), wanted == held);
			if (wanted == held) {
				page_put_and_type(pg);
			}
		}
		assert_int_equal((u32)pg->type, 1);
		assert_int_equal((u32)pg->count, 2);
		page_put_and_type(pg);
	}
}

static void pins(void **state)
{
	(void)state;
	assert_int_equal(page_drop_pin(pg), -EINVAL);
	assert_true(page_get_and_type(pg, &owner, PGT_L1));
	assert_int_equal(page_pin(pg), 0);
	assert_int_equal(page_pin(pg), -EINVAL);
	assert_int_equal((u32)pg->type, 1);
	assert_false(page_get_and_type(pg, &owner, PGT_WRITABLE));
	assert_int_equal(page_drop_pin(pg), 0);
	assert_int_equal(page_drop_pin(pg), -EINVAL);
	assert_int_equal((u32)pg->type, 0);
	assert_int_equal((u32)pg->count, 1);
	use_as(PGT_WRITABLE, 400);
}

static void locking_a_table(void **state)
{
	struct page_owner stranger = { .id = DOMID(9) };
	u64 type;

	(void)state;
	assert_int_equal(page_lock_table(pg, &owner), 0);
	for (type = PGT_L1; type <= PGT_WRITABLE; type += PGT_L1) {
		assert_true(page_get_and_type(pg, &owner, type));
		assert_int_equal(page_lock_table(pg, &owner), type <= PGT_L4 ? type : 0);
		if (type <= PGT_L4) {
			assert_true(pg->type & PGT_LOCKED);
			page_unlock(pg);
		}
		assert_int_equal(page_lock_table(pg, &stranger), 0);
		assert_false(pg->type & PGT_LOCKED);
		page_put_and_type(pg);
		assert_int_equal(page_lock_table(pg, &owner), 0);
	}
}

static int setup(void **state)
{
	mfn_t mfn;

	(void)state;
	fake_machine_init();
	owner.id = DOMID(1);
	owner.max_pages = 10;
	assert_int_equal(owner_register(&owner), 0);
	assert_int_equal(owner_pages_alloc(&owner, 0, ~0ULL, &mfn), 0);
	pg = mfn_to_page(mfn);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_flushes),
		cmocka_unit_test(stamp_is_of_the_last_use),
		cmocka_unit_test(refused_contents),
		cmocka_unit_test(types_exclude_each_other),
		cmocka_unit_test(pins),
		cmocka_unit_test(locking_a_table),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
