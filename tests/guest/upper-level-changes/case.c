/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: after a change of a level 2 entry and a flush the next access sees the new table; an L1 may
 * hang below several L2 entries, and stays a table until the last one is gone
 * [PAGE-1, PAGE-11, PAGE-18].
 *
 * The peer flushes by itself when an entry of level 2 to 4 changes; kernels flush as on hardware.
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

static long set(volatile uint64_t *entry, uint64_t value)
{
	long result = pte_write(pte_maddr(entry), value);

	return result ? result : mmuext_mfn(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

static void run(void)
{
	volatile uint64_t *second = page_alloc(), *a = page_alloc(), *b = page_alloc();
	volatile uint64_t *va = window_va(0), *alias = window_va(512);
	uint64_t flags = XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER, first;
	struct window w;

	REQUIRE(window_open(&w) && second && a && b);
	*a = 0xa;
	*b = 0xb;
	REQUIRE(pte_write(window_pte(&w, 0), virt_to_mfn((void *)a) * PAGE_BYTES | PTE_KERNEL_RW) == 0);
	second[0] = virt_to_mfn((void *)b) * PAGE_BYTES | PTE_KERNEL_RW;
	REQUIRE(table_make(second));
	first = w.l2[0];
	EXPECT_EQ(*va, 0xa);
	EXPECT_EQ(set(&w.l2[0], virt_to_mfn((void *)second) * PAGE_BYTES | flags), 0);
	EXPECT_EQ(*va, 0xb);
	EXPECT_EQ(set(&w.l2[1], first), 0);
	EXPECT_EQ(*alias, 0xa);
	EXPECT_EQ(set(&w.l2[0], first), 0);
	EXPECT_EQ(*va, 0xa);
	EXPECT_EQ(page_make_rw((void *)second), 0);
	EXPECT(page_make_rw((void *)w.l1) < 0);
	EXPECT_EQ(set(&w.l2[0], 0), 0);
	EXPECT_EQ(probe_read((uint64_t)va, NULL, NULL), 14);
	EXPECT(page_make_rw((void *)w.l1) < 0);
	EXPECT_EQ(*alias, 0xa);
	EXPECT_EQ(set(&w.l2[1], 0), 0);
	EXPECT_EQ(page_make_rw((void *)w.l1), 0);
	REQUIRE(page_make_ro((void *)w.l1) == 0);
	window_close(&w);
	page_free((void *)second);
	page_free((void *)a);
	page_free((void *)b);
}

CASE(run, 0);
