/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: one reference may be mapped many times; the in-use marks stay until the last mapping of
 * their kind is gone, whatever the order, and each handle works once [GNT-3, GNT-5].
 */
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"

#define REF	16
#define COUNT	150			/* of one kind fewer than 128, which is what the peer takes */

static struct gnttab_map_grant_ref maps[COUNT];
static struct gnttab_unmap_grant_ref unmaps[COUNT];

static void run(void)
{
	volatile struct grant_entry_v1 *table;
	struct window w;
	unsigned int i, wrong = 0;
	void *page = page_alloc();

	REQUIRE(window_open(&w) && page && (table = grants_map(&w)));
	grants_give(&table[REF], virt_to_mfn(page), GTF_permit_access);
	for (i = 0; i < COUNT; i++) {
		maps[i] = (struct gnttab_map_grant_ref){
			.host_addr = (uint64_t)window_va(i), .ref = REF, .dom = OWN_DOMID,
			.flags = GNTMAP_host_map | (i % 3 ? GNTMAP_readonly : 0),
		};
	}
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_map_grant_ref, maps, COUNT), 0);
	for (i = 0; i < COUNT; i++) {
		unsigned int at = i * 7 % COUNT;

		wrong += maps[i].status != GNTST_okay;
		unmaps[i] = (struct gnttab_unmap_grant_ref){ .host_addr = maps[at].host_addr,
							     .handle = maps[at].handle };
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, unmaps, COUNT - 1), 0);
	EXPECT(table[REF].flags & GTF_reading);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmaps[COUNT - 1], 1), 0);
	for (i = 0; i < COUNT; i++) {
		wrong += unmaps[i].status != GNTST_okay || w.l1[i];
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(table[REF].flags, GTF_permit_access);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, unmaps, COUNT), 0);
	for (i = 0; i < COUNT; i++) {
		wrong += unmaps[i].status == GNTST_okay;
	}
	EXPECT_EQ(wrong, 0);
	table[REF].flags = 0;
	grants_unmap(&w);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
