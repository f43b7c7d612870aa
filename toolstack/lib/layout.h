/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where everything of a new domain lies: which pseudo-physical frames hold the kernel, the
 * ramdisk, start_info, the two rings, page tables, boot stack and p2m list, and where they are
 * mapped when the first instruction runs (docs/abi, boot contract; the order is Xen's).
 *
 * The initial region [v_start, v_end) maps PFN 0, 1, 2, ... one to one from the note VIRT_BASE on:
 * kernel, ramdisk (unless the kernel takes it by PFN), p2m list (unless it has its own address),
 * start_info, store ring, console ring, page tables (L4, L3, L2, L1), stack, padding to 4 MiB.
 * Behind it lie the unmapped parts: ramdisk, then p2m list and the tables that map it.
 *
 * Pure: no domain, no memory, no file is touched. Page counts are of 4 KiB.
 */
#ifndef TOOLSTACK_LIB_LAYOUT_H
#define TOOLSTACK_LIB_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define LAYOUT_PAGE_BYTES 4096ull

struct elf_image;
struct error;

struct layout_request {
	const struct elf_image *image;
	uint64_t pages;			/* of the domain */
	uint64_t ramdisk_bytes;		/* 0: none */
	const char *object;		/* names the kernel in errors */
};

/* Tables that map one range of addresses: [level] for level 1 to 4; level 4 has one table. */
struct layout_tables {
	uint64_t start;			/* first address mapped */
	uint64_t end;
	uint64_t leaf_pfn;		/* mapped at start */
	uint64_t pfn[5];		/* first table of each level */
	uint64_t count[5];
};

struct layout {
	uint64_t pages;
	uint64_t v_start;
	uint64_t v_end;
	uint64_t kernel_pfn;
	uint64_t kernel_pages;
	uint64_t ramdisk_pfn;
	uint64_t ramdisk_pages;
	uint64_t ramdisk_bytes;
	bool ramdisk_mapped;
	uint64_t p2m_pfn;		/* the list itself */
	uint64_t p2m_pages;
	uint64_t p2m_va;
	bool p2m_own_address;		/* at the note INIT_P2M, with tables of its own */
	uint64_t start_info_pfn;
	uint64_t store_pfn;
	uint64_t console_pfn;
	uint64_t stack_pfn;
	uint64_t tables_pfn;		/* the L4; then L3, L2, L1 of the initial region */
	uint64_t tables_pages;
	uint64_t used_pages;		/* everything lies below this PFN */
	struct layout_tables region;
	struct layout_tables p2m;	/* levels 3 to 1, behind the list */
};

/* -ENOMEM with the size that would do when the domain is too small. */
int layout_compute(const struct layout_request *request, struct layout *layout,
		   struct error *error);

/* The virtual address of a frame of the initial region. */
static inline uint64_t layout_va(const struct layout *layout, uint64_t pfn)
{
	return layout->v_start + pfn * LAYOUT_PAGE_BYTES;
}

/* Frames that may not be mapped writable: page tables. */
bool layout_is_table(const struct layout *layout, uint64_t pfn);

#endif
