// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancelling a timer whose callback is under way on another processor: timer_cancel() returns when the callback has ended, and a
 * callback that arms its timer again does not outlive the cancel. Whoever cancels may free the timer afterwards.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "core/timer.h"
#include "fake/machine.h"
#include "pv_stand_in.h"
#include "x86/cpu.h"

static bool entered, leave, left, rearms;

static void wait_for(bool *what)
{
	while (!__atomic_load_n(what, __ATOMIC_ACQUIRE)) {
		cpu_relax();
	}
}

static void callback(struct timer *t)
{
	__atomic_store_n(&entered, true, __ATOMIC_RELEASE);
	wait_for(&leave);
	if (rearms) {
		timer_set(t, fake_now_ns + 1000000);
	}
	__atomic_store_n(&left, true, __ATOMIC_RELEASE);
}

static void *other_processor(void *arg)
{
	fake_set_cpu(1);
	timer_set(arg, fake_now_ns);
	irq_disable();
	timer_run();
	irq_enable();
	return NULL;
}

/* Lets the callback end after the canceller has had time to be wrong. */
static void *release(void *arg)
{
	const struct timespec a_moment = { .tv_nsec = 50000000 };

	(void)arg;
	nanosleep(&a_moment, NULL);
	__atomic_store_n(&leave, true, __ATOMIC_RELEASE);
	return NULL;
}

static void cancel(bool again)
{
	struct timer *t = calloc(1, sizeof(*t));
	pthread_t runner, releaser;

	entered = leave = left = false;
	rearms = again;
	timer_init(t, callback);
	assert_int_equal(pthread_create(&runner, NULL, other_processor, t), 0);
	wait_for(&entered);
	assert_int_equal(pthread_create(&releaser, NULL, release, NULL), 0);
	timer_cancel(t);
	assert_true(__atomic_load_n(&left, __ATOMIC_ACQUIRE));
	assert_false(t->armed);
	assert_int_equal(__atomic_load_n(&t->running, __ATOMIC_ACQUIRE), 0);
	assert_int_equal(pthread_join(runner, NULL), 0);
	assert_int_equal(pthread_join(releaser, NULL), 0);
	free(t);
}

static void cancel_waits(void **state)
{
	(void)state;
	cancel(false);
}

static void cancel_takes_off_what_was_armed_again(void **state)
{
	(void)state;
	cancel(true);
}

static int setup(void **state)
{
	u32 i;

	(void)state;
	fake_machine_init();
	for (i = 0; i < fake_cpu_count; i++) {
		timer_init_cpu(i);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cancel_waits),
		cmocka_unit_test(cancel_takes_off_what_was_armed_again),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
