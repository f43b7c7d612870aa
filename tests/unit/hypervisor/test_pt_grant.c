// SPDX-License-Identifier: GPL-2.0-only
/*
 * Granted frames in page tables: where a grant may be mapped, what the entry holds, and that unmapping undoes exactly that
 * mapping, whatever the guest has done to the entry meanwhile (invariants G1, G5).
 */
#include "unit/hypervisor/pt_world.h"

#include "core/grant.h"
#include "pv/pt_rules.h"
#include "public/grant_table.h"

#define RO   (PTE_P | PTE_US | PTE_A | PTE_NX)
#define RW   (RO | PTE_RW | PTE_D)

static u64 machine_slot(mfn_t table, u32 i) { return table.v * PAGE_SIZE + i * sizeof(pte_t); }

static int map_at(u64 addr, bool by_machine, mfn_t mfn, u64 flags) { return grant_pte_ops.map(&dom, addr, by_machine, mfn, flags); }
static int unmap_at(u64 addr, bool by_machine, mfn_t mfn, bool rw) { return grant_pte_ops.unmap(&dom, addr, by_machine, mfn, rw); }

static void by_address_and_by_machine_address(void **state)
{
	u32 way;

	(void)state;
	for (way = 0; way < 2; way++) {
		u64 at = way ? machine_slot(maps, 9) : VA(9);

		assert_int_equal(map_at(at, way, foreign, RW), GNTST_okay);
		assert_int_equal(*entry(maps, 9), pte_make(foreign, RW));
		assert_int_equal(refs(foreign), 2);
		assert_int_equal(types(foreign), 1);
		assert_int_equal(unmap_at(at, way, foreign, true), GNTST_okay);
		assert_int_equal(*entry(maps, 9), 0);
		assert_int_equal(map_at(at, way, foreign, RO), GNTST_okay);
		assert_int_equal(types(foreign), 0);
		assert_int_equal(unmap_at(at, way, foreign, false), GNTST_okay);
		assert_int_equal(refs(foreign), 1);
		/* There is nothing any more. */
		assert_int_equal(unmap_at(at, way, foreign, false), GNTST_bad_virt_addr);
		assert_int_equal(refs(foreign), 1);
	}
}

static void places_where_nothing_can_be_mapped(void **state)
{
	static const u64 vas[] = { 1ULL << 30, 1ULL << 39, (u64)HV_L4_FIRST << 39, 0xffff800000000000ULL, HV_HOLE_END, ~0xfffULL, ~0ULL };
	u64 by_machine[] = {
		machine_slot(l2, 1), machine_slot(l4, 5), machine_slot(l4, HV_L4_FIRST), machine_slot(plain, 0), machine_slot(plain2, 0),
		machine_slot(foreign_table, 0), machine_slot(MFN(3), 0), machine_slot(MFN(300), 0), 1ULL << 45, ~7ULL, ~0ULL,
		machine_slot(maps, 9) + 1, machine_slot(maps, 9) + 4, machine_slot(maps, 9) + 7,
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(vas); i++) {
		assert_int_not_equal(map_at(vas[i], false, foreign, RO), GNTST_okay);
		assert_int_not_equal(unmap_at(vas[i], false, foreign, false), GNTST_okay);
	}
	for (i = 0; i < ARRAY_SIZE(by_machine); i++) {
		assert_int_not_equal(map_at(by_machine[i], true, foreign, RO), GNTST_okay);
		assert_int_not_equal(unmap_at(by_machine[i], true, foreign, false), GNTST_okay);
	}
	/* An address means nothing in tables that are not the current ones. */
	assert_int_not_equal(grant_pte_ops.map(&stranger, VA(9), false, foreign, RO), GNTST_okay);
	assert_int_equal(refs(foreign), 1);
	assert_int_equal(*entry(maps, 9), 0);
	assert_false(mfn_to_page(maps)->type & PGT_LOCKED);
	assert_false(mfn_to_page(l2)->type & PGT_LOCKED);
	assert_false(mfn_to_page(foreign_table)->type & PGT_LOCKED);
}

static void frames_that_may_not_be_mapped(void **state)
{
	struct page_owner nobody = { .id = DOMID(5), .max_pages = 5 };
	mfn_t orphan;

	(void)state;
	assert_int_equal(map_at(VA(9), false, foreign_table, RW), GNTST_general_error);
	assert_int_equal(map_at(VA(9), false, foreign_table, RO), GNTST_okay);
	assert_int_equal(unmap_at(VA(9), false, foreign_table, false), GNTST_okay);
	assert_int_equal(refs(foreign_table), 2);
	/* A granter that has gone. */
	assert_int_equal(owner_register(&nobody), 0);
	assert_int_equal(owner_pages_alloc(&nobody, 0, ~0ULL, &orphan), 0);
	mfn_to_page(orphan)->owner = 6;
	assert_int_equal(map_at(VA(9), false, orphan, RO), GNTST_general_error);
	mfn_to_page(orphan)->owner = 5;
	assert_true(page_release(mfn_to_page(orphan)));
	owner_unregister(&nobody);
	assert_int_equal(*entry(maps, 9), 0);
}

