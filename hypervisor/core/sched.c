// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler's policy: weighted fair queueing.
 *
 * vruntime counts the ns a vCPU ran, scaled by SCHED_WEIGHT_DEFAULT / weight: of those who want to run, the one with the least
 * goes first. A waking vCPU starts a little behind the queue's minimum at most, so that sleeping gives it a quick turn but no
 * hoard; it preempts when it is SCHED_GRANULARITY_NS behind the running one. While others wait, a turn lasts SCHED_SLICE_NS; a
 * processor with one vCPU to run needs no timer for it.
 *
 * Placement: a waking vCPU goes to the processor it ran on if that is idle, else to any idle one, else where fewest wait; of
 * several such to one of its soft affinity, for which an idle one is left too, but an idle one outside of it goes before a wait.
 * A processor that runs out of work takes a vCPU from another queue, and after queueing a vCPU behind a busy one the waker looks
 * for an idle processor once more: one of the two sees the other (idle_cpus and run_queue.queued are both written before the
 * other is read, with full barriers).
 *
 * A vCPU's vruntime means something within one queue only; moving it keeps its distance from the minimum. No two queues are
 * locked at once: a vCPU on its way from one to the other belongs to the new one already, is in no tree, and whoever puts it
 * there checks first that it still wants to be.
 */
#include "core/sched.h"

#include "core/sched_queue.h"
#include "core/vcpu_time.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"
#include "x86/time.h"

#define ROTATE_NS 20000000ULL /* at most this often a processor gives a waiting vCPU away */

struct run_queue run_queues[MAX_PCPUS];
struct cpumask idle_cpus;

static bool behind(const struct rb_node *a, const struct rb_node *b)
{
	return vcpu_of_node(a)->sched.vruntime < vcpu_of_node(b)->sched.vruntime;
}

struct run_queue *run_queue_lock(struct vcpu *v)
{
	for (;;) {
		u32 cpu = READ_ONCE(v->sched.cpu);

		spin_lock(&run_queues[cpu].lock);
		if (READ_ONCE(v->sched.cpu) == cpu) {
			return &run_queues[cpu];
		}
		spin_unlock(&run_queues[cpu].lock);
	}
}

void sched_poke(u32 cpu)
{
	struct pcpu *p = pcpu_of(cpu);

	pcpu_raise_work(p, WORK_SCHEDULE);
	if (p != this_pcpu()) {
		smp_kick(cpu);
	}
}

void sched_set_waiting_state(struct vcpu *v, u64 now)
{
	enum vcpu_runstate state = RUNSTATE_BLOCKED_;

	if (!(v->sched.wait & ~VCPU_CAPPED)) {
		state = RUNSTATE_RUNNABLE_;
	} else if (v->sched.wait & (VCPU_DOWN | VCPU_PAUSED | VCPU_SHUTDOWN)) {
		state = RUNSTATE_OFFLINE_;
	}
	vcpu_runstate_set(v, state, now);
}

/* --- Queues --------------------------------------------------------------------------------------------------------------- */

/* It may have waited long: it must not bring more credit than a wake-up is worth. */
void run_queue_insert(struct run_queue *q, struct vcpu *v)
{
	u64 least = q->min_vruntime > SCHED_CREDIT_NS ? q->min_vruntime - SCHED_CREDIT_NS : 0;

	v->sched.vruntime = MAX(v->sched.vruntime, least);
	rb_insert(&q->tree, &v->sched.node, behind);
	v->sched.queued = true;
	WRITE_ONCE(q->queued, q->queued + 1);
}

void run_queue_remove(struct run_queue *q, struct vcpu *v)
{
	rb_erase(&q->tree, &v->sched.node);
	v->sched.queued = false;
	WRITE_ONCE(q->queued, q->queued - 1);
}

/* An idle processor that @v may use, one that it likes if possible; MAX_PCPUS if there is none. */
static u32 find_idle(const struct vcpu *v)
{
	u32 word, other = MAX_PCPUS;

	for (word = 0; word < ARRAY_SIZE(idle_cpus.bits); word++) {
		u64 bits = READ_ONCE(idle_cpus.bits[word]) & v->sched.affinity.bits[word];

		if (bits & v->sched.soft.bits[word]) {
			return word * 64 + (u32)__builtin_ctzll(bits & v->sched.soft.bits[word]);
		}
		if (bits && other == MAX_PCPUS) {
			other = word * 64 + (u32)__builtin_ctzll(bits);
		}
	}
	return other;
}

