/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a granted frame can be mapped by address and by PTE; the entry is marked as in use while
 * it is; the mapping shows the frame and honours read-only; unmapping clears the PTE and the
 * marks; a handle works once. dev_bus_addr is the frame's machine address [GNT-3, GNT-5].
 */
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"

#define REF 9

static struct window w;
static volatile struct grant_entry_v1 *table;
static uint64_t *page;

static void check_map(uint64_t host_addr, uint32_t flags, unsigned int slot)
{
	struct gnttab_map_grant_ref map = { .host_addr = host_addr, .flags = flags, .ref = REF,
					    .dom = OWN_DOMID, .status = 99 };
	struct gnttab_unmap_grant_ref unmap = { .host_addr = host_addr, .status = 99 };
	bool readonly = flags & GNTMAP_readonly;
	uint64_t value = 0;

	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
	EXPECT_EQ(map.status, GNTST_okay);
	EXPECT_EQ(map.dev_bus_addr, virt_to_mfn(page) * PAGE_BYTES);
	EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing),
		  readonly ? GTF_reading : GTF_reading | GTF_writing);
	EXPECT_EQ(probe_read((uint64_t)window_va(slot), &value, NULL), TRAP_NONE);
	EXPECT_EQ(value, 0x1122334455667788);
	EXPECT_EQ(probe_write((uint64_t)window_va(slot), value, NULL), readonly ? 14 : TRAP_NONE);
	unmap.handle = map.handle;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
	EXPECT_EQ(unmap.status, GNTST_okay);
	EXPECT_EQ(w.l1[slot], 0);
	EXPECT_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
	EXPECT_EQ(probe_read((uint64_t)window_va(slot), &value, NULL), 14);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
	EXPECT_EQ(unmap.status, GNTST_bad_handle);
}

static void run(void)
{
	REQUIRE(window_open(&w) && (page = page_alloc()) && (table = grants_map(&w)));
	*page = 0x1122334455667788;
	grants_give(&table[REF], virt_to_mfn(page), GTF_permit_access);
	check_map((uint64_t)window_va(0), GNTMAP_host_map, 0);
	check_map((uint64_t)window_va(1), GNTMAP_host_map | GNTMAP_readonly, 1);
	check_map(window_pte(&w, 2), GNTMAP_host_map | GNTMAP_contains_pte, 2);
	check_map(window_pte(&w, 3), GNTMAP_host_map | GNTMAP_contains_pte | GNTMAP_readonly |
		  GNTMAP_application_map | 1U << _GNTMAP_guest_avail0, 3);
	table[REF].flags = 0;
	grants_unmap(&w);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
