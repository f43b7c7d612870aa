/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a map operation fails in its own status for a reference out of range, an entry that is
 * not valid or for another domain, a writable map of a read-only grant, an unknown domain or
 * DOMID_SELF, an address without an L1, a PTE address that is no L1, and a handle that does not
 * exist; the result of the hypercall stays 0 and nothing is left marked [GNT-2, GNT-3, GNT-4].
 */
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"

#define REF 10

static struct window w;
static volatile struct grant_entry_v1 *table;

static int16_t try_map(uint64_t host_addr, uint32_t flags, uint32_t ref, uint16_t dom)
{
	struct gnttab_map_grant_ref map = { .host_addr = host_addr, .flags = flags, .ref = ref,
					    .dom = dom, .status = 99 };

	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
	return map.status;
}

static void check_addresses(uint32_t flags)
{
	uint64_t l2 = virt_to_mfn((void *)w.l2) * PAGE_BYTES;

	EXPECT(try_map((uint64_t)window_va(512), flags, REF, OWN_DOMID) < 0);
	EXPECT(try_map(0x800000000000, flags, REF, OWN_DOMID) < 0);
	EXPECT(try_map(HYPERVISOR_VIRT_START, flags, REF, OWN_DOMID) < 0);
	EXPECT(try_map(l2 + 8, flags | GNTMAP_contains_pte, REF, OWN_DOMID) < 0);
	EXPECT(try_map(1UL << 51, flags | GNTMAP_contains_pte, REF, OWN_DOMID) < 0);
	EXPECT_EQ(table[REF].flags, GTF_permit_access | GTF_readonly);
}

static void run(void)
{
	struct gnttab_unmap_grant_ref unmap = { .handle = 0x7fffffff, .status = 99 };
	uint64_t va;
	void *page;

	REQUIRE(window_open(&w) && (page = page_alloc()) && (table = grants_map(&w)));
	va = (uint64_t)window_va(0);
	EXPECT_EQ(try_map(va, GNTMAP_host_map, 1U << 30, OWN_DOMID), GNTST_bad_gntref);
	EXPECT(try_map(va, GNTMAP_host_map, REF, OWN_DOMID) < 0);
	grants_give(&table[REF], virt_to_mfn(page), GTF_permit_access | GTF_readonly);
	EXPECT(try_map(va, GNTMAP_host_map, REF, OWN_DOMID) < 0);
	EXPECT_EQ(try_map(va, GNTMAP_host_map | GNTMAP_readonly, REF, 4321), GNTST_bad_domain);
	EXPECT(try_map(va, 0, REF, OWN_DOMID) < 0);
	EXPECT_EQ(try_map(va, GNTMAP_host_map | GNTMAP_readonly, REF, DOMID_SELF),
		  GNTST_bad_domain);
	check_addresses(GNTMAP_host_map | GNTMAP_readonly);
	table[REF].domid = 7;
	EXPECT(try_map(va, GNTMAP_host_map | GNTMAP_readonly, REF, OWN_DOMID) < 0);
	table[REF].flags = 0;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
	EXPECT_EQ(unmap.status, GNTST_bad_handle);
	EXPECT_EQ(w.l1[0], 0);
	grants_unmap(&w);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
