// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports r and t: processors with what waits for them, the clock and its timers. First a step for each processor (r->share 0), then the
 * domains (r->share 1).
 */
#include "core/sched.h"
#include "core/timer.h"
#include "core/vcpu.h"
#include "hypercall/report.h"
#include "lib/printf.h"
#include "x86/smp.h"
#include "x86/time.h"

#define WAITING_BYTES 96

/* True while there are processors left. */
static bool processor_step(struct control_report *r, void (*show)(struct control_report *r, u32 cpu))
{
	if (r->share) {
		return false;
	}
	if (r->item < smp_cpu_count()) {
		show(r, (u32)index_nospec(r->item, smp_cpu_count()));
		r->item++;
	} else {
		r->share = 1;
		r->item = 0;
	}
	return true;
}

static void show_queue(struct control_report *r, u32 cpu)
{
	struct sched_queue_facts q;
	char waiting[WAITING_BYTES] = "", current[16] = "idle";
	size_t n = 0;
	u32 i;

	sched_queue_facts(cpu, &q);
	if (q.busy) {
		printf_format(current, sizeof(current), "d%uv%u", q.current.domid, q.current.vcpu);
	}
	for (i = 0; i < MIN(q.queued, (u32)SCHED_WAITING_SHOWN); i++) {
		n += printf_format(waiting + n, sizeof(waiting) - n, " d%uv%u", q.waiting[i].domid, q.waiting[i].vcpu);
		n = MIN(n, sizeof(waiting) - 1);
	}
	report_line(r, "cpu %u:%s runs %s, %u waiting%s%s, virtual time %llu ms, idle %llu ms", cpu, q.online ? "" : " offline,", current,
		    q.queued, q.queued ? ":" : "", waiting, (unsigned long long)(q.min_vruntime / 1000000),
		    (unsigned long long)(sched_idle_ns(cpu) / 1000000));
}

static bool share_part(struct domain *d, struct control_report *r)
{
	const struct domain_sched *s = &d->sched;

	report_line(r, "d%u: weight %u, cap %u %%, %lld us left of it", d->id.v, READ_ONCE(s->weight), READ_ONCE(s->cap_percent),
		    (long long)(READ_ONCE(s->cap_percent) ? READ_ONCE(s->budget_ns) / 1000 : 0));
	return true;
}

bool report_r(struct control_report *r)
{
	return processor_step(r, show_queue) ? false : report_domains(r, share_part);
}

/* Microseconds from now; negative: it is due. */
static long long in_us(u64 deadline_ns)
{
	return (s64)(deadline_ns - time_now_ns()) / 1000;
}

static void show_timers(struct control_report *r, u32 cpu)
{
	struct timer_facts t;

	if (cpu == 0) {
		report_line(r, "clock: %llu ms, TSC %llu kHz, scale %u shift %d, %s", (unsigned long long)(time_now_ns() / 1000000),
			    (unsigned long long)time_tsc_khz(), time_scale.mul, time_scale.shift,
			    time_scale.stable ? "the same on all processors" : "not the same on all processors");
	}
	timer_facts(cpu, &t);
	if (t.armed) {
		report_line(r, "cpu %u: %u%s timers, the first in %lld us, interrupt in %lld us", cpu, t.armed,
			    t.armed == TIMER_COUNTED ? " or more" : "", in_us(t.first_ns),
			    t.programmed_ns == ~0ULL ? -1 : in_us(t.programmed_ns ? t.programmed_ns : t.first_ns));
	} else {
		report_line(r, "cpu %u: no timers", cpu);
	}
}

/* vCPUs with a timer of their own, one in each step. */
static bool timers_part(struct domain *d, struct control_report *r)
{
	struct vcpu *v = domain_vcpu(d, r->item++);

	if (!v) {
		return true;
	}
	if (READ_ONCE(v->singleshot.armed)) {
		report_line(r, "d%uv%u: timer in %lld us", d->id.v, v->id, in_us(READ_ONCE(v->singleshot.deadline_ns)));
	}
	if (READ_ONCE(v->poll.armed)) {
		report_line(r, "d%uv%u: poll ends in %lld us", d->id.v, v->id, in_us(READ_ONCE(v->poll.deadline_ns)));
	}
	return false;
}

bool report_t(struct control_report *r)
{
	return processor_step(r, show_timers) ? false : report_domains(r, timers_part);
}
