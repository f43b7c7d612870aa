// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running functions on other processors.
 *
 * Each processor has one outgoing call and a bitmap of callers that want something from it. A caller fills its call, sets
 * its bit at every target, interrupts them and waits for the count of open targets to reach 0. There is no lock, so any
 * number of processors may call at the same time; a waiting caller serves the others, by its interrupts or, when they are
 * off, by looking itself.
 */
#include "x86/smp_calls.h"

#include "lib/log.h"
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/idt.h"
#include "x86/pcpu.h"
#include "x86/smp.h"

struct call {
	void (*fn)(void *arg);
	void *arg;
	u32 open; /* targets that are not done */
} __aligned(64);

static struct call calls[MAX_PCPUS];
static u64 callers[MAX_PCPUS][MAX_PCPUS / 64]; /* [target]: bit per caller */
static bool stopping;
static u32 stopped;

static void stop_here(void)
{
	__atomic_fetch_add(&stopped, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		__asm__ volatile("cli; hlt");
	}
}

static void run_call_of(u32 caller)
{
	struct call *c = &calls[caller];

	c->fn(c->arg);
	/* Releases what fn did to the caller; *c may be reused from here on. */
	__atomic_fetch_sub(&c->open, 1, __ATOMIC_RELEASE);
}

void smp_run_calls(void)
{
	u64 *mine = callers[this_pcpu()->id];
	u32 word;

	if (READ_ONCE(stopping)) {
		stop_here();
	}
	for (word = 0; word < MAX_PCPUS / 64; word++) {
		u64 bits = READ_ONCE(mine[word]) ? __atomic_exchange_n(&mine[word], 0, __ATOMIC_ACQUIRE) : 0;

		for (; bits; bits &= bits - 1) {
			run_call_of(word * 64 + __builtin_ctzll(bits));
		}
	}
}

static void post(u32 target, u32 me)
{
	/* Publishes calls[me] to the exchange in smp_run_calls(). */
	__atomic_fetch_or(&callers[target][me / 64], 1ULL << (me % 64), __ATOMIC_RELEASE);
	apic_send_ipi(pcpu_of(target)->apic_id, VECTOR_CALL);
}

void smp_call(const struct cpumask *mask, void (*fn)(void *arg), void *arg)
{
	u32 me = this_pcpu()->id, count = smp_cpu_count(), targets = 0, cpu;
	struct cpumask to = *mask; /* others may change it meanwhile */
	struct call *c = &calls[me];
	u64 flags;

	barrier();
	BUG_ON(READ_ONCE(c->open));
	c->fn = fn;
	c->arg = arg;
	for (cpu = 0; cpu < count; cpu++) {
		targets += cpu != me && cpumask_test(&to, cpu);
	}
	WRITE_ONCE(c->open, targets);
	for (cpu = 0; targets && cpu < count; cpu++) {
		if (cpu != me && cpumask_test(&to, cpu)) {
			post(cpu, me);
		}
	}
	if (cpumask_test(&to, me)) {
		flags = irq_save();
		fn(arg);
		irq_restore(flags);
	}
	while (__atomic_load_n(&c->open, __ATOMIC_ACQUIRE)) {
		if (!irq_is_enabled()) {
			smp_run_calls();
		}
		cpu_relax();
	}
}

void smp_kick(u32 cpu)
{
	if (cpu != this_pcpu()->id) {
		apic_send_ipi(pcpu_of(cpu)->apic_id, VECTOR_KICK);
	}
}

void smp_stop_others(void)
{
	u32 me = this_pcpu()->id, count = smp_cpu_count(), cpu, spins;

	WRITE_ONCE(stopping, true);
	for (cpu = 0; cpu < count; cpu++) {
		if (cpu != me) {
			apic_send_ipi(pcpu_of(cpu)->apic_id, VECTOR_CALL);
		}
	}
	/* One that never answers spins with interrupts off and does no more harm than before. */
	for (spins = 0; count && READ_ONCE(stopped) < count - 1 && spins < 10000000; spins++) {
		cpu_relax();
	}
}
