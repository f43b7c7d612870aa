// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers: order, moving between processors, cancelling, what the hardware is told, and odd deadlines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/timer.h"
#include "fake/machine.h"
#include "pv_stand_in.h"
#include "x86/cpu.h"
#include "x86/pcpu.h"
#include "x86/upcalls.h"

#define NEVER (~0ULL)
#define COUNT 64

static struct timer timers[COUNT];
static u32 fired[COUNT * 4], fired_count;

static void note(struct timer *t)
{
	fired[fired_count++] = (u32)(t - timers);
}

static void run_at(u64 now)
{
	fake_now_ns = now;
	irq_disable();
	upcall_timer_interrupt();
	this_pcpu()->work = 0;
	timer_run();
	irq_enable();
}

static int setup(void **state)
{
	u32 i;

	(void)state;
	fake_machine_init();
	fake_now_ns = 1000;
	for (i = 0; i < fake_cpu_count; i++) {
		fake_set_cpu(i);
		timer_init_cpu(i);
		run_at(1000);
		fake_pcpus[i].work = 0;
		assert_int_equal(fake_deadline_ns[i], NEVER);
	}
	fake_set_cpu(0);
	for (i = 0; i < COUNT; i++) {
		timer_init(&timers[i], note);
	}
	fired_count = 0;
	return 0;
}

static int teardown(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		timer_cancel(&timers[i]);
	}
	return 0;
}

static void test_fires_in_order(void **state)
{
	u64 at[COUNT];
	u32 i;

	(void)state;
	srand(1);
	for (i = 0; i < COUNT; i++) {
		at[i] = 2000 + (u64)(rand() % 1000);
		timer_set(&timers[i], at[i]);
	}
	run_at(5000);
	assert_int_equal(fired_count, COUNT);
	for (i = 1; i < COUNT; i++) {
		assert_true(at[fired[i - 1]] <= at[fired[i]]);
	}
	assert_int_equal(fake_deadline_ns[0], NEVER);
}

static void test_hardware_follows_first(void **state)
{
	struct timer_facts facts;

	(void)state;
	timer_facts(0, &facts);
	assert_true(facts.armed == 0 && facts.first_ns == NEVER);
	timer_set(&timers[0], 9000);
	assert_int_equal(fake_deadline_ns[0], 9000);
	timer_set(&timers[1], 5000);
	assert_int_equal(fake_deadline_ns[0], 5000);
	timer_facts(0, &facts);
	assert_true(facts.armed == 2 && facts.first_ns == 5000 && facts.programmed_ns == 5000);
	timer_set(&timers[2], 7000);
	assert_int_equal(fake_deadline_ns[0], 5000);
	/* Cancelling leaves the hardware alone; the early interrupt repairs it. */
	timer_cancel(&timers[1]);
	assert_int_equal(fake_deadline_ns[0], 5000);
	run_at(5000);
	assert_int_equal(fired_count, 0);
	assert_int_equal(fake_deadline_ns[0], 7000);
	run_at(7000);
	assert_int_equal(fired_count, 1);
	assert_int_equal(fake_deadline_ns[0], 9000);
}

static void test_idle_needs_no_interrupt(void **state)
{
	(void)state;
	timer_set(&timers[0], 9000);
	timer_cancel(&timers[0]);
	irq_disable();
	timer_idle();
	irq_enable();
	assert_int_equal(fake_deadline_ns[0], NEVER);
	/* And a timer afterwards is programmed again. */
	timer_set(&timers[0], 9000);
	assert_int_equal(fake_deadline_ns[0], 9000);
	timer_set(&timers[1], 7000);
	timer_cancel(&timers[1]);
	assert_int_equal(fake_deadline_ns[0], 7000);
	irq_disable();
	timer_idle();
	irq_enable();
	assert_int_equal(fake_deadline_ns[0], 9000);
}

static void test_past_deadline_is_work_at_once(void **state)
{
	(void)state;
	timer_set(&timers[0], 1);
	assert_true(this_pcpu()->work & WORK_TIMER);
	run_at(1000);
	assert_int_equal(fired_count, 1);
}

static void test_far_deadlines(void **state)
{
	(void)state;
	timer_set(&timers[0], 1ULL << 63);
	timer_set(&timers[1], NEVER);
	timer_set(&timers[2], NEVER - 1);
	run_at(1ULL << 62);
	assert_int_equal(fired_count, 0);
	run_at(1ULL << 63);
	assert_int_equal(fired_count, 1);
	assert_int_equal(fired[0], 0);
}

static void test_set_moves_to_this_processor(void **state)
{
	(void)state;
	timer_set(&timers[0], 5000);
	fake_set_cpu(2);
	timer_set(&timers[0], 6000);
	assert_int_equal(timers[0].cpu, 2);
	fake_set_cpu(0);
	run_at(7000);
	assert_int_equal(fired_count, 0);
	fake_set_cpu(2);
	run_at(7000);
	assert_int_equal(fired_count, 1);
	fake_set_cpu(0);
}

static void test_cancel_from_another_processor(void **state)
{
	(void)state;
	fake_set_cpu(1);
	timer_set(&timers[0], 5000);
	fake_set_cpu(0);
	timer_cancel(&timers[0]);
	fake_set_cpu(1);
	run_at(7000);
	assert_int_equal(fired_count, 0);
	fake_set_cpu(0);
}

static u32 again;

static void rearm(struct timer *t)
{
	note(t);
	if (again) {
		again--;
		timer_set(t, fake_now_ns + 100);
	}
}

static void test_callback_may_arm_again(void **state)
{
	u64 now;

	(void)state;
	again = 3;
	timer_init(&timers[0], rearm);
	timer_set(&timers[0], 2000);
	for (now = 2000; now < 3000; now += 100) {
		run_at(now);
	}
	assert_int_equal(fired_count, 4);
	assert_false(timers[0].armed);
}

static void cancel_other(struct timer *t)
{
	note(t);
	timer_cancel(&timers[1]);
}

static void test_callback_may_cancel_another_that_is_due(void **state)
{
	(void)state;
	timer_init(&timers[0], cancel_other);
	timer_set(&timers[0], 2000);
	timer_set(&timers[1], 2001);
	run_at(3000);
	assert_int_equal(fired_count, 1);
}

static void test_interrupts_stay_as_they_were(void **state)
{
	(void)state;
	irq_disable();
	timer_set(&timers[0], 5000);
	assert_false(fake_irqs_on());
	timer_cancel(&timers[0]);
	assert_false(fake_irqs_on());
	irq_enable();
	timer_set(&timers[0], 5000);
	assert_true(fake_irqs_on());
}

#define timer_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		timer_test(test_fires_in_order),
		timer_test(test_hardware_follows_first),
		timer_test(test_idle_needs_no_interrupt),
		timer_test(test_past_deadline_is_work_at_once),
		timer_test(test_far_deadlines),
		timer_test(test_set_moves_to_this_processor),
		timer_test(test_cancel_from_another_processor),
		timer_test(test_callback_may_arm_again),
		timer_test(test_callback_may_cancel_another_that_is_due),
		timer_test(test_interrupts_stay_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
