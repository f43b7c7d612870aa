// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time as a guest sees it. See vcpu_time.h.
 *
 * Versions are even while an area is at rest; ours are counted in vcpu.time_version and not read back, since the guest can
 * write them. Stores to a shared page are ordered by compiler barriers only: x86 does not reorder stores, and the reader may be on
 * another processor.
 *
 * The wall clock is one base for the machine (nanoseconds since 1970 at time 0), plus an offset per domain.
 */
#include "core/vcpu_time.h"

#include "core/evtchn.h"
#include "lib/checked.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "public/event_channel.h"
#include "public/mmu.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"
#include "x86/time.h"

#define NS_PER_S 1000000000ULL

/* --- Clock fields --------------------------------------------------------------------------------------------------------- */

static void clock_now(struct vcpu_time_info *t)
{
	*t = (struct vcpu_time_info) {
		.tsc_timestamp = time_scale.tsc_base,
		.system_time = time_scale.ns_base,
		.tsc_to_system_mul = time_scale.mul,
		.tsc_shift = time_scale.shift,
		.flags = time_scale.stable ? XEN_PVCLOCK_TSC_STABLE_BIT : 0,
	};
}

/* Claims that the guest's copy @t already says what @now says. */
static bool clock_is(const struct vcpu_time_info *t, const struct vcpu_time_info *now)
{
	return READ_ONCE(t->tsc_timestamp) == now->tsc_timestamp && READ_ONCE(t->system_time) == now->system_time &&
	       READ_ONCE(t->tsc_to_system_mul) == now->tsc_to_system_mul && READ_ONCE(t->tsc_shift) == now->tsc_shift &&
	       READ_ONCE(t->flags) == now->flags;
}

static void clock_write(struct vcpu *v, const struct vcpu_time_info *now)
{
	struct vcpu_time_info *t = &v->info->time;

	v->time_version = (v->time_version | 1) + 1;
	WRITE_ONCE(t->version, v->time_version - 1);
	barrier();
	WRITE_ONCE(t->tsc_timestamp, now->tsc_timestamp);
	WRITE_ONCE(t->system_time, now->system_time);
	WRITE_ONCE(t->tsc_to_system_mul, now->tsc_to_system_mul);
	WRITE_ONCE(t->tsc_shift, now->tsc_shift);
	WRITE_ONCE(t->flags, now->flags);
	barrier();
	WRITE_ONCE(t->version, v->time_version);
}

void vcpu_time_publish(struct vcpu *v)
{
	struct vcpu_time_info now;

	clock_now(&now);
	clock_write(v, &now);
}

/* The secondary area: the version alone first, then everything behind it, then the version again. */
int vcpu_time_write_area(struct vcpu *v, gva_t to)
{
	struct vcpu_time_info t;
	size_t head = offsetof(struct vcpu_time_info, tsc_timestamp);
	u32 busy = v->time_version | 1;

	clock_now(&t);
	t.version = busy + 1;
	v->time_version = t.version;
	if (guest_copy_out(to, &busy, sizeof(busy)) ||
	    guest_copy_out(GVA(to.v + head), (u8 *)&t + head, sizeof(t) - head) ||
	    guest_copy_out(to, &t.version, sizeof(t.version))) {
		return -EFAULT;
	}
	return 0;
}

/* --- Runstate ------------------------------------------------------------------------------------------------------------- */

void vcpu_runstate_set(struct vcpu *v, enum vcpu_runstate state, u64 now)
{
	if (state == v->runstate) {
		return;
	}
	if (now > v->runstate_entry_ns) {
		v->runstate_ns[v->runstate] += now - v->runstate_entry_ns;
		v->runstate_entry_ns = now;
	}
	v->runstate = state;
}

/* With VMASST runstate_update_flag the guest may read another vCPU's area: bit 63 of the entry time tells it to wait. */
int vcpu_runstate_write_area(struct vcpu *v, gva_t to)
{
	gva_t entry_at = GVA(to.v + offsetof(struct vcpu_runstate_info, state_entry_time));
	struct vcpu_runstate_info r;
	u64 entry;

	memset(&r, 0, sizeof(r));
	sched_vcpu_runstate(v, &r);
	if (!(READ_ONCE(v->domain->vm_assist) & (1ULL << VMASST_TYPE_runstate_update_flag))) {
		return guest_store(to, &r);
	}
	entry = r.state_entry_time;
	r.state_entry_time |= XEN_RUNSTATE_UPDATE;
	if (guest_store(entry_at, &r.state_entry_time) || guest_store(to, &r) || guest_store(entry_at, &entry)) {
		return -EFAULT;
	}
	return 0;
}

