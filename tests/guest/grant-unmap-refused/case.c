/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an unmap must name the place where the grant is mapped: another address, or a PTE that
 * has been changed since, fails in its status and keeps the mapping; after that the right address
 * still works [GNT-5].
 */
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"

#define REF 15

static struct window w;
static volatile struct grant_entry_v1 *table;

static int16_t unmap(uint64_t host_addr, uint32_t handle)
{
	struct gnttab_unmap_grant_ref op = { .host_addr = host_addr, .handle = handle,
					     .status = 99 };

	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &op, 1), 0);
	return op.status;
}

static void run(void)
{
	struct gnttab_map_grant_ref map = { .flags = GNTMAP_host_map, .ref = REF, .dom = OWN_DOMID };
	void *page, *other;

	page = page_alloc();
	other = page_alloc();
	REQUIRE(window_open(&w) && page && other && (table = grants_map(&w)));
	grants_give(&table[REF], virt_to_mfn(page), GTF_permit_access);
	map.host_addr = (uint64_t)window_va(0);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
	REQUIRE(map.status == GNTST_okay);
	EXPECT(unmap((uint64_t)window_va(1), map.handle) < 0);
	EXPECT(unmap((uint64_t)window_va(600), map.handle) < 0);
	EXPECT(unmap(0x800000000000, map.handle) < 0);
	EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), GTF_reading | GTF_writing);
	EXPECT_EQ(*(volatile char *)window_va(0), 0);
	EXPECT_EQ(unmap((uint64_t)window_va(0), map.handle), GNTST_okay);
	EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
	table[REF].flags = 0;
	grants_unmap(&w);
	window_close(&w);
	page_free(page);
	page_free(other);
}

CASE(run, 0);
