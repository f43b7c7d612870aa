/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the bits that the guest gave are the ones that it reads back: frame, present, RW, NX and
 * the available bits 9 to 11 survive; U is set by the hypervisor when it was clear, at all levels
 * [PAGE-9].
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

#define SEEN (XEN_PTE_ADDR_MASK | XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_NX | XEN_PTE_AVAIL)

/* Upper levels: without U and A from the guest the path still works for the kernel. */
static void check_upper(struct window *w, void *page)
{
	volatile uint64_t *entries[] = { &w->l2[0], &w->l3[0] };
	uint64_t value = virt_to_mfn(page) * PAGE_BYTES | XEN_PTE_PRESENT | XEN_PTE_RW;
	unsigned int i;

	EXPECT_EQ(pte_write(window_pte(w, 0), value), 0);
	for (i = 0; i < 2; i++) {
		uint64_t bare = *entries[i] & ~(XEN_PTE_USER | XEN_PTE_ACCESSED);

		EXPECT_EQ(pte_write(pte_maddr(entries[i]), bare), 0);
		EXPECT_EQ(mmuext_mfn(MMUEXT_TLB_FLUSH_LOCAL, 0), 0);
		EXPECT_EQ(*entries[i] & XEN_PTE_USER, XEN_PTE_USER);
		EXPECT_EQ(probe_write((uint64_t)window_va(0), 0, NULL), TRAP_NONE);
	}
	EXPECT_EQ(pte_write(window_pte(w, 0), 0), 0);
}

static void run(void)
{
	static const uint64_t flags[] = {
		XEN_PTE_PRESENT, XEN_PTE_PRESENT | XEN_PTE_RW, XEN_PTE_PRESENT | XEN_PTE_USER,
		XEN_PTE_PRESENT | XEN_PTE_NX, XEN_PTE_PRESENT | XEN_PTE_AVAIL,
		XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER | XEN_PTE_AVAIL | XEN_PTE_NX,
		XEN_PTE_PRESENT | XEN_PTE_GLOBAL,
	};
	struct window w;
	void *page = page_alloc();
	unsigned int i;

	REQUIRE(window_open(&w) && page);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		uint64_t value = virt_to_mfn(page) * PAGE_BYTES | flags[i];

		EXPECT_EQ(pte_write(window_pte(&w, i), value), 0);
		EXPECT_EQ(w.l1[i] & SEEN, value & SEEN);
		EXPECT_EQ(w.l1[i] & XEN_PTE_USER, XEN_PTE_USER);
		EXPECT_EQ(*(volatile char *)window_va(i), 0);
		EXPECT_EQ(pte_write(window_pte(&w, i), 0), 0);
	}
	check_upper(&w, page);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
