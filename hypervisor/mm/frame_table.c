/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Setting up the memory floor: sections, the frame table, the M2P, and what the boot loader left goes to the allocator.
 *
 * Both tables get memory for whole sections that hold RAM. Holes between share one part of the frame table. Every frame starts as firmware's
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
#define PART_BYTES   (FRAMES_PER_SECTION * sizeof(struct page_info))

static u64 frame_sections[MAX_SECTIONS / 64];
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

/* A section's part of the frame table, all firmware's. */
static struct page_info *make_part(void)
{
	struct page_info *part = early_alloc_pages(PART_BYTES >> PAGE_SHIFT, PART_BYTES >> PAGE_SHIFT);
	u64 i;

	for (i = 0; i < FRAMES_PER_SECTION; i++) {
		part[i].owner = OWNER_ID_IO;
	}
	return part;
}

static void map_section(u64 section)
{
	u64 m2p_bytes = FRAMES_PER_SECTION * sizeof(u64);
	u64 *m2p = early_alloc_pages(m2p_bytes >> PAGE_SHIFT, 1);
	u64 i;

	own_maps_map_frame_table(section * PART_BYTES, virt_to_mfn(make_part()), PART_BYTES >> PAGE_SHIFT, true);
	own_maps_map_m2p(section * m2p_bytes, virt_to_mfn(m2p), m2p_bytes >> PAGE_SHIFT);
	m2p_parts[section] = m2p;
	for (i = 0; i < FRAMES_PER_SECTION; i++) {
		m2p[i] = M2P_INVALID;
	}
}

/* Rows of frames that are not RAM, so that frame_is_ram() need not ask for them; *@part is made for the first. */
static void map_hole(u64 section, struct page_info **part)
{
	if (!*part) {
		*part = make_part();
	}
	own_maps_map_frame_table(section * PART_BYTES, virt_to_mfn(*part), PART_BYTES >> PAGE_SHIFT, false);
}

void mm_init(void)
{
	struct page_info *hole = NULL;
	u64 first, count, s, sections;
	u32 i;

	_Static_assert(sizeof(struct page_info) == 32, "frame table entries are 32 bytes");
	find_sections();
	sections = (frame_table_end + FRAMES_PER_SECTION - 1) / FRAMES_PER_SECTION;
	m2p_parts = early_alloc_pages((sections * sizeof(u64 *) + PAGE_SIZE - 1) >> PAGE_SHIFT, 1);
	for (s = 0; s < sections; s++) {
		if (section_present(s)) {
			map_section(s);
		} else {
			map_hole(s, &hole);
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
