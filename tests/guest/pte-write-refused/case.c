/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a store to an L1 table that would make an invalid entry does not take effect and reaches
 * the kernel as a page fault on the entry, present and write set in its error code; so does any
 * store to an L2 table, and one to a page that is merely mapped read-only [PAGE-15].
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

static void check(volatile uint64_t *entry, uint64_t value, int line)
{
	struct trap_report report;
	uint64_t before = *entry;

	if (probe_write((uint64_t)entry, value, &report) != 14) {
		case_fail(line, "vector %d for %lx", report.vector, value);
		return;
	}
	if ((report.error & 0x1f) != 3 || report.cr2 != (uint64_t)entry || *entry != before) {
		case_fail(line, "error %lx cr2 %lx entry %lx", report.error, report.cr2, *entry);
	}
}

static void run(void)
{
	struct window w;
	uint64_t *page = page_alloc();

	REQUIRE(window_open(&w) && page);
	check(&w.l1[0], virt_to_mfn((void *)w.l1) * PAGE_BYTES | PTE_KERNEL_RW, __LINE__);
	check(&w.l1[0], 1UL << 51 | PTE_KERNEL_RW, __LINE__);
	check(&w.l2[5], 0, __LINE__);
	check(&w.l3[5], 0, __LINE__);
	REQUIRE(page_make_ro(page) == 0);
	check(page, 1, __LINE__);
	EXPECT_EQ(page_make_rw(page), 0);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
