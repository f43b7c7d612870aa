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

u64 sched_idle_ns(u32 cpu)
{
	u64 since = READ_ONCE(run_queues[cpu].idle_since_ns), now = time_now_ns();

	return READ_ONCE(run_queues[cpu].idle_total_ns) + (since && now > since ? now - since : 0);
}
