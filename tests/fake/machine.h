/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fake machine that host builds of the hypervisor's floors run on: memory, processors, interrupts, a clock. The memory floor
 * itself is the real one. Everything a test may look at or bend is here.
 */
#ifndef LAMINA_FAKE_MACHINE_H
#define LAMINA_FAKE_MACHINE_H

#include "lib/types.h"

#define FAKE_RAM_PAGES 8192 /* frame numbers 0..8191, of which those below 1 MiB are firmware's */

/* Brings up memory and mm/ once per process. */
void fake_machine_init(void);

/* The calling thread becomes processor @cpu. */
void fake_set_cpu(u32 cpu);
bool fake_irqs_on(void);

/* The @nth heap or page allocation from now (1: the next) fails, and only that; 0: none. */
void fake_alloc_fail_at(u64 nth);
/* Allocations since the last fake_alloc_fail_at(). */
u64 fake_alloc_count(void);

/* Clock in ns, moved by the test. */
extern u64 fake_now_ns;

/* What the floors above asked of the machine; the deadlines are those programmed last. */
extern u64 fake_kicks[], fake_deadline_ns[], fake_flushes;
/* Called by smp_kick(), if set. */
extern void (*fake_kick_hook)(u32 cpu);
/* How many of the FAKE_CPUS processors exist. */
extern u32 fake_cpu_count;
/* The TLB clock, moved by the test, and the flushes of those who have not flushed since: how many, and the last one's stamp. */
extern u32 fake_tlb_clock;
extern struct fake_flush { u64 count; u32 since; } fake_flush_mask, fake_flush_all;
/* PIRQs: set up, level, enabled. */
#define FAKE_GSIS 24
struct fake_pirq { bool set_up, level, enabled; u32 cpu, eois; };
extern struct fake_pirq fake_pirqs[64];

/* Guest memory that hypercalls copy from and to: [start, start + bytes) is there, all else faults. */
void fake_guest_memory(u64 start, u64 bytes);

#endif
