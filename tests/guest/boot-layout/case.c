/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the initial mapping is linear in PFNs from VIRT_BASE to a multiple of 4 MiB, in the order of
 * the boot contract, with at least 512 KiB free behind the boot stack; segments are loaded and the
 * rest of each is zero; the page tables are mapped read-only, the top one is pinned
 * [BOOT-1, BOOT-2, BOOT-5].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"

extern char kit_image_end[];

static char zeroes[64];
static const char text[] = "loaded";

static bool is_present(uint64_t va)
{
	volatile uint64_t *pte = pte_lookup((void *)va, 1);

	return pte && (*pte & XEN_PTE_PRESENT);
}

static void check_mapping(uint64_t end)
{
	uint64_t va, wrong = 0;

	for (va = (uint64_t)kit_virt_base; va < end; va += PAGE_BYTES) {
		volatile uint64_t *pte = pte_lookup((void *)va, 1);

		wrong += !pte || !(*pte & XEN_PTE_PRESENT) ||
			 ((*pte & XEN_PTE_ADDR_MASK) / PAGE_BYTES != virt_to_mfn((void *)va) &&
			  (void *)va != (void *)kit_shared_info);
	}
	EXPECT_EQ(wrong, 0);
}

static void check_tables(void)
{
	uint64_t va = kit_start_info->pt_base, i;
	struct trap_report r;

	for (i = 0; i < kit_start_info->nr_pt_frames; i++) {
		volatile uint64_t *pte = pte_lookup((void *)(va + i * PAGE_BYTES), 1);

		EXPECT(pte && !(*pte & XEN_PTE_RW));
	}
	EXPECT_EQ(probe_write(va, 0, &r), 14);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L4_TABLE, virt_to_mfn((void *)va)) < 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn((void *)va)), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L4_TABLE, virt_to_mfn((void *)va)), 0);
}

static void run(void)
{
	const struct start_info *si = kit_start_info;
	uint64_t end = (uint64_t)kit_free_start;
	unsigned int i, sum = 0;

	for (i = 0; i < sizeof(zeroes); i++) {
		sum |= (unsigned char)*(volatile char *)&zeroes[i];
	}
	EXPECT_EQ(sum, 0);
	EXPECT_EQ(*(volatile const char *)text, 'l');
	EXPECT((uint64_t)kit_image_end <= si->mfn_list);
	EXPECT(si->mfn_list < (uint64_t)si && (uint64_t)si < si->pt_base);
	EXPECT(si->pt_base + si->nr_pt_frames * PAGE_BYTES < (uint64_t)kit_free_start);
	while (is_present(end)) {
		end += PAGE_BYTES;
	}
	EXPECT_EQ(end & ((4UL << 20) - 1), 0);
	EXPECT(end - (uint64_t)kit_free_start >= 512 << 10);
	check_mapping(end);
	check_tables();
}

CASE(run, CASE_ALONE);
