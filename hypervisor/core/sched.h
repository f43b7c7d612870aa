/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler: fair sharing of few processors among many vCPUs. Per-processor queues of runnable vCPUs ordered by weighted
 * virtual run time (rbtree, O(log n)); a waking vCPU preempts when it is enough behind; an idle processor takes work from
 * others; affinity and caps are honoured, a soft affinity is a wish. The policy is sched.c, sched_pick.c and sched_cap.c: others that define the same
 * functions can be linked in their place.
 *
 * There is no per-vCPU hypervisor stack: a vCPU gives up its processor only on the way back to a guest, in upcall_before_guest().
 */
#ifndef LAMINA_CORE_SCHED_H
#define LAMINA_CORE_SCHED_H

#include "core/timer.h"
#include "lib/rbtree.h"
#include "lib/types.h"
#include "public/vcpu.h"
#include "x86/smp.h"

struct domain;
struct vcpu;

/* Why a vCPU does not run; it is runnable when none is set. */
#define VCPU_DOWN     (1u << 0)  /* VCPUOP_down or never brought up */
#define VCPU_BLOCKED  (1u << 1)  /* SCHEDOP_block, until an event */
#define VCPU_POLLING  (1u << 2)  /* SCHEDOP_poll, until one of its ports or the timeout */
#define VCPU_PAUSED   (1u << 3)  /* domain.pause_count > 0 */
#define VCPU_SHUTDOWN (1u << 4)  /* the domain shut down */
#define VCPU_CAPPED   (1u << 5)  /* the domain has used what its cap allows in this period */

struct vcpu_sched {
	struct rb_node node;      /* in a queue while queued */
	u32 wait;                 /* VCPU_* mask, under the queue lock of cpu */
	u32 cpu;                  /* whose queue it belongs to, or where it runs */
	bool queued;
	bool running;             /* its state is loaded on .cpu, which may be idle; also while its save is not finished */
	bool evict;               /* somebody waits for the state to be saved, or it must move to another processor */
	bool yielded;             /* gives way once, whatever its vruntime */
	u64 vruntime;             /* weighted ns */
	u64 run_start_ns;
	u64 run_total_ns;         /* ns of processor time used; ABI of the lists */
	struct cpumask affinity;
	struct cpumask soft;      /* of those the processors that it likes better; a wish: may have none of them */
};

#define SCHED_WEIGHT_DEFAULT 256
#define SCHED_WEIGHT_MAX     65535
#define SCHED_CAP_MAX        (100 * MAX_PCPUS)

struct domain_sched {
	u32 weight;               /* 1..65535, default 256 */
	u32 cap_percent;          /* of one processor; 0 none */
	s64 budget_ns;            /* left in this period, negative: overdrawn; atomic */
	struct timer refill;      /* end of the period; armed while the domain uses budget */
};

void sched_init_cpu(u32 cpu);
/* This processor's boot is over: becomes an ordinary scheduling processor. Never returns. */
void sched_start(void) __noreturn;

void sched_domain_init(struct domain *d);
/* The domain will never run again; stops its timer. */
void sched_domain_destroy(struct domain *d);
void sched_vcpu_init(struct vcpu *v);
/* -EINVAL for a weight or cap out of range. */
int sched_domain_set(struct domain *d, u32 weight, u32 cap_percent) __must_check;

/* Sets a reason to wait on @v; if it is running elsewhere its processor is kicked. Any context. */
void sched_vcpu_sleep(struct vcpu *v, u32 reason);
/* As sched_vcpu_sleep(), then waits until @v's state is saved. Not for the current vCPU; interrupts enabled. */
void sched_vcpu_sleep_sync(struct vcpu *v, u32 reason);
/* For a vCPU that waits: 0 when its state is saved; else asks for it and returns -ERESTART, so that nobody spins. */
int sched_vcpu_evict(struct vcpu *v) __must_check;
/* Has @v, if it runs, pass upcall_before_guest() soon: something to deliver has come up. Any context. */
void sched_vcpu_kick(struct vcpu *v);
/* Clears reasons; queues @v and preempts if it became runnable. Any context. */
void sched_vcpu_wake(struct vcpu *v, u32 reason);
/* SCHEDOP_yield of the current vCPU. */
void sched_yield_current(void);
/* True if the vCPU waits for nothing. */
bool sched_vcpu_runnable(const struct vcpu *v);
/* Moves @v to a processor of its changed affinity; a mask without any that is up means all. */
void sched_set_affinity(struct vcpu *v, const struct cpumask *mask);
/* The processors to choose from first, of those its affinity allows; moves @v to one of them if it idles. As above without any. */
void sched_set_soft_affinity(struct vcpu *v, const struct cpumask *mask);
/* Runstate and times as the ABI counts them: the stay in the current state is not in time[] yet. */
void sched_vcpu_runstate(struct vcpu *v, struct vcpu_runstate_info *out);
/* CPU time used, in ns, running or not. */
u64 sched_vcpu_time_ns(const struct vcpu *v);
/* One processor's queue at this moment. */
#define SCHED_WAITING_SHOWN 8
struct sched_place { u16 domid; u16 vcpu; };
struct sched_queue_facts {
	bool online, busy;
	struct sched_place current;      /* if busy */
	u32 queued;                      /* of them the first in order: */
	struct sched_place waiting[SCHED_WAITING_SHOWN];
	u64 min_vruntime;
};
void sched_queue_facts(u32 cpu, struct sched_queue_facts *out);
/* How long @cpu has idled since boot, in ns. */
u64 sched_idle_ns(u32 cpu);

#endif
