/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a frame with a writable grant mapping cannot become a page table, and a page table
 * cannot be mapped writable by grant [GNT-7, PAGE-1, PAGE-2].
 */
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"

#define REF 13

static void run(void)
{
	struct gnttab_map_grant_ref map = { .flags = GNTMAP_host_map, .ref = REF,
					    .dom = OWN_DOMID };
	struct gnttab_unmap_grant_ref unmap = { 0 };
	volatile struct grant_entry_v1 *table;
	struct window w;
	void *page;

	REQUIRE(window_open(&w) && (page = page_alloc()) && (table = grants_map(&w)));
	grants_give(&table[REF], virt_to_mfn(page), GTF_permit_access);
	map.host_addr = unmap.host_addr = (uint64_t)window_va(0);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
	EXPECT_EQ(map.status, GNTST_okay);
	REQUIRE(page_make_ro(page) == 0);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L1_TABLE, virt_to_mfn(page)) < 0);
	unmap.handle = map.handle;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
	EXPECT_EQ(unmap.status, GNTST_okay);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, virt_to_mfn(page)), 0);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
	EXPECT(map.status < 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn(page)), 0);
	EXPECT_EQ(page_make_rw(page), 0);
	table[REF].flags = 0;
	grants_unmap(&w);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
