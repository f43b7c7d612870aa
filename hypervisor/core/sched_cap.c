// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weights and caps of domains.
 *
 * A cap is a budget of processor time per period, shared by the domain's vCPUs. A turn of a capped vCPU never lasts longer
 * than the budget left; when that is used up, its vCPUs wait with VCPU_CAPPED until the period ends. What several vCPUs running
 * at once used too much is taken off the next period. The period starts with a turn, so a domain that sleeps costs no timer.
 *
 * budget_ns is changed by atomic addition; everything else follows from it.
 */
#include "core/domain.h"
#include "core/sched_queue.h"
#include "lib/errno.h"
#include "x86/time.h"

#define PERIOD_NS   50000000ULL
#define TURN_MIN_NS 100000ULL
#define LATE_PERIODS_MAX 4ULL	/* a machine that stood still for longer owes nobody more */

static s64 quota_ns(const struct domain *d)
{
	return (s64)(PERIOD_NS / 100 * READ_ONCE(d->sched.cap_percent));
}

static s64 budget(const struct domain *d)
{
	return __atomic_load_n(&d->sched.budget_ns, __ATOMIC_RELAXED);
}

void sched_cap_charge(struct vcpu *v, u64 ns)
{
	struct domain_sched *s = &v->domain->sched;

	if (unlikely(READ_ONCE(s->cap_percent))) {
		__atomic_fetch_sub(&s->budget_ns, (s64)ns, __ATOMIC_RELAXED);
	}
}

bool sched_cap_exceeded(const struct domain *d)
{
	return unlikely(READ_ONCE(d->sched.cap_percent)) && budget(d) <= 0;
}

void sched_cap_wait(struct vcpu *v, u64 now)
{
	struct timer *t = &v->domain->sched.refill;

	WRITE_ONCE(v->sched.wait, v->sched.wait | VCPU_CAPPED);
	/* If the timer is seen armed, refill() comes later and sees VCPU_CAPPED. */
	smp_mb();
	if (!READ_ONCE(t->armed)) {
		timer_set(t, now + PERIOD_NS);
	}
}

u64 sched_cap_limit(struct domain *d, u64 ns, u64 now)
{
	s64 left;

	if (likely(!READ_ONCE(d->sched.cap_percent))) {
		return ns;
	}
	if (!READ_ONCE(d->sched.refill.armed)) {
		timer_set(&d->sched.refill, now + PERIOD_NS);
	}
	left = budget(d);
	return left < (s64)TURN_MIN_NS ? TURN_MIN_NS : MIN(ns, (u64)left);
}

static void wake_capped(struct domain *d)
{
	u32 i;

	for (i = 0; i < d->vcpu_count; i++) {
		if (d->vcpus[i]) {
			sched_vcpu_wake(d->vcpus[i], VCPU_CAPPED);
		}
	}
}

/*
 * End of a period. Debt is kept, savings are not. The next period of a domain that used its budget up begins where this one should have
 * ended: what the timer is late takes nothing from its share.
 */
static void refill(struct timer *t)
{
	struct domain *d = container_of(t, struct domain, sched.refill);
	u64 now = time_now_ns(), due = t->deadline_ns;
	u64 periods = 1 + (now > due ? MIN((now - due) / PERIOD_NS, LATE_PERIODS_MAX) : 0);
	s64 quota = quota_ns(d) * (s64)periods, old = budget(d), new;

	do {
		new = MIN(old + quota, quota);
	} while (!__atomic_compare_exchange_n(&d->sched.budget_ns, &old, new, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	if (quota && old <= 0) {
		timer_set(t, MAX(due + periods * PERIOD_NS, now));
	}
	if (!quota || new > 0) {
		wake_capped(d);
	}
}

int sched_domain_set(struct domain *d, u32 weight, u32 cap_percent)
{
	if (!weight || weight > SCHED_WEIGHT_MAX || cap_percent > SCHED_CAP_MAX) {
		return -EINVAL;
	}
	WRITE_ONCE(d->sched.weight, weight);
	WRITE_ONCE(d->sched.cap_percent, cap_percent);
	__atomic_store_n(&d->sched.budget_ns, quota_ns(d), __ATOMIC_RELAXED);
	wake_capped(d);
	return 0;
}

void sched_domain_init(struct domain *d)
{
	d->sched.weight = SCHED_WEIGHT_DEFAULT;
	timer_init(&d->sched.refill, refill);
}

void sched_domain_destroy(struct domain *d)
{
	timer_cancel(&d->sched.refill);
}
