// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others may know of the scheduler's accounts: runstates, processor time, idle time. Times are read without the queue lock
 * where one number is all there is; they may be late by what the running turn has used.
 */
#include "core/sched_queue.h"

#include "x86/cpu.h"
#include "x86/time.h"

bool sched_vcpu_runnable(const struct vcpu *v)
{
	return READ_ONCE(v->sched.wait) == 0;
}

void sched_vcpu_runstate(struct vcpu *v, struct vcpu_runstate_info *out)
{
	u64 flags = irq_save();
	struct run_queue *q = run_queue_lock(v);
	int i;

	out->state = (int32_t)v->runstate;
	out->state_entry_time = v->runstate_entry_ns;
	for (i = 0; i < 4; i++) {
		out->time[i] = v->runstate_ns[i];
	}
	spin_unlock(&q->lock);
	irq_restore(flags);
}

u64 sched_vcpu_time_ns(const struct vcpu *v)
{
	u64 total = READ_ONCE(v->sched.run_total_ns), start = READ_ONCE(v->sched.run_start_ns), now = time_now_ns();

	if (READ_ONCE(run_queues[READ_ONCE(v->sched.cpu)].current) == v && now > start) {
		total += now - start;
	}
	return total;
}

static struct sched_place place_of(const struct vcpu *v)
{
	return (struct sched_place){ v->domain->id.v, (u16)v->id };
}

void sched_queue_facts(u32 cpu, struct sched_queue_facts *out)
{
	struct run_queue *q = &run_queues[cpu];
	struct rb_node *n;
	u64 flags;
	u32 i;

	*out = (struct sched_queue_facts){ 0 };
	flags = irq_save();
	spin_lock(&q->lock);
	out->online = q->online;
	out->busy = q->current;
	if (q->current) {
		out->current = place_of(q->current);
	}
	out->queued = q->queued;
	out->min_vruntime = q->min_vruntime;
	for (i = 0, n = rb_first(&q->tree); n && i < SCHED_WAITING_SHOWN; n = rb_next(n), i++) {
		out->waiting[i] = place_of(vcpu_of_node(n));
	}
	spin_unlock(&q->lock);
	irq_restore(flags);
}

u64 sched_idle_ns(u32 cpu)
{
	u64 since = READ_ONCE(run_queues[cpu].idle_since_ns), now = time_now_ns();

	return READ_ONCE(run_queues[cpu].idle_total_ns) + (since && now > since ? now - since : 0);
}
