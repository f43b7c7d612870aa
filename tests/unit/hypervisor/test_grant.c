// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grants: what an entry permits, mapping and unmapping (counts return to zero), copying at the edges of pages, tear-down of either
 * side, limits, and memory failures. Invariants G1, G2, G4, G5.
 */
#include "world.h"

#include "core/grant_entry.h"
#include "public/grant_table.h"

#define AT(i) (0x10000ULL + (i) * 0x1000)

static struct grant_entry_v1 *entry(struct domain *d, u32 ref)
{
	mfn_t mfn;

	assert_int_equal(grant_frame_mfn(d, ref / 512, &mfn), 0);
	return (struct grant_entry_v1 *)mfn_to_virt(mfn) + ref % 512;
}

static void permit(struct domain *d, u32 ref, u16 who, mfn_t mfn, u16 flags)
{
	assert_int_equal(grant_grow(d, ref / 512 + 1), 0);
	*entry(d, ref) = (struct grant_entry_v1){ .flags = GTF_permit_access | flags, .domid = who, .frame = (u32)mfn.v };
}

static struct gnttab_map_grant_ref map(struct domain *cur, u16 dom, u32 ref, u32 flags, u64 at)
{
	struct gnttab_map_grant_ref op = { .host_addr = at, .flags = flags, .ref = ref, .dom = dom };

	grant_map(cur, &op);
	return op;
}

static int unmap(struct domain *cur, u32 handle, u64 host_addr, u64 dev_addr)
{
	struct gnttab_unmap_grant_ref op = { .host_addr = host_addr, .dev_bus_addr = dev_addr, .handle = handle };
	struct grant_unmap un;

	grant_unmap_begin(cur, &op, &un);
	grant_unmap_finish(cur, &un);
	return op.status;
}

static void test_map_unmap(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t page = world_page(a);
	struct gnttab_map_grant_ref w, r;
	struct grant_holding held;
	struct grant_use use;
	u32 next = 0;

	(void)state;
	permit(a, 8, 0, page, 0);
	w = map(b, 1, 8, GNTMAP_host_map | 1 << 16, AT(0));
	assert_int_equal(w.status, 0);
	assert_int_equal(w.dev_bus_addr, page.v << 12);
	assert_int_equal(world_pte_at(AT(0))->flags, PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX | 1 << 9);
	assert_int_equal(entry(a, 8)->flags, 0x19);
	r = map(b, 1, 8, GNTMAP_host_map | GNTMAP_readonly | GNTMAP_application_map | GNTMAP_contains_pte, AT(1));
	assert_int_equal(r.status, 0);
	assert_true(r.handle != w.handle);
	assert_int_equal(grant_count_held(b, a, &next, 1).count, 1);
	assert_int_equal(next, 1);
	held = grant_count_held(b, a, &next, 100);
	assert_int_equal(held.count, 1);
	assert_int_equal(held.ref, 8);
	assert_int_equal(held.mfn.v, page.v);
	assert_int_equal(next, 0);
	assert_int_equal(grant_count_held(a, b, &next, 100).count, 0);
	next = ~0u;
	assert_int_equal(grant_count_held(b, a, &next, 100).count, 0);
	assert_int_equal(next, 0);
	assert_int_equal(grant_next_use(a, &next, &use), 1);
	assert_int_equal(next, 8);
	assert_true(use.domid == 0 && use.users == 2 && use.writers == 1 && mfn_eq(use.mfn, page));
	next = 9;
	assert_int_equal(grant_next_use(a, &next, &use), 0);
	assert_int_equal(next, 512);
	assert_int_equal(grant_next_use(a, &next, &use), -ENOENT);
	next = ~0u;
	assert_int_equal(grant_next_use(a, &next, &use), -ENOENT);
	next = 0;
	assert_int_equal(world_pte_at(AT(1))->flags, PTE_P | PTE_US | PTE_A | PTE_D | PTE_NX);
	assert_true(world_pte_at(AT(1))->by_machine);
	assert_int_equal(b->refs, 1);
	assert_int_equal(a->refs, 3);
	/* Wrong address, then right, then once more. */
	assert_int_equal(unmap(b, w.handle, AT(1), 0), GNTST_bad_virt_addr);
	assert_int_equal(unmap(b, w.handle, 0, 0), GNTST_bad_handle);
	assert_int_equal(unmap(b, w.handle, AT(0), 0), 0);
	assert_int_equal(unmap(b, w.handle, AT(0), 0), GNTST_bad_handle);
	assert_int_equal(entry(a, 8)->flags, GTF_permit_access | GTF_reading);
	assert_int_equal((u32)mfn_to_page(page)->type, 0);
	assert_int_equal(unmap(b, r.handle, AT(1), 0), 0);
	assert_int_equal(entry(a, 8)->flags, GTF_permit_access);
	assert_true(world_page_unused(page));
	assert_int_equal(a->refs, 1);
	world_end(a);
	world_end(b);
}

