/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See dom0_layout.h. The page tables map themselves, so their number and the end of the mapping depend on each other: the count is
 * raised until it suffices.
 */
#include "dom0/dom0_layout.h"

#include "lib/checked.h"
#include "x86/page.h"

#define PADDING_ALIGN (MIB(4) >> PAGE_SHIFT)
#define PADDING_MIN   (KIB(512) >> PAGE_SHIFT)

static u64 pages_of(u64 bytes)
{
	return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/* How many tables of @level cover [start, end). */
static u64 tables(u64 start, u64 end, int level)
{
	unsigned int shift = PAGE_SHIFT + 9 * level;

	return ((end - 1) >> shift) - (start >> shift) + 1;
}

/* Places everything behind @pfn for @map_pages mapped pages; returns the first PFN that is free behind the stack. */
static u64 place_tables(struct dom0_layout *l, u64 pfn, u64 map_pages)
{
	u64 start = l->virt_base, end = l->virt_base + map_pages * PAGE_SIZE;

	l->pt_pfn = pfn;
	l->l3_count = tables(start, end, 3);
	l->l2_count = tables(start, end, 2);
	l->l1_count = tables(start, end, 1);
	l->stack_pfn = pfn + 1 + l->l3_count + l->l2_count + l->l1_count;
	return l->stack_pfn + 1;
}

const char *dom0_layout_compute(const struct elf_kernel *kernel, u64 initrd_bytes, u64 nr_pages, struct dom0_layout *ret)
{
	struct dom0_layout l = { .virt_base = kernel->virt_base, .initrd_pages = pages_of(initrd_bytes) };
	u64 pfn, end, map;

	if (kernel->paddr_start < kernel->paddr_offset || (l.virt_base & ~PAGE_MASK) || (kernel->paddr_offset & ~PAGE_MASK)) {
		return "has notes that contradict its segments";
	}
	pfn = pages_of(kernel->paddr_end - kernel->paddr_offset);
	if (pfn > nr_pages) {
		return "does not fit dom0's memory (raise dom0_mem=)";
	}
	l.kernel_end_pfn = pfn;
	l.initrd_mapped = l.initrd_pages && !kernel->mod_start_pfn;
	if (l.initrd_mapped) {
		l.initrd_pfn = pfn;
		pfn += l.initrd_pages;
	}
	l.p2m_pfn = pfn;
	l.p2m_pages = pages_of(nr_pages * sizeof(u64));
	l.start_info_pfn = l.p2m_pfn + l.p2m_pages;
	for (map = ALIGN_UP(l.start_info_pfn + 1, PADDING_ALIGN);; map += PADDING_ALIGN) {
		end = place_tables(&l, l.start_info_pfn + 1, map);
		if (end + PADDING_MIN <= map) {
			break;
		}
	}
	l.map_pages = map;
	if (!l.initrd_mapped) {
		l.initrd_pfn = map;
	}
	if (MAX(map, l.initrd_pfn + l.initrd_pages) > nr_pages) {
		return "does not fit dom0's memory with its page tables and ramdisk (raise dom0_mem=)";
	}
	if (!guest_range_ok(l.virt_base, map * PAGE_SIZE)) {
		return "asks to be mapped where the hypervisor lives";
	}
	*ret = l;
	return NULL;
}
