/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a frame that is mapped, pinned or granted out and mapped is not given up by an exchange:
 * the call fails, nothing changes, the frame still is the domain's [MEM-3, MEM-4].
 */
#include <public/memory.h>
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"

static void refuse(void *page, int line)
{
	uint64_t in = virt_to_mfn(page), out = virt_to_pfn(page);
	struct xen_memory_exchange op = {
		.in = { (uint64_t)&in, 1, 0, 0, DOMID_SELF },
		.out = { (uint64_t)&out, 1, 0, 0, DOMID_SELF },
	};
	long result = hypercall_memory_op(XENMEM_exchange, &op);

	if (result >= 0 || op.nr_exchanged || mfn_to_pfn(in) != virt_to_pfn(page)) {
		case_fail(line, "result %ld, %lu exchanged", result, op.nr_exchanged);
	}
}

static void run(void)
{
	struct gnttab_map_grant_ref map = { .flags = GNTMAP_host_map, .ref = 14, .dom = OWN_DOMID };
	struct gnttab_unmap_grant_ref unmap = { 0 };
	volatile struct grant_entry_v1 *table;
	struct window w;
	void *page;

	REQUIRE(window_open(&w) && (page = page_alloc()) && (table = grants_map(&w)));
	refuse(page, __LINE__);
	REQUIRE(page_make_ro(page) == 0);
	refuse(page, __LINE__);
	REQUIRE(page_map(page, 0) == 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, virt_to_mfn(page)), 0);
	refuse(page, __LINE__);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn(page)), 0);
	grants_give(&table[14], virt_to_mfn(page), GTF_permit_access);
	map.host_addr = unmap.host_addr = (uint64_t)window_va(1);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
	EXPECT_EQ(map.status, GNTST_okay);
	refuse(page, __LINE__);
	unmap.handle = map.handle;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
	EXPECT_EQ(unmap.status, GNTST_okay);
	table[14].flags = 0;
	EXPECT_EQ(page_make_rw(page), 0);
	grants_unmap(&w);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
