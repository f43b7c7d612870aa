/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a kernel that follows the boot contract gets as far as its main function, with the
 * start_info that the contract promises [BOOT-3, BOOT-4, BOOT-6, DESC-5].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "mm.h"
#include "string.h"

static void run(void)
{
	const struct start_info *si = kit_start_info;
	uint16_t cs, ss;

	asm("mov %%cs, %0\n\tmov %%ss, %1" : "=r"(cs), "=r"(ss));
	EXPECT_EQ(cs, FLAT_KERNEL_CS);
	EXPECT_EQ(ss, FLAT_KERNEL_SS);
	EXPECT(!strncmp(si->magic, "xen-3.0-x86_64", 14));
	EXPECT_EQ(si->flags & (SIF_PRIVILEGED | SIF_INITDOMAIN), SIF_PRIVILEGED | SIF_INITDOMAIN);
	EXPECT(si->nr_pages >= 64 * 256 - 1024);
	EXPECT_EQ(si->shared_info % PAGE_BYTES, 0);
	EXPECT_EQ(si->pt_base % PAGE_BYTES, 0);
	EXPECT(si->nr_pt_frames >= 4);
	EXPECT(si->mfn_list >= (uint64_t)kit_virt_base);
	EXPECT_EQ(mfn_to_pfn(virt_to_mfn(si)), virt_to_pfn(si));
}

CASE(run, 0);
