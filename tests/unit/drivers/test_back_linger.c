// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for a front end's next request in the hypervisor: when it is done, and when it ends. */
#include "tests/unit/drivers/back_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/back/back.h"

static struct back_daemon daemon;
static struct back_port port;
static uint32_t runs, flushes, more, notify_seen;

static void run(struct back_port *p)
{
	runs++;
	back_port_notify(p);
}

static void flush(struct back_daemon *d)
{
	(void)d;
	flushes++;
}

static uint64_t fires(struct evtchn_wait *wait)
{
	notify_seen = wait->notify;
	if (more == 0) {
		return 0;
	}
	more--;
	return 1;
}

static int set_up(void **state)
{
	(void)state;
	memset(&back_world, 0, sizeof(back_world));
	memset(&daemon, 0, sizeof(daemon));
	memset(&port, 0, sizeof(port));
	runs = flushes = more = notify_seen = 0;
	daemon.flush = flush;
	daemon.linger_ns = 1000;
	daemon.linger_credit = 1;
	back_world.fires_again = fires;
	port.run = run;
	assert_int_equal(back_port_note(&port, &daemon, 5), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	back_port_close(&port);
	free(daemon.by_port);
	return 0;
}

static void fire(void)
{
	back_world.fired = 5;
	back_port_ready(0, &daemon);
}

static void test_serves_what_comes_soon(void **state)
{
	(void)state;
	more = 3;
	fire();
	assert_int_equal(runs, 4);
	assert_int_equal(flushes, 5);
	assert_int_equal(back_world.waits, 4);
	/* Each answer's notification went with a wait; none is left, none was sent twice. */
	assert_int_equal(back_world.notified, 4);
	assert_int_equal(notify_seen, 5);
	assert_int_equal(back_world.unmasked, 1);
}

static void test_gives_up_what_is_in_vain(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		fire();
	}
	assert_int_equal(back_world.waits, 1);
	assert_int_equal(back_world.notified, 20);
	assert_int_equal(back_world.unmasked, 20);
	for (i = 0; i < 20; i++) {
		fire();
	}
	/* Tried again once in a while. */
	assert_int_equal(back_world.waits, 2);
	assert_int_equal(back_world.notified, 40);
}

static void test_not_while_something_is_due(void **state)
{
	(void)state;
	daemon.is_awaiting = true;
	fire();
	assert_int_equal(back_world.waits, 0);
	assert_int_equal(back_world.notified, 1);
	assert_int_equal(back_world.unmasked, 1);
}

static void test_ends_at_last(void **state)
{
	(void)state;
	more = 1000000;
	fire();
	assert_in_range(back_world.waits, 2, 100);
	assert_int_equal(back_world.unmasked, 1);
	assert_int_equal(back_world.notified, runs);
}

static void test_kinds_that_do_not_want_it(void **state)
{
	(void)state;
	daemon.linger_ns = 0;
	fire();
	assert_int_equal(back_world.waits, 0);
	assert_int_equal(back_world.notified, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_serves_what_comes_soon, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gives_up_what_is_in_vain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_while_something_is_due, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends_at_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kinds_that_do_not_want_it, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
