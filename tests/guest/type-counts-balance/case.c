/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: after any sequence of linking, pinning, unpinning and remapping of its own pages, accepted or
 * refused, a guest that takes everything back has its pages back: each can be mapped writable again
 * and become any kind of table again. No reference is lost or left [PAGE-1, PAGE-4].
 *
 * The sequence is random with a fixed start; `seed=N` and `calls=N` on the command line change it.
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "number.h"
#include "string.h"

#define PAGES 8
#define CALLS 20000

static volatile uint64_t *pages[PAGES];
static uint64_t state;

static uint64_t below(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 20) % limit;
}

static uint64_t mfn_of(unsigned int i)
{
	return virt_to_mfn((void *)pages[i]);
}

static void one_step(void)
{
	static const uint64_t flags[] = {
		XEN_PTE_PRESENT | XEN_PTE_USER,
		XEN_PTE_PRESENT | XEN_PTE_USER | XEN_PTE_RW,
		XEN_PTE_PRESENT | XEN_PTE_USER | XEN_PTE_RW | XEN_PTE_ACCESSED | XEN_PTE_DIRTY,
		0,
	};
	unsigned int i = (unsigned int)below(PAGES);
	uint64_t entry = mfn_of((unsigned int)below(PAGES)) * PAGE_BYTES | flags[below(4)];

	switch (below(6)) {
	case 0:
		page_make_ro((void *)pages[i]);
		return;
	case 1:
		page_make_rw((void *)pages[i]);
		return;
	case 2:
		mmuext_mfn(MMUEXT_PIN_L1_TABLE + (unsigned int)below(4), mfn_of(i));
		return;
	case 3:
		mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn_of(i));
		return;
	default:
		pte_write(mfn_of(i) * PAGE_BYTES + below(4) * 8, entry);
	}
}

static void take_back(void)
{
	unsigned int i, slot;

	for (i = 0; i < PAGES; i++) {
		mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn_of(i));
	}
	for (i = 0; i < PAGES; i++) {
		for (slot = 0; slot < 4; slot++) {
			pte_write(mfn_of(i) * PAGE_BYTES + slot * 8, 0);
		}
	}
}

static void check_free(unsigned int i)
{
	unsigned int level;

	EXPECT_EQ(page_make_rw((void *)pages[i]), 0);
	for (level = 0; level < 4; level++) {
		/* All of it: what was an L4 still has the hypervisor's entries in it. */
		memset((void *)pages[i], 0, PAGE_BYTES);
		EXPECT_EQ(page_make_ro((void *)pages[i]), 0);
		EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE + level, mfn_of(i)), 0);
		EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn_of(i)), 0);
		EXPECT_EQ(page_make_rw((void *)pages[i]), 0);
	}
}

static void run(void)
{
	uint64_t calls = number_option("calls", CALLS), i;

	state = number_option("seed", 1) * 0x9e3779b97f4a7c15 + 1;
	for (i = 0; i < PAGES; i++) {
		REQUIRE((pages[i] = page_alloc()));
	}
	for (i = 0; i < calls; i++) {
		one_step();
		if (i % 1000 == 999) {
			take_back();
		}
	}
	take_back();
	for (i = 0; i < PAGES; i++) {
		check_free((unsigned int)i);
		page_free((void *)pages[i]);
	}
}

CASE(run, CASE_ALONE);
