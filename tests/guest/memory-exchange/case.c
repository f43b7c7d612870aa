/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: exchange turns single frames into one contiguous extent below an address width and back,
 * all or nothing: nr_exchanged equals the number of input extents and the result is 0, or the
 * result is an error. New frames carry the wanted PFNs in the machine-to-phys array [MEM-3].
 */
#include <public/memory.h>
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

#define ORDER 3
#define COUNT (1 << ORDER)
#define LABEL 10000			/* any PFN: only the machine-to-phys array tells */

static char *pages[COUNT];
static uint64_t in[COUNT], out[COUNT];

static long exchange(uint64_t in_count, uint32_t in_order, uint64_t out_count, uint32_t out_order,
		     uint64_t *done)
{
	struct xen_memory_exchange op = {
		.in = { (uint64_t)in, in_count, in_order, 0, DOMID_SELF },
		.out = { (uint64_t)out, out_count, out_order, XENMEMF_address_bits(31),
			 DOMID_SELF },
	};
	long result = hypercall_memory_op(XENMEM_exchange, &op);

	*done = op.nr_exchanged;
	return result;
}

static void remap_all(uint64_t first_mfn)
{
	unsigned int i;

	for (i = 0; i < COUNT; i++) {
		uint64_t maddr = (first_mfn + i) * PAGE_BYTES;

		EXPECT_EQ(mfn_to_pfn(first_mfn + i), LABEL + i);
		EXPECT_EQ(pte_write(maddr | MMU_MACHPHYS_UPDATE, virt_to_pfn(pages[i])), 0);
		page_set_mfn(pages[i], first_mfn + i);
		EXPECT_EQ(page_make_rw(pages[i]), 0);
	}
}

static void run(void)
{
	uint64_t done = 99;
	unsigned int i;

	for (i = 0; i < COUNT; i++) {
		REQUIRE((pages[i] = page_alloc()));
		in[i] = virt_to_mfn(pages[i]);
	}
	out[0] = LABEL;
	EXPECT(exchange(COUNT, 0, COUNT, ORDER, &done) < 0);
	EXPECT_EQ(done, 0);
	for (i = 0; i < COUNT; i++) {
		REQUIRE(page_map(pages[i], 0) == 0);
	}
	EXPECT_EQ(exchange(COUNT, 0, 1, ORDER, &done), 0);
	EXPECT_EQ(done, COUNT);
	EXPECT_EQ(out[0] % COUNT, 0);
	EXPECT(out[0] < 1UL << (31 - 12));
	remap_all(out[0]);
	for (i = 0; i < COUNT; i++) {
		pages[i][5] = 1;
		page_free(pages[i]);
	}
}

CASE(run, 0);
