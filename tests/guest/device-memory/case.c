/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the first domain may map the machine's device and firmware memory by plain entries, uncached
 * or not; it may not map the hypervisor's own frames writable, nor the local APIC [PAGE-7].
 */
#include <public/memory.h>
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

#define BIOS_FRAME	0xf0UL
#define VGA_FRAME	0xb8UL
#define LAPIC_FRAME	0xfee00UL

static void check_m2p_frames(struct window *w)
{
	uint64_t frame = 0, value;
	struct xen_machphys_mfn_list list = { .max_extents = 1, .extent_start = (uint64_t)&frame };

	if (hypercall_memory_op(XENMEM_machphys_mfn_list, &list) || !frame) {
		return;
	}
	EXPECT(pte_write(window_pte(w, 3), frame * PAGE_BYTES | PTE_KERNEL_RW) < 0);
	EXPECT_EQ(probe_read((uint64_t)window_va(3), &value, NULL), 14);
}

static void run(void)
{
	uint64_t uncached = XEN_PTE_PCD | XEN_PTE_PWT, value = 0;
	struct window w;

	REQUIRE(window_open(&w));
	EXPECT_EQ(pte_write(window_pte(&w, 0), BIOS_FRAME * PAGE_BYTES | PTE_KERNEL_RO), 0);
	EXPECT_EQ(probe_read((uint64_t)window_va(0), &value, NULL), TRAP_NONE);
	EXPECT_EQ(pte_write(window_pte(&w, 1), VGA_FRAME * PAGE_BYTES | PTE_KERNEL_RW | uncached),
		  0);
	EXPECT_EQ(probe_write((uint64_t)window_va(1), 0x0720072007200720, NULL), TRAP_NONE);
	EXPECT(pte_write(window_pte(&w, 2), LAPIC_FRAME * PAGE_BYTES | PTE_KERNEL_RW | uncached) < 0);
	check_m2p_frames(&w);
	EXPECT_EQ(pte_write(window_pte(&w, 0), 0), 0);
	EXPECT_EQ(pte_write(window_pte(&w, 1), 0), 0);
	window_close(&w);
}

CASE(run, 0);