bool sched_has_better(const struct vcpu *v, u32 cpu)
{
	u32 idle = sched_likes(v, cpu) ? MAX_PCPUS : find_idle(v);

	return idle < MAX_PCPUS && sched_likes(v, idle);
}

/* Where @v, which is loaded nowhere, should wait for its turn. */
static u32 choose_cpu(const struct vcpu *v)
{
	u32 last = v->sched.cpu, count = smp_cpu_count();
	u32 cpu, best = MAX_PCPUS, best_rank = ~0u;

	if (sched_may_run_on(v, last) && cpumask_test(&idle_cpus, last) && !sched_has_better(v, last)) {
		return last;
	}
	cpu = find_idle(v);
	if (cpu < MAX_PCPUS) {
		return cpu;
	}
	if (sched_may_run_on(v, last) && sched_likes(v, last) && READ_ONCE(run_queues[last].queued) == 0) {
		return last;
	}
	for (cpu = 0; cpu < count; cpu++) {
		/* As many: one that it likes, then the one it ran on. */
		u32 rank = READ_ONCE(run_queues[cpu].queued) * 4 + (sched_likes(v, cpu) ? 0 : 2) + (cpu != last);

		if (run_queues[cpu].online && sched_may_run_on(v, cpu) && rank < best_rank) {
			best = cpu;
			best_rank = rank;
		}
	}
	return best < MAX_PCPUS ? best : last;
}

void run_queue_change(const struct run_queue *from, const struct run_queue *to, struct vcpu *v)
{
	s64 lag = (s64)(v->sched.vruntime - from->min_vruntime);
	s64 base = (s64)READ_ONCE(to->min_vruntime);

	v->sched.vruntime = base + lag > 0 ? (u64)(base + lag) : 0;
	WRITE_ONCE(v->sched.cpu, run_queue_cpu(to));
}

bool run_queue_lock_for(struct run_queue *q, struct vcpu *v)
{
	spin_lock(&q->lock);
	/* While no lock was held, others may have put it to sleep, and even woken it again. */
	if (READ_ONCE(v->sched.cpu) != run_queue_cpu(q) || v->sched.wait || v->sched.queued || v->sched.running) {
		spin_unlock(&q->lock);
		return false;
	}
	return true;
}

/* Queue locked, @v in its tree: must the processor look again? */
static bool deserves_poke(const struct run_queue *q, const struct vcpu *v, u64 now)
{
	const struct vcpu *cur = q->current;

	if (!cur || !READ_ONCE(q->slice.armed)) {
		return true;
	}
	return v->sched.vruntime + SCHED_GRANULARITY_NS <
	       cur->sched.vruntime + sched_weighted(cur, sched_ran_ns(cur, now));
}

/* @v is queued and free to be taken: should a processor be idle, it shall come for it. No lock needed. */
static void poke_an_idle_cpu(const struct vcpu *v)
{
	u32 cpu;

	/* Pairs with the barrier between setting idle_cpus and reading the queues in switch.c. */
	smp_mb();
	cpu = find_idle(v);
	if (cpu < MAX_PCPUS) {
		sched_poke(cpu);
	}
}

/* Queues @v on locked @q and unlocks it; gets a processor to notice. */
static void enqueue_and_unlock(struct run_queue *q, struct vcpu *v, u64 now)
{
	bool poke, busy = q->current != NULL && !v->sched.running;

	run_queue_insert(q, v);
	poke = deserves_poke(q, v, now);
	spin_unlock(&q->lock);
	if (poke) {
		sched_poke(run_queue_cpu(q));
	}
	if (busy) {
		poke_an_idle_cpu(v);
	}
}

