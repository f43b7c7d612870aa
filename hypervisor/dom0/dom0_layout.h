/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where everything goes in a new guest's pseudo-physical memory and in its initial mapping. A pure computation, shared with nobody: the
 * toolstack's builder for other domains follows the same ABI clauses (docs/abi/boot.md) in its own code.
 *
 *   virt_base + PFN * 4096 = virtual address, for PFNs 0 .. map_pages - 1
 *   kernel image | p2m list | start_info | page tables (L4, L3s, L2s, L1s) | boot stack | padding to 4 MiB || initial ramdisk
 */
#ifndef LAMINA_DOM0_DOM0_LAYOUT_H
#define LAMINA_DOM0_DOM0_LAYOUT_H

#include "lib/elf.h"
#include "lib/types.h"

struct dom0_layout {
	u64 virt_base;
	u64 kernel_end_pfn;      /* first PFN behind the kernel image */
	u64 p2m_pfn, p2m_pages;
	u64 start_info_pfn;
	u64 pt_pfn;              /* the L4; then L3s, L2s, L1s */
	u64 l3_count, l2_count, l1_count;
	u64 stack_pfn;           /* one page */
	u64 map_pages;           /* extent of the initial mapping in PFNs */
	u64 initrd_pfn, initrd_pages;
	bool initrd_mapped;      /* the kernel wants it in the initial mapping */
};

/* Lays @kernel and @initrd_bytes out in @nr_pages. NULL, or the end of a sentence that says why it does not fit. */
const char *dom0_layout_compute(const struct elf_kernel *kernel, u64 initrd_bytes, u64 nr_pages, struct dom0_layout *ret)
	__must_check;

static inline u64 dom0_layout_va(const struct dom0_layout *l, u64 pfn)
{
	return l->virt_base + pfn * 4096;
}

#endif
