/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Setting up the memory floor: sections, the frame table, the M2P, and what the boot loader left goes to the allocator.
 *
 * Both tables get memory for whole sections that hold RAM and none for the holes between. Every frame starts as firmware's
 * (OWNER_ID_IO), becomes the hypervisor's (OWNER_ID_NONE) if it is RAM above 1 MiB, and free if nobody took it during boot.
 */
#include "mm/frame_table.h"

#include "lib/log.h"
#include "mm/m2p.h"
#include "mm/mm.h"
#include "mm/page_alloc.h"
#include "x86/early_alloc.h"
#include "x86/own_maps.h"
#include "x86/page.h"

#define LOWEST_FRAME (MIB(1) >> PAGE_SHIFT)

u64 frame_sections[MAX_SECTIONS / 64];
u64 frame_table_end;

/* Direct-map addresses of the M2P's parts, by section; NULL where there is no RAM. */
static u64 **m2p_parts;

static bool section_present(u64 section)
{
	return (frame_sections[section / 64] >> (section % 64)) & 1;
}

static void find_sections(void)
{
	u64 first, count, s;
	u32 i = 0;

	while (early_alloc_next_ram(&i, &first, &count)) {
		for (s = first / FRAMES_PER_SECTION; s <= (first + count - 1) / FRAMES_PER_SECTION; s++) {
			if (s >= MAX_SECTIONS) {
				panic("memory above 16 TiB is not supported; limit it in the firmware's set-up");
			}
			frame_sections[s / 64] |= 1ULL << (s % 64);
		}
		frame_table_end = MAX(frame_table_end, first + count);
	}
}

static void map_section(u64 section)
{
	u64 ft_bytes = FRAMES_PER_SECTION * sizeof(struct page_info);
	u64 m2p_bytes = FRAMES_PER_SECTION * sizeof(u64);
	struct page_info *ft = early_alloc_pages(ft_bytes >> PAGE_SHIFT, ft_bytes >> PAGE_SHIFT);
	u64 *m2p = early_alloc_pages(m2p_bytes >> PAGE_SHIFT, 1);
	u64 i;

	own_maps_map_frame_table(section * ft_bytes, virt_to_mfn(ft), ft_bytes >> PAGE_SHIFT);
	own_maps_map_m2p(section * m2p_bytes, virt_to_mfn(m2p), m2p_bytes >> PAGE_SHIFT);
	m2p_parts[section] = m2p;
	for (i = 0; i < FRAMES_PER_SECTION; i++) {
		ft[i].owner = OWNER_ID_IO;
		m2p[i] = M2P_INVALID;
	}
}

void mm_init(void)
{
	u64 first, count, s, sections;
	u32 i;

	_Static_assert(sizeof(struct page_info) == 32, "frame table entries are 32 bytes");
	find_sections();
	sections = (frame_table_end + FRAMES_PER_SECTION - 1) / FRAMES_PER_SECTION;
	m2p_parts = early_alloc_pages((sections * sizeof(u64 *) + PAGE_SIZE - 1) >> PAGE_SHIFT, 1);
	for (s = 0; s < sections; s++) {
		if (section_present(s)) {
			map_section(s);
		}
	}
	for (i = 0; early_alloc_next_ram(&i, &first, &count);) {
		for (s = MAX(first, LOWEST_FRAME); s < first + count; s++) {
			mfn_to_page(MFN(s))->owner = OWNER_ID_NONE;
		}
	}
	for (i = 0; early_alloc_next_free(&i, &first, &count);) {
		page_alloc_add(first, count);
	}
	log_info("memory: %llu MiB free of %llu MiB", (unsigned long long)(pages_free(false) >> 8),
		 (unsigned long long)(frame_table_end >> 8));
}

void m2p_set(mfn_t mfn, u64 pfn)
{
	m2p_parts[mfn.v / FRAMES_PER_SECTION][mfn.v % FRAMES_PER_SECTION] = pfn;
}

u64 m2p_get(mfn_t mfn)
{
	return m2p_parts[mfn.v / FRAMES_PER_SECTION][mfn.v % FRAMES_PER_SECTION];
}