/* @v waits for nothing any more and is neither queued nor current. @q is its queue, locked; unlocks. */
static void place_and_unlock(struct run_queue *q, struct vcpu *v, u64 now)
{
	u32 cpu;

	if (v->sched.running) {
		/* Still loaded there: that processor goes on with it, or lets it go first. */
		if (sched_may_run_on(v, run_queue_cpu(q)) && !v->sched.evict && !sched_has_better(v, run_queue_cpu(q))) {
			enqueue_and_unlock(q, v, now);
			return;
		}
		v->sched.evict = true;
		spin_unlock(&q->lock);
		sched_poke(run_queue_cpu(q));
		return;
	}
	cpu = choose_cpu(v);
	if (cpu != run_queue_cpu(q)) {
		run_queue_change(q, &run_queues[cpu], v);
		spin_unlock(&q->lock);
		q = &run_queues[cpu];
		if (!run_queue_lock_for(q, v)) {
			return;
		}
	}
	enqueue_and_unlock(q, v, now);
}

/* --- Sleep and wake ------------------------------------------------------------------------------------------------------- */

void sched_vcpu_sleep(struct vcpu *v, u32 reason)
{
	u64 flags = irq_save();
	struct run_queue *q = run_queue_lock(v);

	WRITE_ONCE(v->sched.wait, v->sched.wait | reason);
	if (q->current == v) {
		/* Still running: its processor lets go of it in sched_pick(). */
		sched_poke(run_queue_cpu(q));
	} else {
		if (v->sched.queued) {
			run_queue_remove(q, v);
		}
		sched_set_waiting_state(v, time_now_ns());
	}
	spin_unlock(&q->lock);
	irq_restore(flags);
}

int sched_vcpu_evict(struct vcpu *v)
{
	u64 flags = irq_save();
	struct run_queue *q = run_queue_lock(v);
	bool running = v->sched.running;

	if (running) {
		v->sched.evict = true;
		sched_poke(run_queue_cpu(q));
	}
	spin_unlock(&q->lock);
	irq_restore(flags);
	return running ? -ERESTART : 0;
}

void sched_vcpu_sleep_sync(struct vcpu *v, u32 reason)
{
	BUG_ON(v == current_vcpu());
	sched_vcpu_sleep(v, reason);
	if (sched_vcpu_evict(v)) {
		/* Pairs with the release in sched_unloaded(). */
		while (__atomic_load_n(&v->sched.running, __ATOMIC_ACQUIRE)) {
			cpu_relax();
		}
	}
}

void sched_vcpu_wake(struct vcpu *v, u32 reason)
{
	struct run_queue *q;
	u64 flags, now;

	/* Whoever sleeps sets wait, then looks for what we have just stored; most wake nobody. */
	smp_mb();
	if (!(READ_ONCE(v->sched.wait) & reason)) {
		return;
	}
	flags = irq_save();
	q = run_queue_lock(v);
	if (!(v->sched.wait & reason)) {
		spin_unlock(&q->lock);
		irq_restore(flags);
		return;
	}
	WRITE_ONCE(v->sched.wait, v->sched.wait & ~reason);
	now = time_now_ns();
	if (q->current == v) {
		/* It has not got round to stopping: it goes on. */
		spin_unlock(&q->lock);
	} else {
		sched_set_waiting_state(v, now);
		if (v->sched.wait || v->sched.queued) {
			spin_unlock(&q->lock);
		} else {
			place_and_unlock(q, v, now);
		}
	}
	irq_restore(flags);
}

void sched_vcpu_kick(struct vcpu *v)
{
	u32 cpu = READ_ONCE(v->sched.cpu);

	if (READ_ONCE(run_queues[cpu].current) == v) {
		pcpu_raise_work(pcpu_of(cpu), WORK_DELIVER);
		if (cpu != this_pcpu()->id) {
			smp_kick(cpu);
		}
	}
}

void sched_yield_current(void)
{
	struct vcpu *v = current_vcpu();
	u64 flags = irq_save();
	struct run_queue *q = run_queue_lock(v);

	if (q->queued) {
		v->sched.yielded = true;
		sched_poke(run_queue_cpu(q));
	}
	spin_unlock(&q->lock);
	irq_restore(flags);
}

static void copy_mask(struct cpumask *to, const struct cpumask *from)
{
	bool any = false;
	u32 i;

	for (i = 0; i < smp_cpu_count(); i++) {
		any |= cpumask_test(from, i);
	}
	for (i = 0; i < ARRAY_SIZE(from->bits); i++) {
		to->bits[i] = any ? from->bits[i] : ~0ULL;
	}
}

