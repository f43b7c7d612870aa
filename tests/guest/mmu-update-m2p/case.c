/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: MMU_MACHPHYS_UPDATE sets the machine-to-phys entry of a frame the domain owns, visibly
 * at once, and of no other frame [PAGE-11, PAGE-17].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

static void run(void)
{
	void *page = page_alloc();
	uint64_t mfn, pfn;

	REQUIRE(page);
	mfn = virt_to_mfn(page);
	pfn = virt_to_pfn(page);
	EXPECT_EQ(mfn_to_pfn(mfn), pfn);
	EXPECT_EQ(pte_write(mfn * PAGE_BYTES | MMU_MACHPHYS_UPDATE, pfn + 77), 0);
	EXPECT_EQ(mfn_to_pfn(mfn), pfn + 77);
	EXPECT_EQ(pte_write(mfn * PAGE_BYTES | MMU_MACHPHYS_UPDATE, pfn), 0);
	EXPECT_EQ(mfn_to_pfn(mfn), pfn);
	EXPECT(pte_write(1UL << 50 | MMU_MACHPHYS_UPDATE, 1) < 0);
	page_free(page);
}

CASE(run, 0);
