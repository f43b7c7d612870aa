/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: one call makes the tables below the lower half of an L4 read-only and pins them, another gives all of them back writable; both
 * name every table once, parents first, however small the array is; what is not the guest's, is no table, or is not where the direct map
 * should have it, is refused and loses nothing [EXT-1, EXT-2, EXT-3].
 */
#include <public/mmu.h>
#include "case.h"
#include "extension.h"
#include "mm.h"
#include "string.h"

#define TABLES 6 /* below the root */
#define FLAGS (XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER)

/* In the order of the walk: an L3 with an L2 of two L1s and an L2 of none, and an L3 at the end of the lower half with nothing in it. */
enum { L3_FIRST, L2_FULL, L1_FIRST, L1_LAST, L2_EMPTY, L3_LAST, ROOT, USER_ROOT, DATA, PAGES };

static volatile uint64_t *page[PAGES];

static uint64_t link_to(int i, uint64_t flags)
{
	return virt_to_mfn((void *)page[i]) * PAGE_BYTES | flags;
}

static void fill(void)
{
	page[ROOT][0] = page[USER_ROOT][0] = link_to(L3_FIRST, FLAGS);
	page[ROOT][255] = page[USER_ROOT][255] = link_to(L3_LAST, FLAGS);
	page[L3_FIRST][3] = link_to(L2_FULL, FLAGS);
	page[L3_FIRST][511] = link_to(L2_EMPTY, FLAGS);
	page[L2_FULL][7] = link_to(L1_FIRST, FLAGS);
	page[L2_FULL][511] = link_to(L1_LAST, FLAGS);
	page[L1_FIRST][0] = page[L1_LAST][511] = link_to(DATA, PTE_KERNEL_RW);
}

static struct lamina_tree tree(uint64_t *list, uint32_t room)
{
	return (struct lamina_tree){
		.root = virt_to_mfn((void *)page[ROOT]),
		.user_root = virt_to_mfn((void *)page[USER_ROOT]),
		.direct_map = (uint64_t)kit_virt_base,
		.tables = (uint64_t)list,
		.room = room,
	};
}

/* Calls until it is done; the PFNs in the order they came. */
static unsigned int all_of(unsigned int operation, uint32_t room, uint64_t *pfns)
{
	uint64_t list[4];
	struct lamina_tree t = tree(list, room);
	unsigned int n = 0, i, calls;

	for (calls = 0; t.phase != LAMINA_TREE_DONE && calls < 20; calls++) {
		t.count = 0;
		EXPECT_EQ(hypercall_lamina(operation, &t), 0);
		for (i = 0; i < t.count && n < TABLES + 1; i++) {
			pfns[n++] = list[i];
		}
	}
	EXPECT_EQ(t.phase, LAMINA_TREE_DONE);
	return n;
}

static void check_order(unsigned int n, const uint64_t *pfns)
{
	unsigned int i;

	EXPECT_EQ(n, TABLES);
	for (i = 0; i < TABLES; i++) {
		EXPECT_EQ(pfns[i], virt_to_pfn((void *)page[i]));
	}
}

static void check_pinned(void)
{
	unsigned int i;

	for (i = 0; i < DATA; i++) {
		EXPECT(page_make_rw((void *)page[i]) < 0);
	}
	EXPECT_EQ(pte_write(pte_maddr(&page[L1_FIRST][1]), link_to(DATA, PTE_KERNEL_RO)), 0);
	EXPECT(pte_write(pte_maddr(&page[L1_FIRST][2]), link_to(ROOT, PTE_KERNEL_RW)) < 0);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L4_TABLE, virt_to_mfn((void *)page[ROOT])) < 0);
}

static void check_writable(void)
{
	unsigned int i;

	for (i = 0; i < DATA; i++) {
		page[i][100] = 0;
		EXPECT(mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn((void *)page[i])) < 0);
	}
}

static void check_refused(void)
{
	uint64_t list[4], foreign = page[L2_FULL][7];
	struct lamina_tree t = tree(list, 4);

	t.direct_map += PAGE_BYTES;
	EXPECT_EQ(hypercall_lamina(LAMINA_pin_tree, &t), -XEN_EINVAL);
	t = tree(list, 4);
	t.direct_map = HYPERVISOR_VIRT_START;
	EXPECT_EQ(hypercall_lamina(LAMINA_pin_tree, &t), -XEN_EINVAL);
	t = tree(list, 4);
	t.next = 0x1003;
	EXPECT_EQ(hypercall_lamina(LAMINA_pin_tree, &t), -XEN_EINVAL);
	t = tree(list, 4);
	t.phase = 99;
	EXPECT_EQ(hypercall_lamina(LAMINA_unpin_tree, &t), -XEN_EINVAL);
	t = tree(NULL, 4);
	EXPECT(hypercall_lamina(LAMINA_pin_tree, &t) < 0);
	t = tree(list, 0);
	EXPECT_EQ(hypercall_lamina(LAMINA_pin_tree, &t), 0);
	EXPECT(t.phase != LAMINA_TREE_DONE && t.count == 0);
	EXPECT_EQ(hypercall_lamina(LAMINA_pin_tree, NULL), -XEN_EFAULT);
	EXPECT_EQ(hypercall_lamina(99, &t), -XEN_ENOSYS);

	/* A table that is not ours: those before it are pinned, and given back by hand. */
	page_make_rw((void *)page[L3_FIRST]);
	page[L2_FULL][7] = FLAGS;
	t = tree(list, 4);
	EXPECT(hypercall_lamina(LAMINA_pin_tree, &t) < 0);
	page_make_rw((void *)page[L3_FIRST]);
	page_make_rw((void *)page[L2_FULL]);
	page[L2_FULL][7] = foreign;
	page[L1_FIRST][3] = link_to(ROOT, PTE_KERNEL_RW);
	t = tree(list, 4);
	EXPECT_EQ(hypercall_lamina(LAMINA_pin_tree, &t), 0);
	t.count = 0;
	EXPECT(hypercall_lamina(LAMINA_pin_tree, &t) < 0);
	mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn((void *)page[L1_FIRST]));
	mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn((void *)page[L1_LAST]));
}

static void run(void)
{
	uint64_t pfns[TABLES + 1];
	unsigned int i;

	if (!extension_is_offered(LAMINA_FEATURE_TREE)) {
		SKIP("this hypervisor has no such extension");
	}
	for (i = 0; i < PAGES; i++) {
		page[i] = page_alloc();
		REQUIRE(page[i]);
	}
	for (i = 1; i <= 4; i += 3) {
		fill();
		check_order(all_of(LAMINA_pin_tree, i, pfns), pfns);
		check_pinned();
		check_order(all_of(LAMINA_unpin_tree, i, pfns), pfns);
		check_writable();
	}
	fill();
	check_refused();
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(page_make_rw((void *)page[i]), 0);
		memset((void *)page[i], 0, PAGE_BYTES);
		page_free((void *)page[i]);
	}
}

CASE(run, 0);
