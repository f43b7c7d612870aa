/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's own page tables: L4 slots 256 to 271 (x86/layout.h).
 *
 * Sixteen L3 pages exist once and are shared by every L4 of the machine; all later changes happen below them, so no L4 has
 * to be touched again. Text is read-only and executable, constants are read-only, everything else is never executable.
 * All mappings are global (CR4.PGE) except the M2P, the only one that guests can see.
 */
#ifndef LAMINA_X86_OWN_MAPS_H
#define LAMINA_X86_OWN_MAPS_H

#include "lib/types.h"
#include "x86/page.h"

/* Builds the tables, loads them and makes all RAM direct-mapped. Boot processor, after early_alloc_init(). */
void own_maps_init(void);

/* Machine address of the L4 that an idle processor runs on: nothing outside the hypervisor's slots. */
u64 own_maps_idle_cr3(void);

/* Writes the hypervisor's sixteen entries into a guest's L4 (a direct-map address). */
void own_maps_fill_l4(u64 *l4);

/*
 * Backing for parts of the frame table and the M2P: maps @pages frames from @first on, at @offset_bytes into the area. Boot,
 * before page_alloc takes over (tables come from early_alloc). The M2P part is readable by guests.
 */
void own_maps_map_frame_table(u64 offset_bytes, mfn_t first, u64 pages, bool writable);
void own_maps_map_m2p(u64 offset_bytes, mfn_t first, u64 pages);

/* Gives processor @cpu an area (stacks, struct pcpu), and GDT and LDT windows. Boot, before page_alloc takes over. */
void own_maps_add_cpu(u32 cpu);

/*
 * Guest frames in the windows of processor @cpu (the calling one, or one that runs nothing): slot 0..13 of the GDT, 0..15 of
 * the LDT window. MFN_INVALID: the GDT shows absent descriptors, the LDT page faults. The change is local: the caller's TLB is
 * flushed for that page.
 */
void gdt_window_set(u32 cpu, u32 slot, mfn_t mfn);
void ldt_window_set(u32 cpu, u32 slot, mfn_t mfn);

/* Uncached mapping of device memory; NULL when the (16 MiB) window is full. Any time after own_maps_init(). */
void *map_device(u64 maddr, size_t bytes);
void unmap_device(void *p, size_t bytes);

/* The entry stub page of processor @cpu through the direct map, where it is writable. */
void *own_maps_stub_page(u32 cpu);
/* Address at which processor @cpu executes its stub page. */
static inline u64 own_maps_stub_va(u32 cpu) { return PCPU_AREAS_VA + (u64)cpu * PCPU_AREA_SIZE; }

/* Hypervisor text is writable through the result: for patching at boot. */
void *own_maps_text_alias(const void *text);

#endif
