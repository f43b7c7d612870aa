/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other processors: how many there are, and how to get their attention.
 */
#ifndef LAMINA_X86_SMP_H
#define LAMINA_X86_SMP_H

#include "lib/types.h"
#include "x86/layout.h"

/* A set of processors. */
struct cpumask { u64 bits[MAX_PCPUS / 64]; };

static inline void cpumask_set(struct cpumask *m, u32 cpu)
{
	__atomic_fetch_or(&m->bits[cpu / 64], 1ULL << (cpu % 64), __ATOMIC_SEQ_CST);
}
static inline void cpumask_clear(struct cpumask *m, u32 cpu)
{
	__atomic_fetch_and(&m->bits[cpu / 64], ~(1ULL << (cpu % 64)), __ATOMIC_SEQ_CST);
}
static inline bool cpumask_test(const struct cpumask *m, u32 cpu)
{
	return (__atomic_load_n(&m->bits[cpu / 64], __ATOMIC_SEQ_CST) >> (cpu % 64)) & 1;
}

/* Processors that are up, numbered 0..smp_cpu_count()-1 without holes once smp_boot_all() has returned. */
u32 smp_cpu_count(void);

/* Starts every processor that the MADT lists; each calls upcall_secondary_main() (main.c) when ready. */
void smp_boot_all(void);

/* Makes @cpu leave the guest or its idle wait and look at its work bits. Any context. */
void smp_kick(u32 cpu);

/*
 * Runs @fn(@arg) on every processor of @mask (the caller's own included, directly) and waits until all are done. Callable
 * with interrupts enabled only, from no interrupt handler; @fn runs with interrupts disabled and must be short.
 */
void smp_call(const struct cpumask *mask, void (*fn)(void *arg), void *arg);

/* Stops all other processors for good (panic, reboot). Any context. */
void smp_stop_others(void);

#endif
