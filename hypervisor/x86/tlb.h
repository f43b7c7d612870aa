/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB flushes and the clock that makes most of them unnecessary.
 *
 * tlb_clock counts flushes of the whole machine. Every full flush of a processor advances it and stores the new value in
 * that processor's tlb_stamp. A frame that loses its last mapping of some kind is stamped with the clock of that moment
 * (tlb_clock_now()); a processor may still hold a stale translation of it only if its tlb_stamp <= the frame's stamp.
 * The clock is 64 bits wide inside; frames keep the low 32 bits; a difference of more than 2^31 counts as old.
 */
#ifndef LAMINA_X86_TLB_H
#define LAMINA_X86_TLB_H

#include "lib/types.h"
#include "x86/smp.h"

u32 tlb_clock_now(void);

/* Flushes every non-global translation of this processor by reloading CR3. Any context. */
void tlb_flush_local(void);
/* Loads @cr3 (a machine address) and counts it as a flush. Interrupts off. */
void tlb_write_cr3(u64 cr3);
static inline void tlb_invlpg_local(u64 va) { __asm__ volatile("invlpg (%0)" :: "r"(va) : "memory"); }

/* Full flush, or of one page @va, on every processor of @mask; returns when all have done it. Interrupts enabled. */
void tlb_flush_mask(const struct cpumask *mask);
void tlb_invlpg_mask(const struct cpumask *mask, u64 va);

/* Flushes those processors of @mask that have not flushed since @stamp. Interrupts enabled. */
void tlb_flush_mask_since(const struct cpumask *mask, u32 stamp);
/* The same for every processor of the machine. */
void tlb_flush_all_since(u32 stamp);

#endif