/* Has @v go elsewhere if its processor is not allowed any more, or not liked and another one would be. */
static void set_mask(struct vcpu *v, struct cpumask *to, const struct cpumask *from)
{
	u64 flags = irq_save();
	struct run_queue *q = run_queue_lock(v);

	copy_mask(to, from);
	if (sched_may_run_on(v, run_queue_cpu(q)) && !sched_has_better(v, run_queue_cpu(q))) {
		spin_unlock(&q->lock);
	} else if (v->sched.running) {
		if (v->sched.queued) {
			run_queue_remove(q, v);
		}
		v->sched.evict = true;
		sched_poke(run_queue_cpu(q));
		spin_unlock(&q->lock);
	} else if (v->sched.queued) {
		run_queue_remove(q, v);
		place_and_unlock(q, v, time_now_ns());
	} else {
		spin_unlock(&q->lock);
	}
	irq_restore(flags);
}

void sched_set_affinity(struct vcpu *v, const struct cpumask *mask) { set_mask(v, &v->sched.affinity, mask); }

void sched_set_soft_affinity(struct vcpu *v, const struct cpumask *mask) { set_mask(v, &v->sched.soft, mask); }

/*
 * The processor with the fewest vCPUs that @v may use, if those are fewer than locked @q has, @v among them; of several one that @v
 * likes. MAX_PCPUS if there is none.
 */
static u32 find_lighter(const struct run_queue *q, const struct vcpu *v)
{
	u32 load = q->queued + (q->current != NULL), least = load, best = MAX_PCPUS, cpu;

	for (cpu = 0; cpu < smp_cpu_count(); cpu++) {
		const struct run_queue *other = &run_queues[cpu];
		u32 there = READ_ONCE(other->queued) + (READ_ONCE(other->current) != NULL);

		bool better = there < least ||
			      (there == least && best < MAX_PCPUS && sched_likes(v, cpu) && !sched_likes(v, best));

		if (better && other->online && sched_may_run_on(v, cpu)) {
			least = there;
			best = cpu;
		}
	}
	return best;
}

/*
 * @v has had its turn and waits in locked @q, loaded nowhere; unlocks. Once in a while such a vCPU goes to a processor with fewer,
 * even if that makes it the one with more: so three vCPUs on two processors take turns at having one for themselves.
 */
static void rotate_and_unlock(struct run_queue *q, struct vcpu *v, u64 now)
{
	u32 cpu = now >= q->rotated_ns + ROTATE_NS ? find_lighter(q, v) : MAX_PCPUS;

	if (cpu == MAX_PCPUS) {
		spin_unlock(&q->lock);
		poke_an_idle_cpu(v);
		return;
	}
	q->rotated_ns = now;
	run_queue_remove(q, v);
	run_queue_change(q, &run_queues[cpu], v);
	spin_unlock(&q->lock);
	q = &run_queues[cpu];
	if (run_queue_lock_for(q, v)) {
		q->rotated_ns = now;
		enqueue_and_unlock(q, v, now);
	}
}

void sched_unloaded(struct vcpu *v)
{
	u64 flags = irq_save();
	struct run_queue *q = run_queue_lock(v);

	v->sched.evict = false;
	__atomic_store_n(&v->sched.running, false, __ATOMIC_RELEASE);
	if (v->sched.queued) {
		rotate_and_unlock(q, v, time_now_ns());
	} else if (!v->sched.wait) {
		place_and_unlock(q, v, time_now_ns());
	} else {
		spin_unlock(&q->lock);
	}
	irq_restore(flags);
}

/* --- Set-up --------------------------------------------------------------------------------------------------------------- */

static void slice_over(struct timer *t __attribute__((unused)))
{
	pcpu_raise_work(this_pcpu(), WORK_SCHEDULE);
}

void sched_init_cpu(u32 cpu)
{
	struct run_queue *q = &run_queues[cpu];

	if (!q->online) {
		timer_init(&q->slice, slice_over);
		q->online = true;
	}
}

void sched_vcpu_init(struct vcpu *v)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(v->sched.affinity.bits); i++) {
		v->sched.affinity.bits[i] = ~0ULL;
		v->sched.soft.bits[i] = ~0ULL;
	}
	v->sched.wait = VCPU_DOWN | VCPU_PAUSED;
	v->sched.cpu = 0;
}
