/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a page that becomes a table cannot be written through a translation that the guest did
 * not flush: the hypervisor flushes it when the type changes. The store behind the pin is either
 * refused by a page fault or carried out as a checked update, never as a plain store [PAGE-3].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

/* What no table may hold: the store behind the pin must not get through. */
#define POISON (1UL << 51 | PTE_KERNEL_RW)

/* The writable mapping went away with the table that held it. */
static void check_torn_down(void)
{
	volatile uint64_t *page = page_alloc();
	struct trap_report r;
	struct window w;
	uint64_t mfn;

	REQUIRE(window_open(&w) && page);
	mfn = virt_to_mfn((void *)page);
	EXPECT_EQ(pte_write(window_pte(&w, 0), mfn * PAGE_BYTES | PTE_KERNEL_RW), 0);
	*(volatile uint64_t *)window_va(0) = 0;
	EXPECT_EQ(pte_write(pte_maddr(&w.l2[0]), 0), 0);
	EXPECT_EQ(hypercall_update_va_mapping((void *)page, mfn * PAGE_BYTES | PTE_KERNEL_RO,
					      UVMF_NONE), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn), 0);
	EXPECT_EQ(probe_write((uint64_t)window_va(0), POISON, &r), 14);
	EXPECT_EQ(page[0], 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(page_make_rw((void *)page), 0);
	page_free((void *)page);
	REQUIRE(page_make_rw((void *)w.l1) == 0);
	w.l1[0] = 0;
	REQUIRE(page_make_ro((void *)w.l1) == 0);
	window_close(&w);
}

static void run(void)
{
	volatile uint64_t *page = page_alloc();
	uint64_t mfn;
	struct trap_report r;

	REQUIRE(page);
	mfn = virt_to_mfn((void *)page);
	page[0] = 0;				/* the writable translation is cached now */
	EXPECT_EQ(hypercall_update_va_mapping((void *)page, mfn * PAGE_BYTES | PTE_KERNEL_RO,
					      UVMF_NONE), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn), 0);
	EXPECT_EQ(probe_write((uint64_t)page, POISON, &r), 14);
	EXPECT_EQ(page[0], 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(page_make_rw((void *)page), 0);
	page_free((void *)page);
	check_torn_down();
}

CASE(run, 0);
