// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time as guests see it: clock fields and their versions, the areas registered by address (user mode, faults, the update flag),
 * runstate sums, the one-shot timer, the wall clock.
 */
#include "pv_stand_in.h"

#include "core/sched_queue.h"
#include "core/vcpu_time.h"
#include "lib/log.h"
#include "public/event_channel.h"
#include "public/mmu.h"
#include "x86/cpu.h"
#include "x86/time.h"
#include "x86/upcalls.h"

static struct domain *d;
static struct vcpu *v;

static struct {
	struct vcpu_runstate_info runstate;
	struct vcpu_time_info time;
} guest;

#define RUNSTATE_AT GVA((u64)&guest.runstate)
#define TIME_AT     GVA((u64)&guest.time)

static int setup(void **state)
{
	(void)state;
	fake_machine_init();
	log_set_level(LOG_ERR);
	if (!d) {
		timer_init_cpu(0);
		sched_init_cpu(0);
		fake_now_ns = 5000;
		d = stand_in_domain(0, 2);
	}
	v = d->vcpus[0];
	v->pv.kernel_mode = true;
	v->areas_stale = false;
	v->runstate_gva = v->time_gva = 0;
	d->vm_assist = 0;
	memset(&guest, 0, sizeof(guest));
	fake_guest_memory((u64)&guest, sizeof(guest));
	return 0;
}

static u64 guest_clock(const struct vcpu_time_info *t, u64 tsc)
{
	u64 delta = tsc - t->tsc_timestamp;

	delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift : delta << t->tsc_shift;
	return t->system_time + (u64)(((unsigned __int128)delta * t->tsc_to_system_mul) >> 32);
}

static void test_clock_fields(void **state)
{
	struct vcpu_time_info *t = &v->info->time;
	u32 version;

	(void)state;
	vcpu_time_sched_in(v);
	assert_int_equal(t->version % 2, 0);
	assert_true(t->version != 0);
	assert_int_equal(t->flags, time_scale.stable ? XEN_PVCLOCK_TSC_STABLE_BIT : 0);
	assert_int_equal(guest_clock(t, 123456789), 123456789);
	/* Nothing has changed: nothing is written. */
	version = t->version;
	vcpu_time_sched_in(v);
	assert_int_equal(t->version, version);
	/* A guest that scribbles over it gets it back, with another version. */
	t->tsc_to_system_mul = 1;
	t->version = 77;
	vcpu_time_sched_in(v);
	assert_int_equal(t->version % 2, 0);
	assert_int_not_equal(t->version, version);
	assert_int_equal(guest_clock(t, 55), 55);
}

static void test_time_area(void **state)
{
	(void)state;
	assert_int_equal(vcpu_time_write_area(v, TIME_AT), 0);
	assert_int_equal(guest.time.version % 2, 0);
	assert_true(guest.time.version != 0);
	assert_int_equal(guest_clock(&guest.time, 1000), 1000);
	assert_int_equal(vcpu_time_write_area(v, GVA(8)), -EFAULT);
	assert_int_equal(vcpu_time_write_area(v, GVA((u64)&guest + sizeof(guest) - 8)), -EFAULT);
	assert_int_equal(vcpu_time_write_area(v, GVA(0xffff800000000000)), -EFAULT);
}

static void test_runstate_area(void **state)
{
	(void)state;
	assert_int_equal(vcpu_runstate_write_area(v, RUNSTATE_AT), 0);
	assert_int_equal(guest.runstate.state, RUNSTATE_offline);
	assert_int_equal(guest.runstate.state_entry_time, v->runstate_entry_ns);
	/* With the update flag the result is the same: the mark is gone at the end. */
	memset(&guest, 0, sizeof(guest));
	d->vm_assist = 1ULL << VMASST_TYPE_runstate_update_flag;
	assert_int_equal(vcpu_runstate_write_area(v, RUNSTATE_AT), 0);
	assert_int_equal(guest.runstate.state_entry_time, v->runstate_entry_ns);
	assert_int_equal(vcpu_runstate_write_area(v, GVA(8)), -EFAULT);
}

