/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an exchange whose parts do not fit, or that names frames that are not there, fails as a
 * whole: counts that differ, orders that are too large; within one output extent also the same frame
 * twice and a frame that is not the domain's. Every good frame is still the domain's afterwards
 * [MEM-3, MEM-4, CALL-6].
 */
#include <public/memory.h>
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

#define COUNT 4

static char *pages[COUNT];
static uint64_t in[COUNT], out[COUNT];

static void refuse(uint64_t in_count, uint32_t in_order, uint64_t out_count, uint32_t out_order,
		   int line)
{
	struct xen_memory_exchange op = {
		.in = { (uint64_t)in, in_count, in_order, 0, DOMID_SELF },
		.out = { (uint64_t)out, out_count, out_order, 0, DOMID_SELF },
	};
	long result = hypercall_memory_op(XENMEM_exchange, &op);
	unsigned int i;

	if (result >= 0) {
		case_fail(line, "result %ld, %lu exchanged", result, op.nr_exchanged);
	}
	for (i = 0; i < COUNT; i++) {
		if (mfn_to_pfn(virt_to_mfn(pages[i])) != virt_to_pfn(pages[i])) {
			case_fail(line, "page %u is gone", i);
		}
	}
}

static void fill(void)
{
	unsigned int i;

	for (i = 0; i < COUNT; i++) {
		in[i] = virt_to_mfn(pages[i]);
		out[i] = virt_to_pfn(pages[i]);
	}
}

static void run(void)
{
	unsigned int i;

	for (i = 0; i < COUNT; i++) {
		REQUIRE((pages[i] = page_alloc()));
		REQUIRE(page_map(pages[i], 0) == 0);
	}
	fill();
	refuse(COUNT, 0, COUNT - 1, 0, __LINE__);
	refuse(COUNT, 0, 1, 1, __LINE__);
	refuse(1UL << 62, 0, 1UL << 62, 0, __LINE__);
	refuse(1, 40, 1, 40, __LINE__);
	refuse(COUNT, 200, COUNT, 200, __LINE__);
	in[2] = in[1];
	refuse(COUNT, 0, 1, 2, __LINE__);
	fill();
	in[2] = ~0UL;
	refuse(COUNT, 0, 1, 2, __LINE__);
	in[2] = 1UL << 40;
	refuse(COUNT, 0, 1, 2, __LINE__);
	for (i = 0; i < COUNT; i++) {
		EXPECT_EQ(page_make_rw(pages[i]), 0);
		pages[i][9] = 1;
		page_free(pages[i]);
	}
}

CASE(run, CASE_ALONE);
