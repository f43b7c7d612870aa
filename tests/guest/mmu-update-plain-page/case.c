/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: mmu_update of a word in a page that is not a page table is a plain store, provided the
 * page is or can be of the writable type [PAGE-11].
 */
#include "case.h"
#include "mm.h"

static void run(void)
{
	volatile uint64_t *page = page_alloc();

	REQUIRE(page);
	EXPECT_EQ(pte_write(virt_to_mfn((void *)page) * PAGE_BYTES + 24, 0xfedcba9876543211), 0);
	EXPECT_EQ(page[3], 0xfedcba9876543211);
	EXPECT_EQ(page[2], 0);
	EXPECT_EQ(page[4], 0);
	page_free((void *)page);
}

CASE(run, 0);