static void test_user_mode_defers(void **state)
{
	(void)state;
	v->runstate_gva = RUNSTATE_AT.v;
	v->pv.kernel_mode = false;
	vcpu_time_sched_in(v);
	assert_int_equal(guest.runstate.state_entry_time, 0);
	assert_true(v->areas_stale);
	vcpu_time_sched_out(v);
	assert_true(v->areas_stale);
	/* On the way to kernel mode. */
	v->pv.kernel_mode = true;
	vcpu_areas_sync(v);
	assert_false(v->areas_stale);
	assert_int_equal(guest.runstate.state_entry_time, v->runstate_entry_ns);
}

static void test_lost_area_is_no_error(void **state)
{
	(void)state;
	v->runstate_gva = 8;
	v->time_gva = 16;
	v->areas_stale = true;
	vcpu_time_sched_in(v);
	vcpu_time_sched_out(v);
	assert_false(v->areas_stale);
	assert_int_equal(v->runstate_gva, 8);
}

static void test_runstate_sums(void **state)
{
	u64 start = v->runstate_entry_ns, i, sum = 0;

	(void)state;
	memset(v->runstate_ns, 0, sizeof(v->runstate_ns));
	v->runstate = RUNSTATE_OFFLINE_;
	vcpu_runstate_set(v, RUNSTATE_RUNNABLE_, start + 10);
	vcpu_runstate_set(v, RUNSTATE_RUNNING_, start + 30);
	/* The same state again is no transition. */
	vcpu_runstate_set(v, RUNSTATE_RUNNING_, start + 50);
	vcpu_runstate_set(v, RUNSTATE_BLOCKED_, start + 100);
	/* A clock that lags on another processor must not make time run backwards. */
	vcpu_runstate_set(v, RUNSTATE_RUNNING_, start + 90);
	vcpu_runstate_set(v, RUNSTATE_OFFLINE_, start + 110);
	assert_int_equal(v->runstate_ns[RUNSTATE_offline], 10);
	assert_int_equal(v->runstate_ns[RUNSTATE_runnable], 20);
	assert_int_equal(v->runstate_ns[RUNSTATE_running], 70 + 10);
	for (i = 0; i < 4; i++) {
		sum += v->runstate_ns[i];
	}
	assert_int_equal(sum, 110);
}

static void test_singleshot_raises_virq_timer(void **state)
{
	evtchn_port_t port;

	(void)state;
	assert_int_equal(evtchn_reserve_virq(d, VIRQ_TIMER, 0, &port), 0);
	evtchn_commit(d, port);
	vcpu_set_singleshot(v, fake_now_ns + 100);
	vcpu_stop_singleshot(v);
	fake_now_ns += 1000;
	irq_disable();
	timer_run();
	assert_false(evtchn_port_pending(d, port));
	vcpu_set_singleshot(v, fake_now_ns - 1);
	assert_true(this_pcpu()->work & WORK_TIMER);
	timer_run();
	irq_enable();
	assert_true(evtchn_port_pending(d, port));
	assert_int_equal(evtchn_close(d, port), 0);
}

static void test_wallclock(void **state)
{
	struct shared_info *s = d->shared_info;
	u32 version = s->wc_version;

	(void)state;
	assert_int_equal(version % 2, 0);
	assert_int_equal(s->wc_sec, time_boot_wallclock_s());
	assert_int_equal(wallclock_set(1800000000, 500, 7ULL * 1000000000), 0);
	assert_int_not_equal(s->wc_version, version);
	assert_int_equal(s->wc_version % 2, 0);
	assert_int_equal(s->wc_sec, 1800000000 - 7);
	assert_int_equal(s->wc_nsec, 500);
	assert_int_equal(wallclock_set(0x200000000ULL, 0, 0), 0);
	assert_int_equal(s->wc_sec, 0);
	assert_int_equal(s->wc_sec_hi, 2);
	assert_int_equal(wallclock_set(1, 1000000000, 0), -EINVAL);
	assert_int_equal(wallclock_set(1, 0, 1000000001), -EINVAL);
	assert_int_equal(wallclock_set(~0ULL, 0, 0), -EINVAL);
	d->wallclock_offset_s = -5;
	wallclock_publish(d);
	assert_int_equal(s->wc_sec, 0xfffffffb);
	assert_int_equal(s->wc_sec_hi, 1);
	d->wallclock_offset_s = 0;
}

#define time_test(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		time_test(test_clock_fields),
		time_test(test_time_area),
		time_test(test_runstate_area),
		time_test(test_user_mode_defers),
		time_test(test_lost_area_is_no_error),
		time_test(test_singleshot_raises_virq_timer),
		time_test(test_wallclock),
		time_test(test_runstate_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
