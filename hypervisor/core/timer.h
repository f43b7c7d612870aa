/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One-shot timers. Each processor keeps a queue ordered by deadline (rbtree); a timer belongs to the queue of the processor that
 * armed it last. Callbacks run on that processor with interrupts disabled, outside the queue lock, and must be short.
 * An idle processor with no timers programs no interrupt.
 */
#ifndef LAMINA_CORE_TIMER_H
#define LAMINA_CORE_TIMER_H

#include "lib/rbtree.h"
#include "lib/types.h"

struct timer {
	struct rb_node node;
	u64 deadline_ns;
	void (*fn)(struct timer *t);
	u32 cpu;              /* queue it is in while armed, or was in last */
	bool armed;           /* under the lock of that queue */
	u32 running;          /* callbacks under way; changed under a queue lock or by the processor that ends one */
};

void timer_init(struct timer *t, void (*fn)(struct timer *t));
/* Arms (or moves) @t to fire at @deadline_ns (absolute, time_now_ns()); one in the past fires as soon as possible. Any context. */
void timer_set(struct timer *t, u64 deadline_ns);
/* Disarms @t; afterwards the callback is not running on any processor. Not from the callback itself. */
void timer_cancel(struct timer *t);

/* Makes sure that no interrupt comes for a timer that has been cancelled. Before a processor idles; interrupts off. */
void timer_idle(void);

/* One processor's queue at this moment. */
#define TIMER_COUNTED 64u
struct timer_facts {
	u32 armed;            /* counted to TIMER_COUNTED */
	u64 first_ns;         /* deadline of the first; ~0: none */
	u64 programmed_ns;    /* what the interrupt is set to; ~0: nothing, 0: it has come */
};
void timer_facts(u32 cpu, struct timer_facts *out);

/* Per-processor set-up. */
void timer_init_cpu(u32 cpu);
/* Runs what is due on this processor and programs the next interrupt. Interrupts off. WORK_TIMER. */
void timer_run(void);

#endif
