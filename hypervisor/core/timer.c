// SPDX-License-Identifier: GPL-2.0-only
/*
 * One-shot timers: a red-black tree of deadlines per processor.
 *
 * A timer is in the queue of the processor that armed it last, so that only a processor itself ever programs its interrupt.
 * timer.cpu names that queue; whoever wants to change a timer locks the queue it names and looks again. Moving to another
 * queue holds both locks, lower number first.
 *
 * The interrupt only raises WORK_TIMER; callbacks run in timer_run(), on the way back to a guest or from the idle loop, with no
 * lock held. The programmed deadline is never later than the first timer's, but may be earlier (timers are cancelled without
 * touching the hardware); then the interrupt finds nothing due and programs the right one. After an interrupt nothing is
 * programmed and timer_run() is certain to come: programmed_ns is 0 until then.
 */
#include "core/timer.h"

#include "x86/cpu.h"
#include "x86/pcpu.h"
#include "x86/spinlock.h"
#include "x86/time.h"
#include "x86/upcalls.h"

#define NEVER (~0ULL)

struct timer_queue {
	spinlock_t lock;          /* irq-safe */
	struct rb_root timers;
	u64 programmed_ns;        /* what the hardware was told last; own processor only */
} __aligned(64);

static struct timer_queue queues[MAX_PCPUS];

static bool earlier(const struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, const struct timer, node)->deadline_ns < rb_entry(b, const struct timer, node)->deadline_ns;
}

/* Locks the queue that @t is in. Interrupts off. */
static struct timer_queue *lock_queue_of(struct timer *t)
{
	for (;;) {
		u32 cpu = READ_ONCE(t->cpu);

		spin_lock(&queues[cpu].lock);
		if (READ_ONCE(t->cpu) == cpu) {
			return &queues[cpu];
		}
		spin_unlock(&queues[cpu].lock);
	}
}

/* Locks @t's queue and this processor's, and makes this processor's the timer's. Interrupts off. */
static void lock_and_move(struct timer *t, u32 here)
{
	for (;;) {
		u32 cpu = READ_ONCE(t->cpu);

		spin_lock(&queues[MIN(cpu, here)].lock);
		if (cpu != here) {
			spin_lock(&queues[MAX(cpu, here)].lock);
		}
		if (READ_ONCE(t->cpu) == cpu) {
			if (t->armed) {
				rb_erase(&queues[cpu].timers, &t->node);
				t->armed = false;
			}
			WRITE_ONCE(t->cpu, here);
			if (cpu != here) {
				spin_unlock(&queues[cpu].lock);
			}
			return;
		}
		if (cpu != here) {
			spin_unlock(&queues[cpu].lock);
		}
		spin_unlock(&queues[here].lock);
	}
}

/* Own processor's queue, interrupts off. */
static void program(struct timer_queue *q, u64 deadline_ns)
{
	if (q->programmed_ns != deadline_ns) {
		q->programmed_ns = deadline_ns;
		time_set_deadline(deadline_ns);
	}
}

void timer_init(struct timer *t, void (*fn)(struct timer *t))
{
	t->fn = fn;
	t->cpu = 0;
	t->armed = false;
	t->running = 0;
}

void timer_set(struct timer *t, u64 deadline_ns)
{
	u64 flags = irq_save();
	u32 here = this_pcpu()->id;
	struct timer_queue *q = &queues[here];

	lock_and_move(t, here);
	t->deadline_ns = deadline_ns;
	rb_insert(&q->timers, &t->node, earlier);
	t->armed = true;
	spin_unlock(&q->lock);
	if (deadline_ns < q->programmed_ns) {
		if (deadline_ns <= time_now_ns()) {
			pcpu_raise_work(this_pcpu(), WORK_TIMER);
		} else {
			program(q, deadline_ns);
		}
	}
	irq_restore(flags);
}

void timer_cancel(struct timer *t)
{
	bool again;

	do {
		u64 flags = irq_save();
		struct timer_queue *q = lock_queue_of(t);

		if (t->armed) {
			rb_erase(&q->timers, &t->node);
			t->armed = false;
		}
		again = __atomic_load_n(&t->running, __ATOMIC_ACQUIRE) != 0;
		spin_unlock(&q->lock);
		irq_restore(flags);
		/* A callback that is under way may arm the timer again: take it off once more afterwards. */
		while (__atomic_load_n(&t->running, __ATOMIC_ACQUIRE) != 0) {
			cpu_relax();
		}
	} while (again);
}

void timer_init_cpu(u32 cpu)
{
	queues[cpu].programmed_ns = NEVER;
}

/* Takes the first timer out of the queue if it is due; tells the deadline of the first that is not. */
static struct timer *take_due(struct timer_queue *q, u64 now, u64 *next_ns)
{
	struct timer *t = NULL;
	struct rb_node *n;

	spin_lock(&q->lock);
	n = rb_first(&q->timers);
	if (n && rb_entry(n, struct timer, node)->deadline_ns <= now) {
		t = rb_entry(n, struct timer, node);
		rb_erase(&q->timers, n);
		t->armed = false;
		__atomic_fetch_add(&t->running, 1, __ATOMIC_RELAXED);
	} else {
		*next_ns = n ? rb_entry(n, struct timer, node)->deadline_ns : NEVER;
	}
	spin_unlock(&q->lock);
	return t;
}

void timer_run(void)
{
	struct timer_queue *q = &queues[this_pcpu()->id];
	u64 next_ns = NEVER;
	struct timer *t;

	while ((t = take_due(q, time_now_ns(), &next_ns))) {
		t->fn(t);
		/* Pairs with the loads in timer_cancel(): after this the owner may free the timer. */
		__atomic_fetch_sub(&t->running, 1, __ATOMIC_RELEASE);
	}
	program(q, next_ns);
}

void timer_idle(void)
{
	struct timer_queue *q = &queues[this_pcpu()->id];
	struct rb_node *n;
	u64 next_ns;

	/* 0: an interrupt has come, timer_run() is next. */
	if (q->programmed_ns == NEVER || q->programmed_ns == 0) {
		return;
	}
	spin_lock(&q->lock);
	n = rb_first(&q->timers);
	next_ns = n ? rb_entry(n, struct timer, node)->deadline_ns : NEVER;
	spin_unlock(&q->lock);
	program(q, next_ns);
}

void timer_facts(u32 cpu, struct timer_facts *out)
{
	struct timer_queue *q = &queues[cpu];
	const struct rb_node *n;
	u64 flags = irq_save();

	spin_lock(&q->lock);
	n = rb_first(&q->timers);
	*out = (struct timer_facts){
		.first_ns = n ? rb_entry(n, const struct timer, node)->deadline_ns : NEVER,
		.programmed_ns = READ_ONCE(q->programmed_ns),
	};
	for (; n && out->armed < TIMER_COUNTED; n = rb_next(n)) {
		out->armed++;
	}
	spin_unlock(&q->lock);
	irq_restore(flags);
}

void upcall_timer_interrupt(void)
{
	struct pcpu *p = this_pcpu();

	queues[p->id].programmed_ns = 0;
	pcpu_raise_work(p, WORK_TIMER);
}