static void test_kinds(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t page = world_page(a);
	struct gnttab_map_grant_ref op;

	(void)state;
	permit(a, 8, 0, page, 0);
	assert_int_equal(map(b, 1, 8, 0, AT(0)).status, GNTST_bad_gntref);
	assert_int_equal(map(b, 1, 8, GNTMAP_readonly, AT(0)).status, GNTST_bad_gntref);
	op = map(b, 1, 8, GNTMAP_host_map | GNTMAP_device_map, AT(0));
	assert_int_equal(op.status, 0);
	assert_int_equal(unmap(b, op.handle, 0, 0x123000), GNTST_bad_dev_addr);
	assert_int_equal(unmap(b, op.handle, AT(0), 0), 0);
	assert_int_equal(entry(a, 8)->flags, 0x19);
	assert_int_equal(unmap(b, op.handle, AT(0), 0), GNTST_bad_handle);
	assert_int_equal(unmap(b, op.handle, 0, op.dev_bus_addr), 0);
	assert_int_equal(entry(a, 8)->flags, GTF_permit_access);
	op = map(b, 1, 8, GNTMAP_device_map, 0);
	assert_int_equal(unmap(b, op.handle, AT(0), op.dev_bus_addr), 0);
	assert_true(world_page_unused(page));
	world_end(a);
	world_end(b);
}

static void test_refusals(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t page = world_page(a), theirs = world_page(b), table = world_page(a);
	static const u32 handles[] = { 0, 1, 55, 56, 4095, 0x7fffffff, 0xffffffff };
	const u32 rw = GNTMAP_host_map, ro = GNTMAP_host_map | GNTMAP_readonly;
	u32 i;

	(void)state;
	assert_int_equal(map(b, 1, 0, rw, AT(0)).status, GNTST_bad_gntref); /* no table yet */
	permit(a, 8, 0, page, GTF_readonly);
	permit(a, 9, 7, page, 0);
	permit(a, 10, 0, theirs, 0);
	permit(a, 11, 0, MFN(0xffffffff), 0);
	permit(a, 12, 0, MFN(0), 0);
	permit(a, 13, 0, table, 0);
	permit(a, 14, 0, page, 0);
	assert_int_equal(map(b, 1, 7, rw, AT(0)).status, GNTST_general_error);
	assert_int_equal(map(b, 1, 8, rw, AT(0)).status, GNTST_general_error);
	assert_int_equal(map(b, 1, 9, ro, AT(0)).status, GNTST_general_error);
	assert_int_equal(map(b, 1, 10, ro, AT(0)).status, GNTST_bad_page);
	assert_int_equal(map(b, 1, 11, ro, AT(0)).status, GNTST_bad_page);
	assert_int_equal(map(b, 1, 12, ro, AT(0)).status, GNTST_bad_page);
	assert_int_equal(map(b, 1, 512, ro, AT(0)).status, GNTST_bad_gntref);
	assert_int_equal(map(b, 1, 0xffffffff, ro, AT(0)).status, GNTST_bad_gntref);
	assert_int_equal(map(b, 5, 8, ro, AT(0)).status, GNTST_bad_domain);
	assert_int_equal(map(b, DOMID_SELF_RAW, 8, ro, AT(0)).status, GNTST_bad_domain);
	assert_int_equal(map(b, 0xffff, 8, ro, AT(0)).status, GNTST_bad_domain);
	assert_int_equal(map(b, 1, 14, rw, WORLD_BAD_PTE).status, GNTST_general_error);
	entry(a, 14)->flags = GTF_accept_transfer;
	assert_int_equal(map(b, 1, 14, ro, AT(0)).status, GNTST_general_error);
	entry(a, 14)->flags = GTF_transitive;
	assert_int_equal(map(b, 1, 14, ro, AT(0)).status, GNTST_general_error);
	/* A page table may be mapped read-only, not writable. */
	assert_true(page_get(mfn_to_page(table), &a->mem));
	assert_int_equal(page_get_type(mfn_to_page(table), PGT_L1, false), 0);
	assert_int_equal(map(b, 1, 13, rw, AT(0)).status, GNTST_bad_page);
	assert_int_equal(entry(a, 13)->flags, GTF_permit_access);
	page_put_and_type(mfn_to_page(table));
	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		assert_int_equal(unmap(b, handles[i], AT(0), 0), GNTST_bad_handle);
	}
	assert_int_equal(b->grants->track_used, 0);
	assert_int_equal(a->refs, 1);
	assert_true(world_page_unused(page) && world_page_unused(theirs) && world_page_unused(table));
	world_end(a);
	world_end(b);
}

