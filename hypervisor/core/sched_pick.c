// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler's policy, second half (sched.c has the first and the rules): charging the running vCPU, choosing the next, and
 * finding work for idle processors.
 *
 * A turn that is over is renewed if the running vCPU is still the one with the least vruntime.
 */
#include "core/sched_queue.h"

#include "core/vcpu_time.h"
#include "x86/smp.h"

#define STEAL_LOOKS 8 /* vCPUs of a queue that a thief looks at */

/* Queue locked; @v is its current. */
static void charge(struct run_queue *q, struct vcpu *v, u64 now)
{
	u64 ran = sched_ran_ns(v, now);
	u64 least;

	v->sched.run_start_ns = now;
	v->sched.run_total_ns += ran;
	v->sched.vruntime += sched_weighted(v, ran);
	sched_cap_charge(v, ran);

	least = v->sched.vruntime;
	if (rb_first(&q->tree)) {
		least = MIN(least, vcpu_of_node(rb_first(&q->tree))->sched.vruntime);
	}
	q->min_vruntime = MAX(q->min_vruntime, least);
}

/*
 * Takes a vCPU of @other that may run on @q's processor out of its tree, the first that likes it, else the first that has nothing
 * better; it belongs to @q then. For others an idle processor that they like was poked or looks here too: they are left to it.
 */
static struct vcpu *take_from(struct run_queue *other, struct run_queue *q)
{
	struct vcpu *v = NULL, *at;
	struct rb_node *n;
	int looks;

	spin_lock(&other->lock);
	n = rb_first(&other->tree);
	for (looks = 0; n && looks < STEAL_LOOKS; looks++, n = rb_next(n)) {
		at = vcpu_of_node(n);
		if (at->sched.running || !sched_may_run_on(at, run_queue_cpu(q))) {
			continue;
		}
		if (sched_likes(at, run_queue_cpu(q))) {
			v = at;
			break;
		}
		if (!v && !sched_has_better(at, run_queue_cpu(q))) {
			v = at;
		}
	}
	if (v) {
		run_queue_remove(other, v);
		run_queue_change(other, q, v);
	}
	spin_unlock(&other->lock);
	return v;
}

bool sched_steal(struct run_queue *q)
{
	u32 count = smp_cpu_count(), i;
	struct vcpu *v;

	for (i = 1; i < count; i++) {
		struct run_queue *other = &run_queues[(run_queue_cpu(q) + i) % count];

		v = READ_ONCE(other->queued) ? take_from(other, q) : NULL;
		if (v) {
			if (run_queue_lock_for(q, v)) {
				run_queue_insert(q, v);
				spin_unlock(&q->lock);
			}
			return true;
		}
	}
	return false;
}

/* The first of the tree whose domain has budget left; those without go to sleep until it has. */
static struct vcpu *first_allowed(struct run_queue *q, u64 now)
{
	struct vcpu *v;

	while ((v = vcpu_of_node(rb_first(&q->tree))) && sched_cap_exceeded(v->domain)) {
		run_queue_remove(q, v);
		sched_cap_wait(v, now);
		sched_set_waiting_state(v, now);
	}
	return v;
}

/* Queue locked, current charged. */
static struct vcpu *choose(struct run_queue *q, u64 now)
{
	struct vcpu *cur = q->current, *first;

	if (cur && !cur->sched.wait && sched_cap_exceeded(cur->domain)) {
		sched_cap_wait(cur, now);
	}
	first = first_allowed(q, now);
	if (!cur || cur->sched.wait || cur->sched.evict) {
		return first;
	}
	if (!first) {
		return cur;
	}
	if (cur->sched.yielded) {
		cur->sched.vruntime = MAX(cur->sched.vruntime, first->sched.vruntime);
		return first;
	}
	if (now >= q->slice_end_ns) {
		return first->sched.vruntime < cur->sched.vruntime ? first : cur;
	}
	return first->sched.vruntime + SCHED_GRANULARITY_NS < cur->sched.vruntime ? first : cur;
}

/* Queue locked. @cur loses the processor: back into the tree if it wants to go on here. */
static void put_back(struct run_queue *q, struct vcpu *cur, u64 now)
{
	q->current = NULL;
	sched_set_waiting_state(cur, now);
	if (!cur->sched.wait && !cur->sched.evict) {
		run_queue_insert(q, cur);
	}
}

/* Queue locked. @next, from the tree, gets the processor. */
static void start(struct run_queue *q, struct vcpu *next, u64 now)
{
	run_queue_remove(q, next);
	next->sched.running = true;
	next->sched.run_start_ns = now;
	vcpu_runstate_set(next, RUNSTATE_RUNNING_, now);
	WRITE_ONCE(q->current, next);
}

/* Queue locked. The slice timer runs only while somebody waits, or a cap has to be kept. */
static void time_the_turn(struct run_queue *q, struct vcpu *v, bool fresh, u64 now)
{
	if (fresh || now >= q->slice_end_ns) {
		q->slice_end_ns = now + sched_cap_limit(v->domain, SCHED_SLICE_NS, now);
		fresh = true;
	}
	if ((q->queued || v->domain->sched.cap_percent) && (fresh || !q->slice.armed)) {
		timer_set(&q->slice, q->slice_end_ns);
	}
}

struct vcpu *sched_pick(struct run_queue *q, u64 now)
{
	struct vcpu *cur = q->current, *next;

	if (cur) {
		charge(q, cur, now);
	}
	next = choose(q, now);
	if (cur) {
		cur->sched.yielded = false;
	}
	if (next != cur) {
		if (cur) {
			put_back(q, cur, now);
		}
		if (next) {
			start(q, next, now);
		}
	}
	if (next) {
		time_the_turn(q, next, next != cur, now);
	}
	return next;
}
