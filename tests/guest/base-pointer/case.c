/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the kernel moves to another L4 that shares its tables, and back; the old one can be
 * changed meanwhile; a frame that cannot be an L4 is refused and nothing changes; the user base
 * pointer takes an L4 or 0 [PAGE-10, PAGE-14].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"

static void run(void)
{
	volatile uint64_t *old = (void *)kit_start_info->pt_base, *copy = page_alloc();
	uint64_t old_mfn = virt_to_mfn((void *)old), mfn, cr3;
	unsigned int i;

	REQUIRE(copy);
	mfn = virt_to_mfn((void *)copy);
	for (i = 0; i < 512; i++) {
		copy[i] = i >= XEN_L4_SLOT_FIRST && i <= XEN_L4_SLOT_LAST ? 0 : old[i];
	}
	EXPECT(mmuext_mfn(MMUEXT_NEW_BASEPTR, mfn) < 0);
	REQUIRE(page_make_ro((void *)copy) == 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L4_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_NEW_BASEPTR, mfn), 0);
	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	EXPECT_EQ(cr3 >> 12, mfn);
	EXPECT(copy[XEN_L4_SLOT_FIRST] & XEN_PTE_PRESENT);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT(page_make_rw((void *)copy) < 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_NEW_BASEPTR, old_mfn), 0);
	EXPECT_EQ(page_make_rw((void *)copy), 0);
	EXPECT(mmuext_mfn(MMUEXT_NEW_BASEPTR, ~0UL) < 0);
	EXPECT(mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, virt_to_mfn((void *)kit_free_start)) < 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, old_mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, 0), 0);
	page_free((void *)copy);
}

CASE(run, 0);