/* In use, the entry decides nothing any more: frame, domain and permission are those of the first use. */
static void test_entry_is_read_once(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64), *c = world_domain(2, 1, 64);
	mfn_t page = world_page(a), other = world_page(a);
	struct gnttab_map_grant_ref first, second;

	(void)state;
	permit(a, 8, 0, page, 0);
	first = map(b, 1, 8, GNTMAP_host_map | GNTMAP_readonly, AT(0));
	assert_int_equal(first.status, 0);
	permit(a, 8, 2, other, 0);
	assert_int_equal(map(c, 1, 8, GNTMAP_host_map, AT(1)).status, GNTST_general_error);
	/* Reading goes on by the record; writing asks the entry, which names somebody else now. */
	second = map(b, 1, 8, GNTMAP_host_map | GNTMAP_readonly, AT(1));
	assert_int_equal(second.status, 0);
	assert_int_equal(second.dev_bus_addr, page.v << 12);
	assert_int_equal(map(b, 1, 8, GNTMAP_host_map, AT(2)).status, GNTST_general_error);
	assert_int_equal(unmap(b, first.handle, AT(0), 0), 0);
	assert_int_equal(unmap(b, second.handle, AT(1), 0), 0);
	second = map(c, 1, 8, GNTMAP_host_map, AT(1));
	assert_int_equal(second.dev_bus_addr, other.v << 12);
	assert_int_equal(unmap(c, second.handle, AT(1), 0), 0);
	assert_true(world_page_unused(page) && world_page_unused(other));
	world_end(a);
	world_end(b);
	world_end(c);
}

static struct gnttab_copy copy_op(u32 soff, u32 doff, u32 len)
{
	return (struct gnttab_copy){
		.source = { .u.ref = 8, .domid = 1, .offset = soff },
		.dest = { .u.gmfn = 0, .domid = DOMID_SELF_RAW, .offset = doff },
		.len = len, .flags = GNTCOPY_source_gref,
	};
}

