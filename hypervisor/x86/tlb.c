// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLB flushes and their clock.
 *
 * The flusher advances the clock first, then flushes, then publishes the value as its stamp. A frame stamped before the advance
 * lost its mapping before the flush; one stamped after it sees a stamp that is not greater and asks for another flush. So a
 * race costs a flush, never a stale translation.
 */
#include "x86/tlb.h"

#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"

/* Also read by entry.S, which stamps a processor with the present value without advancing it: that claims less, and is cheap. */
u64 tlb_clock = 1;

u32 tlb_clock_now(void)
{
	/* Orders the caller's page-table write before the reading; pairs with the advance in begin_flush(). */
	smp_mb();
	return (u32)READ_ONCE(tlb_clock);
}

static u64 begin_flush(void)
{
	return __atomic_add_fetch(&tlb_clock, 1, __ATOMIC_SEQ_CST);
}

void tlb_write_cr3(u64 cr3)
{
	struct pcpu *p = this_pcpu();
	u64 stamp = begin_flush();

	write_cr3(cr3);
	p->loaded_cr3 = cr3;
	WRITE_ONCE(p->tlb_stamp, stamp);
}

void tlb_flush_local(void)
{
	u64 flags = irq_save();

	tlb_write_cr3(read_cr3());
	irq_restore(flags);
}

static void flush_here(void *arg)
{
	(void)arg;
	tlb_flush_local();
}

static void invlpg_here(void *va)
{
	invlpg((u64)va);
}

/* The mask names the calling processor and no other: what domains with one vCPU flush. */
static inline bool is_only_here(const struct cpumask *mask)
{
	u32 self = this_pcpu()->id, i;
	u64 rest = READ_ONCE(mask->bits[self / 64]) ^ 1ULL << (self % 64);

#pragma GCC unroll 4
	for (i = 0; i < ARRAY_SIZE(mask->bits); i++) {
		rest |= i == self / 64 ? 0 : READ_ONCE(mask->bits[i]);
	}
	return !rest;
}

void tlb_flush_mask(const struct cpumask *mask)
{
	if (likely(is_only_here(mask))) {
		tlb_flush_local();
	} else {
		smp_call(mask, flush_here, NULL);
	}
}

void tlb_invlpg_mask(const struct cpumask *mask, u64 va)
{
	if (likely(is_only_here(mask))) {
		invlpg(va);
	} else {
		smp_call(mask, invlpg_here, (void *)va);
	}
}

/* Claims that @cpu may hold translations from before @stamp. */
static bool is_stale(u32 cpu, u32 stamp)
{
	u64 flushed = READ_ONCE(pcpu_of(cpu)->tlb_stamp);

	/* So long without a flush that 32 bits of the stamp could mislead. */
	if (READ_ONCE(tlb_clock) - flushed >= 1ULL << 31) {
		return true;
	}
	return (u32)((u32)flushed - stamp - 1) >= 1u << 31;
}

void tlb_flush_mask_since(const struct cpumask *mask, u32 stamp)
{
	u32 count = smp_cpu_count(), cpu;
	struct cpumask todo = { 0 };
	bool any = false;

	for (cpu = 0; cpu < count; cpu++) {
		if (cpumask_test(mask, cpu) && is_stale(cpu, stamp)) {
			todo.bits[cpu / 64] |= 1ULL << (cpu % 64);
			any = true;
		}
	}
	if (any) {
		smp_call(&todo, flush_here, NULL);
	}
}

void tlb_flush_all_since(u32 stamp)
{
	struct cpumask all;

	memset(&all, 0xff, sizeof(all));
	tlb_flush_mask_since(&all, stamp);
}
