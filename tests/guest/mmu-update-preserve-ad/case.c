/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: MMU_PT_UPDATE_PRESERVE_AD keeps the accessed and dirty bits that the processor has set,
 * where a plain update writes the value as given; kernels call it for mprotect [PAGE-12].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

#define AD (XEN_PTE_ACCESSED | XEN_PTE_DIRTY)

static void run(void)
{
	struct window w;
	void *page = page_alloc();
	uint64_t bare;

	REQUIRE(window_open(&w) && page);
	bare = virt_to_mfn(page) * PAGE_BYTES | XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER;
	EXPECT_EQ(pte_write(window_pte(&w, 0), bare), 0);
	EXPECT_EQ(w.l1[0] & AD, 0);
	*(volatile char *)window_va(0) = 1;
	EXPECT_EQ(w.l1[0] & AD, AD);
	EXPECT_EQ(pte_write(window_pte(&w, 0) | MMU_PT_UPDATE_PRESERVE_AD, bare & ~XEN_PTE_RW), 0);
	EXPECT_EQ(w.l1[0] & AD, AD);
	EXPECT_EQ(w.l1[0] & XEN_PTE_RW, 0);
	EXPECT_EQ(pte_write(window_pte(&w, 0), bare & ~XEN_PTE_RW), 0);
	EXPECT_EQ(w.l1[0] & AD, 0);
	EXPECT_EQ(pte_write(window_pte(&w, 0), 0), 0);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