static void test_copy_bounds(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t from = world_page(a), to = world_page(b);
	static const u16 offsets[] = { 0, 1, 4095, 4096, 4097, 0x8000, 0xffff }, lens[] = { 0, 1, 4095, 4096, 4097, 0xffff };
	char *src = mfn_to_virt(from), *dst = mfn_to_virt(to);
	u32 i, k, n;

	(void)state;
	permit(a, 8, 0, from, GTF_readonly);
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (k = 0; k < ARRAY_SIZE(offsets); k++) {
			for (n = 0; n < ARRAY_SIZE(lens); n++) {
				struct gnttab_copy op = copy_op(offsets[i], offsets[k], lens[n]);
				bool ok = offsets[i] + lens[n] <= 4096 && offsets[k] + lens[n] <= 4096;

				op.dest.u.gmfn = to.v;
				memset(src, 0x5a, 4096);
				memset(dst, 0, 4096);
				grant_copy(b, &op);
				assert_int_equal(op.status, ok ? 0 : GNTST_bad_copy_arg);
				if (ok && lens[n]) {
					assert_int_equal(dst[offsets[k]], 0x5a);
					assert_int_equal(dst[offsets[k] + lens[n] - 1], 0x5a);
					assert_true(offsets[k] == 0 || dst[offsets[k] - 1] == 0);
					assert_true(offsets[k] + lens[n] == 4096 || dst[offsets[k] + lens[n]] == 0);
				}
			}
		}
	}
	assert_int_equal(entry(a, 8)->flags, GTF_permit_access | GTF_readonly);
	assert_true(world_page_unused(from) && world_page_unused(to));
	world_end(a);
	world_end(b);
}

static void check_refused_copy(struct domain *d, struct gnttab_copy op, u32 which, u64 frame_or_status)
{
	grant_copy(d, &op);
	assert_int_not_equal(op.status, 0);
	assert_int_equal(world_refusal.args[0], (u64)which << 32 | 1 << 16 | DOMID_SELF_RAW);
	assert_int_equal(world_refusal.args[1], frame_or_status);
	assert_int_equal(world_refusal.is_frame, which != 0);
}

/* The record of a refused copy is about a frame, its source's or its target's, or else has the status. */
static void test_refused_copies_name_the_frame(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t from = world_page(a), to = world_page(b), table = world_page(b);
	struct gnttab_copy op = copy_op(0, 0, 16);

	(void)state;
	permit(a, 8, 0, from, 0);
	permit(a, 9, 0, to, 0);
	assert_true(page_get(mfn_to_page(table), &b->mem));
	assert_int_equal(page_get_type(mfn_to_page(table), PGT_L2, false), 0);
	op.dest.u.gmfn = table.v;
	check_refused_copy(b, op, 2, table.v);
	op.dest.u.gmfn = from.v;
	check_refused_copy(b, op, 2, from.v);
	op.dest.u.gmfn = to.v;
	op.source.u.ref = 9;
	check_refused_copy(b, op, 1, to.v);
	op.source.u.ref = 100000;
	check_refused_copy(b, op, 0, (u64)(s64)GNTST_bad_gntref);
	op = copy_op(PAGE_SIZE, 0, 16);
	op.dest.u.gmfn = to.v;
	check_refused_copy(b, op, 0, (u64)(s64)GNTST_bad_copy_arg);
	page_put_and_type(mfn_to_page(table));
	assert_true(world_page_unused(from) && world_page_unused(to) && world_page_unused(table));
	world_end(a);
	world_end(b);
}

static void test_copy_rights(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t from = world_page(a), to = world_page(b), table = world_page(b);
	struct gnttab_copy op;

	(void)state;
	permit(a, 8, 0, from, GTF_readonly);
	permit(a, 9, 0, from, 0);
	/* A frame number of somebody else's, by number or through the caller's. */
	op = copy_op(0, 0, 16);
	op.dest.u.gmfn = from.v;
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_bad_page);
	op.dest.domid = 1;
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_permission_denied);
	op.dest = (struct gnttab_copy_ptr){ .u.gmfn = ~0ULL, .domid = DOMID_SELF_RAW };
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_bad_page);
	/* Into a read-only grant; out of one that does not exist; into a page table. */
	op = (struct gnttab_copy){ .source = { .u.gmfn = to.v, .domid = DOMID_SELF_RAW },
				   .dest = { .u.ref = 8, .domid = 1 }, .len = 8, .flags = GNTCOPY_dest_gref };
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_general_error);
	op.dest.u.ref = 9;
	*(u64 *)mfn_to_virt(to) = 0x1122334455667788;
	grant_copy(b, &op);
	assert_int_equal(op.status, 0);
	assert_int_equal(*(u64 *)mfn_to_virt(from), 0x1122334455667788);
	op.dest.u.ref = 100000;
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_bad_gntref);
	op.dest.domid = 5;
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_bad_domain);
	assert_true(page_get(mfn_to_page(table), &b->mem));
	assert_int_equal(page_get_type(mfn_to_page(table), PGT_L2, false), 0);
	op = copy_op(0, 0, 16);
	op.dest.u.gmfn = table.v;
	grant_copy(b, &op);
	assert_int_equal(op.status, GNTST_bad_page);
	page_put_and_type(mfn_to_page(table));
	/* Overlapping inside one own frame. */
	op = (struct gnttab_copy){ .source = { .u.gmfn = to.v, .domid = DOMID_SELF_RAW },
				   .dest = { .u.gmfn = to.v, .domid = DOMID_SELF_RAW, .offset = 4 }, .len = 100 };
	grant_copy(b, &op);
	assert_int_equal(op.status, 0);
	assert_int_equal(entry(a, 9)->flags, GTF_permit_access);
	assert_true(world_page_unused(from) && world_page_unused(to) && world_page_unused(table));
	assert_int_equal(a->refs, 1);
	assert_int_equal(b->refs, 1);
	world_end(a);
	world_end(b);
}

