/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: machphys_mapping names the machine-to-phys array and its last index; the array can be
 * read, gives the PFN of each of the domain's frames, and cannot be written; reading past what
 * exists faults like any other address [PAGE-17, BOOT-6].
 */
#include <public/memory.h>
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"

static void run(void)
{
	struct xen_machphys_mapping m = { 0 };
	struct trap_report r;
	uint64_t pfn, value, wrong = 0;

	EXPECT_EQ(hypercall_memory_op(XENMEM_machphys_mapping, &m), 0);
	EXPECT_EQ(m.v_start, MACH2PHYS_VIRT_START);
	EXPECT(m.v_end > m.v_start && m.v_end <= MACH2PHYS_VIRT_END);
	EXPECT(m.max_mfn > 0 && m.max_mfn < 1UL << 40);
	for (pfn = 0; pfn < kit_start_info->nr_pages; pfn++) {
		uint64_t mfn = pfn_to_mfn(pfn);

		wrong += mfn > m.max_mfn || mfn_to_pfn(mfn) != pfn;
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(probe_read(MACH2PHYS_VIRT_START + virt_to_mfn(&m) * 8, &value, NULL), TRAP_NONE);
	EXPECT_EQ(probe_write(MACH2PHYS_VIRT_START + virt_to_mfn(&m) * 8, 1, &r), 14);
	EXPECT_EQ(r.error & 0x1e, 2);
	EXPECT_EQ(probe_read(MACH2PHYS_VIRT_END - 4096, NULL, &r), 14);
	EXPECT_EQ(r.cr2, MACH2PHYS_VIRT_END - 4096);
}

CASE(run, 0);
