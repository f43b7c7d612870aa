// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scheduler with real concurrency: every processor is a thread that runs guests which block, yield, wake each other and set
 * timers at random, while control threads pause, unpause, re-pin, create and destroy domains.
 *
 * Claims: a vCPU's state is loaded on one processor at a time and saved before anybody else may have it; a paused domain does
 * not run; no wake-up is lost; everything ends.
 */
#include "pv_stand_in.h"

#include <pthread.h>
#include <time.h>

#include "core/sched_queue.h"
#include "core/vcpu_time.h"
#include "lib/log.h"
#include "x86/cpu.h"
#include "x86/upcalls.h"

#define DOMAINS   6
#define VCPUS     3
#define RUN_MS    1500
#define CONTROLS  2

static struct domain *domains[DOMAINS];
static bool kicked[FAKE_CPUS], stop, calm;
static u64 steps[FAKE_CPUS], pauses, pins, rebirths;
static pthread_mutex_t domain_mutex[DOMAINS];

static u64 real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static u32 pick_random(u32 *seed, u32 below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* pv.cr2 is 1 while a vCPU is loaded somewhere. */
static void check_loaded(struct vcpu *v)
{
	assert_int_equal(guest_regs()->r15, (u64)v);
	assert_ptr_equal(current_vcpu(), v);
}

static void take_interrupts(void)
{
	u32 cpu = fake_cpu;

	if (__atomic_load_n(&fake_deadline_ns[cpu], __ATOMIC_RELAXED) <= __atomic_load_n(&fake_now_ns, __ATOMIC_RELAXED)) {
		fake_deadline_ns[cpu] = ~0ULL;
		upcall_timer_interrupt();
	}
	__atomic_store_n(&kicked[cpu], false, __ATOMIC_SEQ_CST);
}

static void wait_for_interrupt(void)
{
	struct timespec nap = { 0, 20000 };

	if (!__atomic_load_n(&kicked[fake_cpu], __ATOMIC_SEQ_CST)) {
		nanosleep(&nap, NULL);
	}
	if (__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		pthread_exit(NULL);
	}
	take_interrupts();
}

static void kick(u32 cpu) { __atomic_store_n(&kicked[cpu], true, __ATOMIC_SEQ_CST); }

/* What a guest does between two entries into the hypervisor. */
static void guest_step(struct vcpu *v, u32 *seed)
{
	struct domain *d = v->domain;
	u32 what = pick_random(seed, 16);
	struct vcpu *peer = d->vcpus[pick_random(seed, d->vcpu_count)];

	check_loaded(v);
	if (what < 5) {
		/* Block with a timer that is sure to come. */
		vcpu_set_singleshot(v, fake_now_ns + pick_random(seed, 100000));
		sched_vcpu_sleep(v, VCPU_POLLING);
		timer_set(&v->poll, fake_now_ns + pick_random(seed, 50000));
	} else if (what < 9) {
		sched_vcpu_wake(peer, VCPU_BLOCKED | VCPU_POLLING);
	} else if (what < 11) {
		sched_yield_current();
	} else if (what == 11) {
		sched_vcpu_kick(peer);
	} else if (what == 12) {
		vcpu_stop_singleshot(v);
	} else if (what == 13 && peer != v) {
		sched_vcpu_sleep(peer, VCPU_BLOCKED);
		sched_vcpu_wake(peer, VCPU_BLOCKED);
	}
	guest_regs()->rbx++;
}

static void *cpu_thread(void *arg)
{
	u32 seed = (u32)(uintptr_t)arg * 77 + 5;

	fake_set_cpu((u32)(uintptr_t)arg);
	irq_disable();
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		take_interrupts();
		upcall_before_guest();
		irq_enable();
		guest_step(current_vcpu(), &seed);
		irq_disable();
		steps[fake_cpu]++;
	}
	return NULL;
}

static void load_checked(struct vcpu *v) { assert_int_equal(__atomic_exchange_n(&v->pv.cr2, 1, __ATOMIC_SEQ_CST), 0); }
static void save_checked(struct vcpu *v) { assert_int_equal(__atomic_exchange_n(&v->pv.cr2, 0, __ATOMIC_SEQ_CST), 1); }

static void pause_a_while(struct domain *d, u32 *seed)
{
	u64 before[VCPUS], i;

	domain_pause(d);
	for (i = 0; i < VCPUS; i++) {
		assert_false(d->vcpus[i]->sched.running);
		assert_int_equal(__atomic_load_n(&d->vcpus[i]->pv.cr2, __ATOMIC_SEQ_CST), 0);
		before[i] = d->vcpus[i]->regs.rbx;
	}
	for (i = pick_random(seed, 1000); i; i--) {
		cpu_relax();
	}
	for (i = 0; i < VCPUS; i++) {
		assert_int_equal(d->vcpus[i]->regs.rbx, before[i]);
	}
	domain_unpause(d);
	__atomic_fetch_add(&pauses, 1, __ATOMIC_RELAXED);
}

static void pin(struct domain *d, u32 *seed)
{
	struct cpumask mask = { { 1 + pick_random(seed, (1u << FAKE_CPUS) - 1) } };

	sched_set_affinity(d->vcpus[pick_random(seed, VCPUS)], &mask);
	__atomic_fetch_add(&pins, 1, __ATOMIC_RELAXED);
}

