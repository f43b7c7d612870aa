/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: decrease_reservation takes unmapped frames and counts them; their machine-to-phys
 * entries become invalid; populate_physmap gives other frames with the machine-to-phys entry set
 * to the wanted PFN. A frame still mapped writable or in use as a table is not freed under the
 * guest. The reservation counts follow [MEM-1, MEM-2].
 */
#include <public/memory.h>
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "string.h"

#define COUNT 4

static long current(void)
{
	struct xen_memory_domain op = { .domid = DOMID_SELF };

	return hypercall_memory_op(XENMEM_current_reservation, &op);
}

static long reserve(unsigned int cmd, uint64_t *frames, uint64_t count)
{
	struct xen_memory_reservation op = {
		.extent_start = (uint64_t)frames, .nr_extents = count, .domid = DOMID_SELF,
	};

	return hypercall_memory_op(cmd, &op);
}

static void check_refused(void *page)
{
	uint64_t bad = ~0UL, mfn = virt_to_mfn(page);

	EXPECT(reserve(XENMEM_decrease_reservation, &bad, 1) <= 0);
	EXPECT(reserve(XENMEM_decrease_reservation, (void *)0x10, 1) <= 0);
	REQUIRE(page_make_ro(page) == 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn), 0);
	EXPECT_EQ(reserve(XENMEM_populate_physmap, (void *)0x10, 1) <= 0, 1);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(page_make_rw(page), 0);
}

static void run(void)
{
	char *pages[COUNT];
	uint64_t mfns[COUNT], frames[COUNT];
	long before = current();
	unsigned int i;

	EXPECT_EQ(before, kit_start_info->nr_pages);
	for (i = 0; i < COUNT; i++) {
		REQUIRE((pages[i] = page_alloc()));
		memset(pages[i], 0x77, PAGE_BYTES);
		mfns[i] = frames[i] = virt_to_mfn(pages[i]);
		REQUIRE(page_map(pages[i], 0) == 0);
	}
	EXPECT_EQ(reserve(XENMEM_decrease_reservation, frames, COUNT), COUNT);
	EXPECT_EQ(current(), before - COUNT);
	for (i = 0; i < COUNT; i++) {
		EXPECT(mfn_to_pfn(mfns[i]) != virt_to_pfn(pages[i]));
		EXPECT(page_map(pages[i], mfns[i] * PAGE_BYTES | PTE_KERNEL_RW) < 0);
		frames[i] = virt_to_pfn(pages[i]);
	}
	EXPECT_EQ(reserve(XENMEM_populate_physmap, frames, COUNT), COUNT);
	EXPECT_EQ(current(), before);
	for (i = 0; i < COUNT; i++) {
		EXPECT_EQ(mfn_to_pfn(frames[i]), virt_to_pfn(pages[i]));
		page_set_mfn(pages[i], frames[i]);
		EXPECT_EQ(page_make_rw(pages[i]), 0);
		pages[i][0] = 1;
		page_free(pages[i]);
	}
	check_refused(page_alloc());
}

CASE(run, 0);
