/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the scheduler share: sched.c (sleep, wake, placement), sched_pick.c (accounts, who is next, taking work from
 * others), sched_cap.c (caps), and the mechanism, switch.c (the way back to a guest, changing the loaded vCPU, idling).
 *
 * One struct run_queue per processor. Its lock guards the tree, `current`, and the sched fields of every vCPU whose sched.cpu
 * names it. A vCPU is in the tree exactly when it waits for nothing, is not `current`, and need not move to another processor.
 * One that is queued and `running` is still loaded on this processor; nobody else may take it.
 */
#ifndef LAMINA_CORE_SCHED_QUEUE_H
#define LAMINA_CORE_SCHED_QUEUE_H

#include "core/sched.h"
#include "core/timer.h"
#include "core/vcpu.h"
#include "lib/rbtree.h"
#include "x86/spinlock.h"

#define SCHED_SLICE_NS        5000000ULL  /* a turn while others wait */
#define SCHED_GRANULARITY_NS  500000ULL   /* a vCPU that is this much behind preempts */
#define SCHED_CREDIT_NS       3000000ULL  /* how far behind the queue's minimum one may start */

struct run_queue {
	spinlock_t lock;          /* irq-safe */
	u32 queued;               /* vCPUs in the tree; others peek at it */
	struct rb_root tree;
	struct vcpu *current;     /* whom the processor runs; NULL while it idles, even if a vCPU is loaded */
	u64 min_vruntime;         /* never decreases: where newcomers start */
	u64 slice_end_ns;
	struct timer slice;       /* armed while somebody waits for this processor, or current is capped */
	u64 rotated_ns;           /* when it last gave a vCPU to another processor, or got one */
	u64 idle_since_ns;        /* 0: busy */
	u64 idle_total_ns;
	bool online;
} __aligned(64);

extern struct run_queue run_queues[MAX_PCPUS];
/* Processors that found nothing to do; those who queue a vCPU look here for somebody to take it. */
extern struct cpumask idle_cpus;

static inline u32 run_queue_cpu(const struct run_queue *q) { return (u32)(q - run_queues); }

static inline struct vcpu *vcpu_of_node(const struct rb_node *n)
{
	return n ? rb_entry(n, struct vcpu, sched.node) : NULL;
}

static inline bool sched_may_run_on(const struct vcpu *v, u32 cpu) { return cpumask_test(&v->sched.affinity, cpu); }
/* Of the processors that it may run on. */
static inline bool sched_likes(const struct vcpu *v, u32 cpu) { return cpumask_test(&v->sched.soft, cpu); }

/* ns of processor time as vruntime counts them. */
static inline u64 sched_weighted(const struct vcpu *v, u64 ns)
{
	return ns * SCHED_WEIGHT_DEFAULT / READ_ONCE(v->domain->sched.weight);
}

/* How long the current vCPU @v has run since it was charged last. */
static inline u64 sched_ran_ns(const struct vcpu *v, u64 now)
{
	return now > v->sched.run_start_ns ? now - v->sched.run_start_ns : 0;
}

/* sched.c. Locks the queue that @v belongs to. Interrupts off. */
struct run_queue *run_queue_lock(struct vcpu *v);
/* With @q locked. */
void run_queue_insert(struct run_queue *q, struct vcpu *v);
void run_queue_remove(struct run_queue *q, struct vcpu *v);
/* Changes the queue that @v, in no tree and loaded nowhere, belongs to. @from is locked; @to's minimum is a guess. */
void run_queue_change(const struct run_queue *from, const struct run_queue *to, struct vcpu *v);
/*
 * Locks @q if @v, which belonged to it when no lock was held, still wants to be put into its tree; else false.
 */
bool run_queue_lock_for(struct run_queue *q, struct vcpu *v);
/* Queue locked. Sets the runstate of @v, which does not run, from what it waits for. */
void sched_set_waiting_state(struct vcpu *v, u64 now);
/* @v does not like processor @cpu, and one that it likes is idle. */
bool sched_has_better(const struct vcpu *v, u32 cpu);
/* Has @cpu call sched_pick() soon. Any context. */
void sched_poke(u32 cpu);
/* @v's state is saved and its tables are no longer loaded on this processor: others may take it from now on. */
void sched_unloaded(struct vcpu *v);

/*
 * sched_pick.c. Charges the current vCPU and decides who is next, changing q->current; NULL: nobody. @q is this processor's,
 * locked, interrupts off. The vCPU that lost stays `running` until sched_unloaded().
 */
struct vcpu *sched_pick(struct run_queue *q, u64 now);
/* Takes a waiting vCPU from another processor's queue into @q, this processor's, not locked. Interrupts off. */
bool sched_steal(struct run_queue *q);

/* sched_cap.c. @v, current somewhere, ran for @ns. */
void sched_cap_charge(struct vcpu *v, u64 ns);
/* The domain has used up what it may use in this period. */
bool sched_cap_exceeded(const struct domain *d);
/* Queue locked. @v, which does not run any more, has to wait for the next period. */
void sched_cap_wait(struct vcpu *v, u64 now);
/* A vCPU of @d begins a turn: how long it may be, at most @ns. Queue locked. */
u64 sched_cap_limit(struct domain *d, u64 ns, u64 now);

#endif
