/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's part of every address space: L4 slots 256 to 271 (0xffff800000000000 to 0xffff87ffffffffff).
 * These sixteen entries are the same in every page table of the machine: nothing here is per domain, and what is per
 * processor has an address of its own.
 *
 *   slot 256       M2P: u64 per machine frame, read-only and visible to guests
 *   slot 258       frame table: struct page_info per machine frame
 *   slot 260 +0    hypervisor image (text, rodata, data, bss)
 *            +1G   per-processor areas, PCPU_AREA_SIZE each (entry stubs, stacks, TSS, struct pcpu)
 *            +1.5G per-processor GDT windows, GDT_WINDOW_SIZE each: 14 guest frames, ours behind them
 *            +1.75G per-processor LDT windows, LDT_WINDOW_SIZE each
 *   slot 261       device mappings (ioremap), uncached
 *   slots 262-271  direct map of all RAM (5 TiB), never executable
 *
 * Image, per-processor areas and windows lie within 2 GiB so that 32-bit displacements reach.
 */
#ifndef LAMINA_X86_LAYOUT_H
#define LAMINA_X86_LAYOUT_H

#define HV_HOLE_START     0xffff800000000000
#define HV_HOLE_END       0xffff880000000000
#define HV_L4_FIRST       256
#define HV_L4_LAST        271

#define M2P_VA            0xffff800000000000
#define M2P_VA_END        0xffff804000000000
#define FRAME_TABLE_VA    0xffff810000000000
#define IMAGE_VA          0xffff820000000000
#define PCPU_AREAS_VA     0xffff820040000000
#define GDT_WINDOWS_VA    0xffff820060000000
#define LDT_WINDOWS_VA    0xffff820070000000
#define DEVICE_VA         0xffff828000000000
#define DEVICE_VA_END     0xffff830000000000
#define DIRECT_MAP_VA     0xffff830000000000
#define DIRECT_MAP_END    0xffff880000000000

#define MAX_PCPUS         256

/* Per-processor area: 32 KiB, aligned to its size. See x86/pcpu.h. */
#define PCPU_AREA_SHIFT   15
#define PCPU_AREA_SIZE    (1 << PCPU_AREA_SHIFT)

/* GDT window: 16 pages; pages 0-13 are the running vCPU's frames, page 14 is the processor's own. */
#define GDT_WINDOW_SIZE   0x10000
#define GDT_GUEST_FRAMES  14
#define LDT_WINDOW_SIZE   0x10000

#endif
