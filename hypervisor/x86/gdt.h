/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Selectors, and the descriptor tables of each processor.
 *
 * The GDTR of a processor points at its GDT window: 14 pages that show the running vCPU's descriptor frames (own_maps.h
 * moves them), then the processor's own page at selector 0xe000, which holds ours and the flat selectors the ABI promises
 * guests. The page after that stays unmapped; the limit ends with page 14.
 */
#ifndef LAMINA_X86_GDT_H
#define LAMINA_X86_GDT_H

#define HV_CS           0xe008
#define HV_DS           0xe010
#define FLAT_CS32       0xe023
#define FLAT_DS         0xe02b
#define FLAT_CS64       0xe033
#define TSS_SELECTOR    0xe040
#define LDT_SELECTOR    0xe050

/* Interrupt stack table slots (index as the IDT counts them, from 1). */
#define IST_NMI 1
#define IST_DF  2
#define IST_MC  3
#define IST_DB  4

#ifndef __ASSEMBLY__

#include "lib/types.h"
#include "x86/layout.h"

#define GDT_OWN_BASE   (GDT_GUEST_FRAMES << 12)
#define GDT_LIMIT      (GDT_OWN_BASE + 0xfff)
#define TSS_PAGES      3

static inline u64 gdt_window_va(u32 cpu) { return GDT_WINDOWS_VA + (u64)cpu * GDT_WINDOW_SIZE; }
static inline u64 ldt_window_va(u32 cpu) { return LDT_WINDOWS_VA + (u64)cpu * LDT_WINDOW_SIZE; }

/* Fills this processor's GDT page and TSS, loads GDTR, segment registers, task register and an empty LDT. */
void gdt_init_cpu(void);

/* The LDT of this processor: its LDT window with @entries descriptors, none when 0. Interrupts off. */
void gdt_load_ldt(u32 entries);

/*
 * Ports that guest code on this processor may touch: 8 KiB, a clear bit permits; NULL forbids all. Interrupts off; call on vCPU
 * switch. The bitmap is copied when it is another one than last time; after a change in place call tss_io_bitmap_changed()
 * on every processor first.
 */
void tss_set_io_bitmap(const u8 *bitmap);
void tss_io_bitmap_changed(void);

#endif
#endif