static void test_many_mappings(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t page = world_page(a);
	static u32 handles[70000];
	struct gnttab_map_grant_ref op;
	u32 i;

	(void)state;
	permit(a, 8, 0, page, 0);
	permit(a, 9, 0, page, 0);
	/* One entry has at most 65535 users; device mappings need no PTE. */
	for (i = 0; i < 65535; i++) {
		op = map(b, 1, 8, GNTMAP_device_map, 0);
		assert_int_equal(op.status, 0);
		handles[i] = op.handle;
	}
	assert_int_equal(map(b, 1, 8, GNTMAP_device_map, 0).status, GNTST_no_space);
	for (; i < 70000; i++) {
		op = map(b, 1, 9, GNTMAP_device_map | GNTMAP_readonly, 0);
		assert_int_equal(op.status, 0);
		handles[i] = op.handle;
	}
	for (i = 0; i < 70000; i += 2) {
		assert_int_equal(unmap(b, handles[i], 0, page.v << 12), 0);
	}
	/* The rest goes with the mapper. */
	world_destroy(b);
	world_free(b);
	assert_int_equal(entry(a, 8)->flags, GTF_permit_access);
	assert_int_equal(entry(a, 9)->flags, GTF_permit_access);
	assert_true(world_page_unused(page));
	world_end(a);
}

static void test_mapper_limit(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(2, 1, 64);
	mfn_t page = world_page(a);
	u32 i;

	(void)state;
	permit(a, 8, 2, page, 0);
	for (i = 0; i < 1 << 14; i++) {
		if (map(b, 1, 8, GNTMAP_device_map, 0).status) {
			break;
		}
	}
	/* Whole chunks up to the limit and no further. */
	assert_true(i <= 1 << 14);
	for (i = 0; i < 100 && map(b, 1, 8, GNTMAP_device_map, 0).status == 0; i++) {
	}
	assert_true(i < 100);
	assert_int_equal(map(b, 1, 8, GNTMAP_device_map, 0).status, GNTST_no_device_space);
	world_end(b);
	world_end(a);
}

/* The granter dies first: its frame stays until the mapping goes. */
static void test_granter_dies(void **state)
{
	struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
	mfn_t page = world_page(a);
	struct gnttab_map_grant_ref op;

	(void)state;
	permit(a, 8, 0, page, 0);
	op = map(b, 1, 8, GNTMAP_host_map, AT(0));
	assert_int_equal(op.status, 0);
	world_destroy(a);
	assert_false(owner_is_empty(&a->mem));
	assert_int_equal(map(b, 1, 8, GNTMAP_host_map, AT(1)).status, GNTST_bad_domain);
	*(u64 *)mfn_to_virt(page) = 1;
	assert_int_equal(unmap(b, op.handle, AT(0), 0), 0);
	world_free(a);
	world_end(b);
}

