// SPDX-License-Identifier: GPL-2.0-only
/* How much a guest may send: bytes per interval, debts included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "drivers/net/netd.h"

static void test_rate(void **state)
{
	struct net_rate rate;

	(void)state;
	assert_int_equal(net_rate_parse("1000,50000", &rate), 0);
	assert_int_equal(net_rate_wait(&rate, 1000000000), 0);
	net_rate_charge(&rate, 600);
	assert_int_equal(net_rate_wait(&rate, 1000000000), 0);
	net_rate_charge(&rate, 2600);
	/* 2200 too many: two further intervals bring no credit, the third does. */
	assert_true(net_rate_wait(&rate, 1000000000) > 0);
	assert_true(net_rate_wait(&rate, 1100000000) > 0);
	assert_int_equal(net_rate_wait(&rate, 1150000000), 0);
	/* Nothing is saved up over a long pause but what was left and one interval's bytes. */
	assert_int_equal(net_rate_wait(&rate, 900000000000), 0);
	net_rate_charge(&rate, 1000);
	assert_int_equal(net_rate_wait(&rate, 900000000000), 0);
	net_rate_charge(&rate, 1000);
	assert_true(net_rate_wait(&rate, 900000000000) > 0);
	assert_true(net_rate_wait(&rate, 900000000000) <= 51);
	assert_int_equal(net_rate_parse("0,50000", &rate), -EINVAL);
	assert_int_equal(net_rate_parse("1000", &rate), -EINVAL);
	assert_int_equal(net_rate_parse("1000,0", &rate), -EINVAL);
	assert_int_equal(net_rate_parse("-5,10", &rate), -EINVAL);
	assert_int_equal(net_rate_parse("1000,50000x", &rate), -EINVAL);
	assert_int_equal(net_rate_parse("99999999999999999999999,5", &rate), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
