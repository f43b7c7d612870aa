/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: flushes of every kind succeed; clear and copy page work on frames that are not tables
 * and refuse those that are; an LDT must be page aligned and not too long; unknown commands are
 * refused; a batch stops at its first error and counts what was done [PAGE-14].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "string.h"

static long one(unsigned int cmd, uint64_t arg1, uint64_t arg2)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg1, .arg2.src_mfn = arg2 };

	return hypercall_mmuext_op(&op, 1, NULL, DOMID_SELF);
}

static void check_flushes(void *page)
{
	static const uint64_t mask[1] = { 1 };
	uint64_t va = (uint64_t)page;

	EXPECT_EQ(one(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
	EXPECT_EQ(one(MMUEXT_INVLPG_LOCAL, va, 0), 0);
	EXPECT_EQ(one(MMUEXT_TLB_FLUSH_MULTI, 0, (uint64_t)mask), 0);
	EXPECT_EQ(one(MMUEXT_INVLPG_MULTI, va, (uint64_t)mask), 0);
	EXPECT_EQ(one(MMUEXT_TLB_FLUSH_ALL, 0, 0), 0);
	EXPECT_EQ(one(MMUEXT_INVLPG_ALL, va, 0), 0);
	EXPECT_EQ(one(MMUEXT_INVLPG_LOCAL, HYPERVISOR_VIRT_START, 0), 0);
}

static void run(void)
{
	struct mmuext_op batch[3] = {
		{ .cmd = MMUEXT_TLB_FLUSH_LOCAL }, { .cmd = 999 }, { .cmd = MMUEXT_TLB_FLUSH_LOCAL },
	};
	char *a = page_alloc(), *b = page_alloc();
	unsigned int done = 99;

	REQUIRE(a && b);
	check_flushes(a);
	memset(a, 0x21, PAGE_BYTES);
	EXPECT_EQ(one(MMUEXT_COPY_PAGE, virt_to_mfn(b), virt_to_mfn(a)), 0);
	EXPECT_EQ(b[4095], 0x21);
	EXPECT_EQ(one(MMUEXT_CLEAR_PAGE, virt_to_mfn(a), 0), 0);
	EXPECT_EQ(a[0] | a[4095], 0);
	REQUIRE(page_make_ro(a) == 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_PIN_L1_TABLE, virt_to_mfn(a)), 0);
	EXPECT(one(MMUEXT_CLEAR_PAGE, virt_to_mfn(a), 0) < 0);
	EXPECT(one(MMUEXT_COPY_PAGE, virt_to_mfn(a), virt_to_mfn(b)) < 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, virt_to_mfn(a)), 0);
	EXPECT_EQ(page_make_rw(a), 0);
	EXPECT_EQ(one(MMUEXT_SET_LDT, (uint64_t)b, 8), 0);
	EXPECT_EQ(one(MMUEXT_SET_LDT, 0, 0), 0);
	EXPECT(one(MMUEXT_SET_LDT, (uint64_t)b + 8, 8) < 0);
	EXPECT(one(MMUEXT_SET_LDT, (uint64_t)b, 8193) < 0);
	EXPECT(one(999, 0, 0) < 0);
	EXPECT(hypercall_mmuext_op(batch, 3, &done, DOMID_SELF) < 0);
	EXPECT_EQ(done, 1);
	EXPECT_EQ(hypercall_mmuext_op((void *)8, 1, NULL, DOMID_SELF), -XEN_EFAULT);
	page_free(a);
	page_free(b);
}

CASE(run, 0);