static void rebirth(u32 i)
{
	struct domain *d = domains[i];
	u16 id = d->id.v;
	int err;

	do {
		err = domain_destroy(d);
	} while (err == -ERESTART);
	assert_int_equal(err, 0);
	domain_put(d);
	domains[i] = stand_in_domain(id, VCPUS);
	stand_in_start(domains[i]);
	__atomic_fetch_add(&rebirths, 1, __ATOMIC_RELAXED);
}

static void *control_thread(void *arg)
{
	u32 seed = (u32)(uintptr_t)arg * 991 + 3, i, what;

	/* A processor that never runs guests, like dom0's while it is in a hypercall. */
	fake_set_cpu(FAKE_CPUS - 1 - (u32)(uintptr_t)arg);
	while (!__atomic_load_n(&calm, __ATOMIC_RELAXED)) {
		__atomic_store_n(&fake_now_ns, real_ns(), __ATOMIC_RELAXED);
		take_interrupts();
		if (this_pcpu()->work) {
			irq_disable();
			__atomic_store_n(&this_pcpu()->work, 0, __ATOMIC_SEQ_CST);
			timer_run();
			irq_enable();
		}
		i = pick_random(&seed, DOMAINS);
		pthread_mutex_lock(&domain_mutex[i]);
		what = pick_random(&seed, 64);
		if (what == 0) {
			rebirth(i);
		} else if (what < 40) {
			pause_a_while(domains[i], &seed);
		} else {
			pin(domains[i], &seed);
		}
		pthread_mutex_unlock(&domain_mutex[i]);
	}
	return NULL;
}

/* Once the disturbances are over every vCPU must get on. */
static void check_progress(void)
{
	struct cpumask all = { { ~0ULL } };
	u64 before[DOMAINS][VCPUS], until = real_ns() + 20000000000ULL;
	u32 i, j, left;

	for (i = 0; i < DOMAINS; i++) {
		for (j = 0; j < VCPUS; j++) {
			sched_set_affinity(domains[i]->vcpus[j], &all);
			before[i][j] = sched_vcpu_time_ns(domains[i]->vcpus[j]);
		}
	}
	do {
		__atomic_store_n(&fake_now_ns, real_ns(), __ATOMIC_RELAXED);
		for (i = 0, left = 0; i < DOMAINS; i++) {
			for (j = 0; j < VCPUS; j++) {
				left += sched_vcpu_time_ns(domains[i]->vcpus[j]) == before[i][j];
			}
		}
		assert_true(real_ns() < until);
	} while (left);
}

static void test_random_life(void **state)
{
	pthread_t cpus[FAKE_CPUS], controls[CONTROLS];
	u64 until;
	u32 i;

	(void)state;
	fake_now_ns = real_ns();
	fake_irq_wait = wait_for_interrupt;
	fake_kick_hook = kick;
	stand_in_on_load = load_checked;
	stand_in_on_save = save_checked;
	for (i = 0; i < DOMAINS; i++) {
		pthread_mutex_init(&domain_mutex[i], NULL);
		domains[i] = stand_in_domain((u16)(i + 1), VCPUS);
		stand_in_start(domains[i]);
	}
	for (i = 0; i < fake_cpu_count; i++) {
		fake_deadline_ns[i] = ~0ULL;
		assert_int_equal(pthread_create(&cpus[i], NULL, cpu_thread, (void *)(uintptr_t)i), 0);
	}
	until = real_ns() + RUN_MS * 1000000ULL;
	/* Controls run in this thread's stead: one of them keeps the clock. */
	for (i = 0; i < CONTROLS; i++) {
		assert_int_equal(pthread_create(&controls[i], NULL, control_thread, (void *)(uintptr_t)i), 0);
	}
	/* On a busy host it takes longer until enough has happened. */
	while (real_ns() < until || (pauses < 50 && real_ns() < until + 20000000000ULL)) {
		struct timespec nap = { 0, 10000000 };

		nanosleep(&nap, NULL);
	}
	__atomic_store_n(&calm, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < CONTROLS; i++) {
		pthread_join(controls[i], NULL);
	}
	fake_set_cpu(FAKE_CPUS - 1);
	check_progress();
	__atomic_store_n(&stop, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < fake_cpu_count; i++) {
		pthread_join(cpus[i], NULL);
	}
	print_message("%llu + %llu guest steps, %llu loads, %llu pauses, %llu pins, %llu domains reborn\n",
		      (unsigned long long)steps[0], (unsigned long long)steps[1], (unsigned long long)stand_in_loads,
		      (unsigned long long)pauses, (unsigned long long)pins, (unsigned long long)rebirths);
	assert_true(pauses > 10);
	assert_true(stand_in_loads > 100);
}

static int setup(void **state)
{
	u32 cpu;

	(void)state;
	fake_machine_init();
	log_set_level(LOG_ERR);
	/* Two processors run guests; the others are where the control threads are. */
	fake_cpu_count = FAKE_CPUS - CONTROLS;
	for (cpu = 0; cpu < FAKE_CPUS; cpu++) {
		timer_init_cpu(cpu);
		if (cpu < fake_cpu_count) {
			sched_init_cpu(cpu);
		}
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_life),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
