/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a frame of type L1 has no writable mapping: while it is pinned each attempt to map it
 * writable is refused and leaves the mapping as it was; after the unpin the same attempt succeeds
 * [PAGE-2].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"

static void run(void)
{
	uint64_t *page = page_alloc();
	uint64_t mfn, rw, before;

	REQUIRE(page);
	mfn = virt_to_mfn(page);
	rw = mfn * PAGE_BYTES | PTE_KERNEL_RW;
	REQUIRE(page_make_ro(page) == 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn), 0);
	before = *pte_lookup(page, 1);
	EXPECT(page_make_rw(page) < 0);
	EXPECT(pte_write(pte_maddr(pte_lookup(page, 1)), rw) < 0);
	EXPECT_EQ(*pte_lookup(page, 1), before);
	EXPECT_EQ(page_make_ro(page), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(page_make_rw(page), 0);
	EXPECT_EQ(probe_write((uint64_t)page, 0, NULL), TRAP_NONE);
	page_free(page);
}

CASE(run, 0);
