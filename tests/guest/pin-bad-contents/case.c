/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: pinning validates every entry. A table with one bad entry is refused, leaves no
 * reference behind on the frames of its good entries, and can be mapped writable again [PAGE-4,
 * PAGE-6].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

struct bad {
	unsigned int pin;
	uint64_t bits;
};

static void check(const struct bad *b, volatile uint64_t *table, void *target)
{
	uint64_t good = virt_to_mfn(target) * PAGE_BYTES | XEN_PTE_PRESENT | XEN_PTE_USER;

	table[3] = good | (b->pin == MMUEXT_PIN_L1_TABLE ? XEN_PTE_RW : 0);
	table[7] = good | b->bits;
	REQUIRE(page_make_ro((void *)table) == 0);
	if (mmuext_mfn(b->pin, virt_to_mfn((void *)table)) >= 0) {
		case_fail(__LINE__, "pin %u with %lx was accepted", b->pin, b->bits);
		mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn((void *)table));
	}
	EXPECT_EQ(page_make_rw((void *)table), 0);
	table[3] = table[7] = 0;
	EXPECT_EQ(page_make_ro(target), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, virt_to_mfn(target)), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn(target)), 0);
	EXPECT_EQ(page_make_rw(target), 0);
}

static void run(void)
{
	static const struct bad list[] = {
		{ MMUEXT_PIN_L1_TABLE, 1UL << 51 },
		{ MMUEXT_PIN_L2_TABLE, XEN_PTE_PAT },		/* PSE */
		{ MMUEXT_PIN_L2_TABLE, XEN_PTE_PCD },
		{ MMUEXT_PIN_L2_TABLE, XEN_PTE_PWT },
		{ MMUEXT_PIN_L2_TABLE, XEN_PTE_GLOBAL },
		{ MMUEXT_PIN_L3_TABLE, XEN_PTE_PAT },
		{ MMUEXT_PIN_L3_TABLE, XEN_PTE_PCD },
		{ MMUEXT_PIN_L3_TABLE, XEN_PTE_PWT },
		{ MMUEXT_PIN_L4_TABLE, XEN_PTE_PAT },
		{ MMUEXT_PIN_L4_TABLE, XEN_PTE_PCD },
		{ MMUEXT_PIN_L4_TABLE, 1UL << 51 },
	};
	uint64_t *table = page_alloc(), *target = page_alloc();
	unsigned int i;

	REQUIRE(table && target);
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		check(&list[i], table, target);
	}
	page_free(table);
	page_free(target);
}

CASE(run, 0);