static void write_runstate(struct vcpu *v)
{
	int err;

	if (!v->runstate_gva) {
		return;
	}
	if (!v->pv.kernel_mode) {
		v->areas_stale = true;
		return;
	}
	err = vcpu_runstate_write_area(v, GVA(v->runstate_gva));
	/* A guest that unmaps a registered area loses its updates, nothing else. */
	(void)err;
}

void vcpu_time_sched_in(struct vcpu *v)
{
	struct vcpu_time_info now;

	clock_now(&now);
	if (unlikely(!clock_is(&v->info->time, &now))) {
		clock_write(v, &now);
		if (v->time_gva) {
			v->areas_stale = true;
		}
	}
	if (v->areas_stale && v->pv.kernel_mode) {
		vcpu_areas_sync(v);
	} else {
		write_runstate(v);
	}
}

void vcpu_time_sched_out(struct vcpu *v)
{
	write_runstate(v);
}

void vcpu_areas_sync(struct vcpu *v)
{
	v->areas_stale = false;
	if (v->time_gva) {
		int err = vcpu_time_write_area(v, GVA(v->time_gva));

		/* As for the runstate. */
		(void)err;
	}
	write_runstate(v);
}

/* --- Timers --------------------------------------------------------------------------------------------------------------- */

static void singleshot_fired(struct timer *t)
{
	evtchn_raise_virq(container_of(t, struct vcpu, singleshot), VIRQ_TIMER);
}

static void poll_timed_out(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, poll);

	evtchn_poll_end(v);
	sched_vcpu_wake(v, VCPU_POLLING);
}

void vcpu_time_init(struct vcpu *v)
{
	timer_init(&v->singleshot, singleshot_fired);
	timer_init(&v->poll, poll_timed_out);
	v->runstate = RUNSTATE_OFFLINE_;
	v->runstate_entry_ns = time_now_ns();
}

void vcpu_time_destroy(struct vcpu *v)
{
	timer_cancel(&v->singleshot);
	timer_cancel(&v->poll);
}

void vcpu_set_singleshot(struct vcpu *v, u64 deadline_ns)
{
	timer_set(&v->singleshot, deadline_ns);
}

void vcpu_stop_singleshot(struct vcpu *v)
{
	timer_cancel(&v->singleshot);
}

/* --- Wall clock ----------------------------------------------------------------------------------------------------------- */

static spinlock_t wallclock_lock;
static u64 wallclock_base_ns;
static bool wallclock_known;

/* Wall-clock lock held. */
static void write_wallclock(struct shared_info *s, s64 offset_s)
{
	u64 seconds = wallclock_base_ns / NS_PER_S + (u64)offset_s;
	u32 version = (READ_ONCE(s->wc_version) | 1) + 1;

	WRITE_ONCE(s->wc_version, version - 1);
	barrier();
	WRITE_ONCE(s->wc_sec, (u32)seconds);
	WRITE_ONCE(s->wc_sec_hi, (u32)(seconds >> 32));
	WRITE_ONCE(s->wc_nsec, (u32)(wallclock_base_ns % NS_PER_S));
	barrier();
	WRITE_ONCE(s->wc_version, version);
}

void wallclock_publish(struct domain *d)
{
	spin_lock(&wallclock_lock);
	if (!wallclock_known) {
		wallclock_base_ns = time_boot_wallclock_s() * NS_PER_S;
		wallclock_known = true;
	}
	if (d->shared_info) {
		write_wallclock(d->shared_info, d->wallclock_offset_s);
	}
	spin_unlock(&wallclock_lock);
}

struct shared_info *wallclock_detach(struct domain *d)
{
	struct shared_info *s;

	spin_lock(&wallclock_lock);
	s = d->shared_info;
	d->shared_info = NULL;
	spin_unlock(&wallclock_lock);
	return s;
}

int wallclock_set(u64 seconds, u32 ns, u64 system_time_ns)
{
	struct domain *d;
	u32 next = 0;
	u64 base;

	if (ns >= NS_PER_S || mul_overflows(seconds, NS_PER_S, &base) || add_overflows(base, ns, &base) ||
	    sub_overflows(base, system_time_ns, &base)) {
		return -EINVAL;
	}
	spin_lock(&wallclock_lock);
	wallclock_base_ns = base;
	wallclock_known = true;
	spin_unlock(&wallclock_lock);
	while ((d = domain_get_next(next))) {
		next = d->id.v + 1u;
		wallclock_publish(d);
		domain_put(d);
	}
	return 0;
}
