/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine under the log for tests that need nothing else: included by the test program itself, so that the fake machine,
 * and with it every floor, stays out of the link.
 */
#ifndef LAMINA_TEST_LIB_LOG_MACHINE_H
#define LAMINA_TEST_LIB_LOG_MACHINE_H

#include "lib/log_machine.h"

static u64 test_now_ns __attribute__((unused));

static u64 test_log_acquire(void) { return 0; }
static void test_log_release(u64 saved) { (void)saved; }
static u64 test_log_now_ns(void) { return test_now_ns; }

const struct log_machine log_machine = {
	.acquire = test_log_acquire,
	.release = test_log_release,
	.now_ns = test_log_now_ns,
};

#endif
