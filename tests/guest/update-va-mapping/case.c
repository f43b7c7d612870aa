/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: update_va_mapping changes the L1 entry of an address under the current tables, with
 * every flush flag; the new mapping is visible afterwards. Addresses without an L1 and addresses
 * of the hypervisor are refused [PAGE-13].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

static void check_flags(void *a, void *b)
{
	static const uint64_t mask[1] = { 1 };
	const uint64_t flags[] = {
		UVMF_INVLPG | UVMF_LOCAL, UVMF_TLB_FLUSH | UVMF_LOCAL, UVMF_INVLPG | UVMF_ALL,
		UVMF_TLB_FLUSH | UVMF_ALL, UVMF_INVLPG | (uint64_t)mask,
		UVMF_TLB_FLUSH | (uint64_t)mask,
	};
	volatile uint64_t *va = window_va(3);
	unsigned int i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		uint64_t mfn = virt_to_mfn(i % 2 ? a : b);

		EXPECT_EQ(hypercall_update_va_mapping((void *)va, mfn * PAGE_BYTES | PTE_KERNEL_RW,
						      flags[i]), 0);
		EXPECT_EQ(*va, i % 2 ? 0xa : 0xb);
	}
	EXPECT_EQ(hypercall_update_va_mapping((void *)va, 0, UVMF_INVLPG), 0);
}

static void run(void)
{
	struct window w;
	uint64_t *a = page_alloc(), *b = page_alloc();
	uint64_t pte;

	REQUIRE(window_open(&w) && a && b);
	*a = 0xa;
	*b = 0xb;
	check_flags(a, b);
	pte = virt_to_mfn(a) * PAGE_BYTES | PTE_KERNEL_RO;
	EXPECT_EQ(hypercall_update_va_mapping(window_va(0), pte, UVMF_NONE), 0);
	EXPECT_EQ(w.l1[0] & XEN_PTE_ADDR_MASK, pte & XEN_PTE_ADDR_MASK);
	EXPECT_EQ(hypercall_update_va_mapping(window_va(0), 0, UVMF_NONE), 0);
	EXPECT_EQ(w.l1[0], 0);
	EXPECT(hypercall_update_va_mapping(window_va(512), pte, UVMF_NONE) < 0);
	EXPECT(hypercall_update_va_mapping((void *)0x6000000000, pte, UVMF_NONE) < 0);
	EXPECT(hypercall_update_va_mapping((void *)HYPERVISOR_VIRT_START, pte, UVMF_NONE) < 0);
	EXPECT(hypercall_update_va_mapping((void *)0xffff830000000000, pte, UVMF_NONE) < 0);
	EXPECT(hypercall_update_va_mapping((void *)0x800000000000, pte, UVMF_NONE) < 0);
	window_close(&w);
	page_free(a);
	page_free(b);
}

CASE(run, 0);