static void what_was_there_is_dropped(void **state)
{
	struct pt_context self = PT_SELF(&dom);

	(void)state;
	assert_int_equal(pt_update_va(&self, VA(9), pte_make(plain, PTE_P | PTE_RW)), 0);
	assert_int_equal(refs(plain), 3);
	assert_int_equal(map_at(VA(9), false, foreign, RW), GNTST_okay);
	assert_int_equal(refs(plain), 2);
	assert_int_equal(types(plain), 0);
	/* The guest overwrites the grant's entry: exactly its references go, and unmapping finds it gone. */
	assert_int_equal(pt_update_va(&self, VA(9), pte_make(plain, PTE_P)), 0);
	assert_int_equal(refs(foreign), 1);
	assert_int_equal(types(foreign), 0);
	assert_int_equal(unmap_at(VA(9), false, foreign, true), GNTST_bad_virt_addr);
	assert_int_equal(refs(plain), 3);
	assert_int_equal(pt_update_va(&self, VA(9), 0), 0);
	assert_int_equal(refs(plain), 2);
}

static void unmapping_undoes_its_own_kind(void **state)
{
	struct pt_context self = PT_SELF(&dom);

	(void)state;
	/* The entry of another grant, or of none. */
	assert_int_equal(unmap_at(VA(3), false, foreign, true), GNTST_bad_virt_addr);
	assert_int_equal(pte_mfn(*entry(maps, 3)).v, plain.v);
	/* A writable entry is none of a read-only mapping's. */
	assert_int_equal(map_at(VA(9), false, foreign, RW), GNTST_okay);
	assert_int_equal(unmap_at(VA(9), false, foreign, false), GNTST_bad_virt_addr);
	assert_int_equal(refs(foreign), 2);
	/* Nor does the guest take the right away on its own: the frame is not its. A read-only entry is fine. */
	assert_int_equal(pt_update_va(&self, VA(9), pte_make(foreign, RO)), -EINVAL);
	assert_int_equal(unmap_at(VA(9), false, foreign, true), GNTST_okay);
	assert_int_equal(refs(foreign), 1);
	assert_int_equal(map_at(VA(9), false, foreign, RO), GNTST_okay);
	assert_int_equal(unmap_at(VA(9), false, foreign, true), GNTST_okay);
	assert_int_equal(types(foreign), 0);
}

/* A run of one change. */
static int update_entry(const struct pt_context *ctx, maddr_t slot, u64 e, bool preserve_ad)
{
	struct pt_run run = { NULL };
	int err = pt_update_entry(ctx, &run, slot, e, preserve_ad);

	pt_run_end(&run);
	return err;
}

/* No update of the guest's own turns a read-only grant into a writable one. */
static void a_grant_does_not_become_writable(void **state)
{
	struct pt_context self = PT_SELF(&dom);

	(void)state;
	assert_int_equal(map_at(VA(9), false, foreign, RO), GNTST_okay);
	assert_int_not_equal(pt_update_va(&self, VA(9), pte_make(foreign, RW)), 0);
	assert_int_not_equal(update_entry(&self, MADDR(machine_slot(maps, 9)), pte_make(foreign, RW), true), 0);
	assert_int_not_equal(pt_update_va(&self, VA(10), pte_make(foreign, RO)), 0);
	/* Accessed and dirty bits may change. */
	assert_int_equal(pt_update_va(&self, VA(9), pte_make(foreign, RO & ~PTE_A)), 0);
	assert_int_equal(*entry(maps, 9), pte_make(foreign, RO & ~PTE_A));
	assert_int_equal(refs(foreign), 2);
	assert_int_equal(types(foreign), 0);
	assert_int_equal(unmap_at(VA(9), false, foreign, false), GNTST_okay);
}

/* The granter dies, the mapping lives on: the frame waits for it. */
static void the_granter_goes_first(void **state)
{
	u64 free_before;

	(void)state;
	assert_int_equal(map_at(VA(9), false, foreign, RW), GNTST_okay);
	memset(mfn_to_virt(foreign), 0x5a, PAGE_SIZE);
	assert_int_equal(owner_relinquish(&stranger.mem), 0);
	assert_false(owner_is_empty(&stranger.mem));
	assert_int_equal(*(u8 *)mfn_to_virt(foreign), 0x5a);
	free_before = pages_free(false);
	assert_int_equal(unmap_at(VA(9), false, foreign, true), GNTST_okay);
	assert_int_equal(pages_free(false), free_before + 1);
	assert_true(owner_is_empty(&stranger.mem));
}

static int setup(void **state)
{
	(void)state;
	world_of_tables();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_of_tables_ends();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_address_and_by_machine_address),
		cmocka_unit_test(places_where_nothing_can_be_mapped),
		cmocka_unit_test(frames_that_may_not_be_mapped),
		cmocka_unit_test(what_was_there_is_dropped),
		cmocka_unit_test(unmapping_undoes_its_own_kind),
		cmocka_unit_test(a_grant_does_not_become_writable),
		cmocka_unit_test(the_granter_goes_first),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
