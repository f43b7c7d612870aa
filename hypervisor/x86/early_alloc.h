/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory before there is an allocator: pages taken from the boot memory map, never given back. What is left goes to mm/.
 *
 * Never handed out: everything below 1 MiB, the hypervisor image, the boot modules (dom0_build() frees them to the allocator
 * by itself, page by page, see boot_module ranges) and whatever is not RAM.
 */
#ifndef LAMINA_X86_EARLY_ALLOC_H
#define LAMINA_X86_EARLY_ALLOC_H

#include "lib/boot_info.h"
#include "lib/types.h"

void early_alloc_init(const struct boot_info *bi);

/* All of RAM is direct-mapped now; until then allocations come from below 4 GiB. */
void early_alloc_use_all(void);

/* @pages contiguous zeroed pages aligned to @align_pages (a power of two), direct-mapped. Panics when there are none. */
void *early_alloc_pages(u64 pages, u64 align_pages);

/*
 * Walks the ranges of RAM frames nobody has taken: start with *@index = 0; false at the end. After the first call no page can
 * be allocated any more.
 */
bool early_alloc_next_free(u32 *index, u64 *first_mfn, u64 *pages);
bool early_alloc_is_closed(void);

/* Walks all RAM of the machine as whole frames, taken or not: for sizing the frame table. */
bool early_alloc_next_ram(u32 *index, u64 *first_mfn, u64 *pages);
/* Claims that the byte at @maddr is RAM. Any time. */
bool early_alloc_is_ram(u64 maddr);

#endif
