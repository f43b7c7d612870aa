/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: mmu_update changes an entry of a live table of any level when the new value is valid,
 * and refuses it, leaving the old value, when it has large-page, cache or reserved bits, names a
 * frame that is not the domain's, or lies in the hypervisor's slots of an L4 [PAGE-6, PAGE-7,
 * PAGE-10, PAGE-11].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

static void refuse(const volatile uint64_t *entry, uint64_t value, int line)
{
	uint64_t before = *entry;

	if (pte_write(pte_maddr(entry), value) >= 0) {
		case_fail(line, "value %lx was accepted", value);
		pte_write(pte_maddr(entry), before);
	}
	if (*entry != before) {
		case_fail(line, "entry changed from %lx to %lx", before, *entry);
	}
}

#define REFUSE(entry, value) refuse(entry, value, __LINE__)

static void check_upper(volatile uint64_t *entry, uint64_t good)
{
	REFUSE(entry, good | XEN_PTE_PAT);
	REFUSE(entry, good | XEN_PTE_PCD);
	REFUSE(entry, good | XEN_PTE_PWT);
	REFUSE(entry, good | 1UL << 51);
	REFUSE(entry, XEN_PTE_ADDR_MASK | XEN_PTE_PRESENT);
	EXPECT_EQ(pte_write(pte_maddr(entry), good), 0);
}

static void check_l4(void)
{
	uint64_t l4 = virt_to_mfn((void *)kit_start_info->pt_base) * PAGE_BYTES;
	unsigned int slot;

	for (slot = XEN_L4_SLOT_FIRST; slot <= XEN_L4_SLOT_LAST; slot++) {
		EXPECT(pte_write(l4 + slot * 8, 0) < 0);
	}
	EXPECT_EQ(pte_write(l4 + 255 * 8, 0), 0);
	EXPECT_EQ(pte_write(l4 + 272 * 8, 0), 0);
}

static void run(void)
{
	struct window w;
	void *page = page_alloc();
	uint64_t good;

	REQUIRE(window_open(&w) && page);
	good = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RW;
	EXPECT_EQ(pte_write(window_pte(&w, 5), good), 0);
	EXPECT_EQ(w.l1[5] & (XEN_PTE_ADDR_MASK | 3), good & (XEN_PTE_ADDR_MASK | 3));
	*(volatile uint64_t *)window_va(5) = 0x1234567890;
	EXPECT_EQ(*(uint64_t *)page, 0x1234567890);
	REFUSE(&w.l1[5], good | 1UL << 51);
	REFUSE(&w.l1[5], (virt_to_mfn((void *)w.l1) * PAGE_BYTES) | PTE_KERNEL_RW);
	REFUSE(&w.l1[5], (virt_to_mfn((void *)w.l2) * PAGE_BYTES) | PTE_KERNEL_RW);
	check_upper(&w.l2[0], w.l2[0]);
	check_upper(&w.l3[0], w.l3[0]);
	REFUSE(&w.l2[0], virt_to_mfn((void *)w.l3) * PAGE_BYTES | PTE_KERNEL_RO);
	REFUSE(&w.l3[0], virt_to_mfn((void *)w.l1) * PAGE_BYTES | PTE_KERNEL_RO);
	check_l4();
	EXPECT_EQ(pte_write(window_pte(&w, 5), 0), 0);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
