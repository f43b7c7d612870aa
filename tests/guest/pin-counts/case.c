/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a frame is pinned once or not at all. Pinning a pinned frame and unpinning one that is
 * not are refused with -EINVAL; a pinned frame cannot be pinned as another level; a frame that is
 * mapped writable cannot be pinned; a frame that does not exist is refused [PAGE-4, PAGE-5].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

static void check_bad_frames(void)
{
	static const uint64_t mfns[] = { ~0UL, 1UL << 40, 0xfffffffffffff };
	unsigned int i;

	for (i = 0; i < sizeof(mfns) / sizeof(mfns[0]); i++) {
		EXPECT(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfns[i]) < 0);
		EXPECT(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfns[i]) < 0);
	}
}

static void run(void)
{
	uint64_t *page = page_alloc();
	uint64_t mfn;

	REQUIRE(page);
	mfn = virt_to_mfn(page);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn) < 0);
	REQUIRE(page_make_ro(page) == 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), -XEN_EINVAL);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn), -XEN_EINVAL);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L2_TABLE, mfn) < 0);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L4_TABLE, mfn) < 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), -XEN_EINVAL);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L2_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L3_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L4_TABLE, mfn), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, mfn), 0);
	check_bad_frames();
	EXPECT_EQ(page_make_rw(page), 0);
	page_free(page);
}

CASE(run, 0);