static void test_table(void **state)
{
	struct domain *a = world_domain(1, 1, 64);
	mfn_t page = world_page(a), mfn, again;

	(void)state;
	assert_int_equal(grant_frames(a), 0);
	assert_int_equal(grant_max_frames(a), 4);
	assert_int_equal(grant_frame_mfn(a, 0, &mfn), -EINVAL);
	assert_int_equal(grant_seed(a, GREF(1), DOMID(0), page), 0);
	assert_int_equal(grant_seed(a, GREF(1), DOMID(0), page), -EBUSY);
	assert_int_equal(grant_seed(a, GREF(512), DOMID(0), page), -EINVAL);
	assert_int_equal(grant_seed(a, GREF(2), DOMID(0), MFN(1ULL << 32)), -EINVAL);
	assert_int_equal(entry(a, 1)->frame, page.v);
	assert_int_equal(grant_frames(a), 1);
	assert_int_equal(grant_frame_mfn(a, 0, &mfn), 0);
	assert_int_equal(grant_grow(a, 5), -EINVAL);
	assert_int_equal(grant_grow(a, 0xffffffff), -EINVAL);
	assert_int_equal(grant_grow(a, 4), 0);
	assert_int_equal(grant_frame_mfn(a, 0, &again), 0);
	assert_true(mfn_eq(mfn, again));
	assert_int_equal(grant_frame_mfn(a, 4, &mfn), -EINVAL);
	assert_int_equal(grant_frame_mfn(a, 0xffffffff, &mfn), -EINVAL);
	/* Swapping moves contents, not while in use. */
	assert_int_equal(grant_swap(a, GREF(1), GREF(600)), GNTST_okay);
	assert_int_equal(entry(a, 1)->flags, 0);
	assert_int_equal(entry(a, 600)->frame, page.v);
	assert_int_equal(grant_swap(a, GREF(1), GREF(2048)), GNTST_bad_gntref);
	entry(a, 600)->domid = 1;
	{
		struct gnttab_map_grant_ref op = map(a, 1, 600, GNTMAP_host_map, AT(0));

		assert_int_equal(op.status, 0);
		assert_int_equal(grant_swap(a, GREF(1), GREF(600)), GNTST_eagain);
		assert_int_equal(unmap(a, op.handle, AT(0), 0), 0);
	}
	assert_int_equal(grant_init_domain(a, 0), -EINVAL);
	assert_int_equal(grant_init_domain(a, 65), -EINVAL);
	world_end(a);
}

static void test_no_memory(void **state)
{
	u64 nth;
	bool failed = true;

	(void)state;
	for (nth = 1; failed; nth++) {
		struct domain *a = world_domain(1, 1, 64), *b = world_domain(0, 1, 64);
		mfn_t page = world_page(a);
		struct gnttab_map_grant_ref op;
		u32 errors = 0, i;

		fake_alloc_fail_at(nth);
		errors += grant_grow(a, 2) != 0;
		errors += grant_grow(a, 2) != 0;
		permit(a, 600, 0, page, 0);
		for (i = 0; i < 20; i++) {
			op = map(b, 1, 600, GNTMAP_host_map, AT(i));
			assert_true(op.status == 0 || op.status == GNTST_no_space || op.status == GNTST_no_device_space);
			errors += op.status != 0;
			if (op.status == 0) {
				assert_int_equal(unmap(b, op.handle, AT(i), 0), 0);
			}
		}
		failed = fake_alloc_count() >= nth;
		assert_int_equal(errors, failed ? 1 : 0);
		fake_alloc_fail_at(0);
		assert_int_equal(b->grants->track_used, 0);
		assert_true(world_page_unused(page));
		world_end(a);
		world_end(b);
	}
	assert_true(nth > 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_map_unmap), world_test(test_kinds), world_test(test_refusals),
		world_test(test_entry_is_read_once), world_test(test_copy_bounds), world_test(test_copy_rights),
		world_test(test_refused_copies_name_the_frame),
		world_test(test_many_mappings), world_test(test_mapper_limit), world_test(test_granter_dies),
		world_test(test_table), world_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
