// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way back to a guest: the work that waits for this processor, changing the vCPU whose state is loaded, idling.
 *
 * pcpu->current is the vCPU whose state and page tables are in the processor. It stays there while the processor idles, so that
 * a guest that sleeps and wakes alone costs neither a save nor a load; somebody who needs the saved state sets sched.evict.
 * run_queue.current is the vCPU that has the processor: the same, or NULL while idle.
 *
 * Order of a change: save the old one, load the next one's tables (or the idle ones), and only then tell the world
 * (sched_unloaded) that the old one is free, because until then its tables are walked by this processor. A domain's bit in
 * dirty_cpus is set before its tables are loaded and cleared after others are: loading flushes.
 */
#include "core/sched.h"

#include "core/sched_queue.h"
#include "core/vcpu_time.h"
#include "lib/log.h"
#include "x86/cpu.h"
#include "x86/entry.h"
#include "x86/pcpu.h"
#include "x86/time.h"
#include "x86/upcalls.h"

/* @next NULL: the idle tables. Interrupts off. */
static void change_loaded(struct pcpu *p, struct vcpu *next)
{
	struct vcpu *prev = p->current;

	if (prev) {
		vcpu_ops.save(prev);
	}
	p->current = next;
	if (next) {
		cpumask_set(&next->domain->mem.dirty_cpus, p->id);
		vcpu_ops.load(next);
	} else {
		vcpu_ops.leave();
	}
	if (prev) {
		if (!next || next->domain != prev->domain) {
			cpumask_clear(&prev->domain->mem.dirty_cpus, p->id);
		}
		sched_unloaded(prev);
	}
}

static struct vcpu *pick(struct run_queue *q)
{
	struct vcpu *next;

	spin_lock(&q->lock);
	next = sched_pick(q, time_now_ns());
	spin_unlock(&q->lock);
	return next;
}

/* Gives the processor to whoever should have it; q->current is NULL afterwards if there is nobody. */
static void schedule(struct pcpu *p, struct run_queue *q)
{
	struct vcpu *was = q->current, *next = pick(q);

	if (was && next != was) {
		vcpu_time_sched_out(was);
		was = NULL;
	}
	if (!next && sched_steal(q)) {
		next = pick(q);
	}
	if (next && next != p->current) {
		change_loaded(p, next);
	} else if (!next && p->current && READ_ONCE(p->current->sched.evict)) {
		change_loaded(p, NULL);
	}
	if (next && next != was) {
		/* Who raises an event stores it, then asks who is current; deliver() looks at events after this. */
		smp_mb();
		vcpu_time_sched_in(next);
	}
}

static void do_work(struct pcpu *p, struct run_queue *q)
{
	u32 work = __atomic_exchange_n(&p->work, 0, __ATOMIC_SEQ_CST);

	if (work & WORK_TIMER) {
		timer_run();
	}
	if (work & WORK_SCHEDULE) {
		schedule(p, q);
	}
}

/* Waits for an interrupt; returns with interrupts off. */
static void idle(struct pcpu *p, struct run_queue *q)
{
	q->idle_since_ns = time_now_ns();
	cpumask_set(&idle_cpus, p->id);
	/* Setting the bit is a full barrier: a vCPU queued too early for its waker to see us, we see now. */
	if (sched_steal(q)) {
		pcpu_raise_work(p, WORK_SCHEDULE);
	} else {
		timer_idle();
	}
	if (!READ_ONCE(p->work)) {
		irq_wait();
	}
	cpumask_clear(&idle_cpus, p->id);
	q->idle_total_ns += time_now_ns() - q->idle_since_ns;
	q->idle_since_ns = 0;
}

/* Until nothing is left to do. */
static __attribute__((noinline)) void work_and_deliver(struct pcpu *p)
{
	struct run_queue *q = &run_queues[p->id];

	do {
		while (READ_ONCE(p->work) || !q->current) {
			if (READ_ONCE(p->work)) {
				do_work(p, q);
			} else {
				idle(p, q);
			}
		}
		vcpu_ops.deliver(q->current);
	} while (READ_ONCE(p->work));
}

void upcall_before_guest(void)
{
	struct pcpu *p = this_pcpu();
	struct vcpu *v = run_queues[p->id].current;

	/* Asks for no more than the delivery that follows: what comes after this is either seen there or asks again. */
	if (READ_ONCE(p->work) == WORK_DELIVER) {
		__atomic_fetch_and(&p->work, ~WORK_DELIVER, __ATOMIC_SEQ_CST);
	}
	if (likely(v && !READ_ONCE(p->work))) {
		vcpu_ops.deliver(v);
		if (likely(!READ_ONCE(p->work))) {
			return;
		}
	}
	work_and_deliver(p);
}

void sched_start(void)
{
	irq_disable();
	sched_init_cpu(this_pcpu()->id);
	pcpu_raise_work(this_pcpu(), WORK_SCHEDULE);
	enter_guest();
}
