// SPDX-License-Identifier: GPL-2.0-only
/*
 * The console daemon's log with its limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/console_log.h"

static void test_log(void **state)
{
	char folder[] = "/tmp/test-console-XXXXXX";
	char path[64], old[64], block[1000], tail[100];
	struct console_log log;
	struct stat st;
	unsigned int i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/web.log", folder);
	snprintf(old, sizeof(old), "%s/web.log.1", folder);
	assert_int_equal(console_log_open(&log, folder, "web"), 0);
	console_log_add(&log, folder, "web", "first line\n", 11);
	assert_int_equal(console_log_tail(&log, tail, sizeof(tail)), 11);
	assert_memory_equal(tail, "first line\n", 11);
	memset(block, 'x', sizeof(block));
	for (i = 0; i < 3000; i++) {
		console_log_add(&log, folder, "web", block, sizeof(block));
	}
	console_log_add(&log, folder, "web", "end", 3);
	assert_int_equal(console_log_tail(&log, tail, 5), 5);
	assert_memory_equal(tail, "xxend", 5);
	console_log_close(&log);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size <= CONSOLE_LOG_LIMIT_BYTES);
	assert_int_equal(stat(old, &st), 0);
	assert_true(st.st_size <= CONSOLE_LOG_LIMIT_BYTES);
	/* A second daemon goes on where the first ended. */
	assert_int_equal(console_log_open(&log, folder, "web"), 0);
	assert_int_equal(console_log_tail(&log, tail, 3), 3);
	assert_memory_equal(tail, "end", 3);
	console_log_close(&log);
	unlink(path);
	unlink(old);
	rmdir(folder);
}

static void test_log_names(void **state)
{
	static const char *const names[] = { "", ".", "..", ".x", "a/b", "../etc" };
	struct console_log log;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(console_log_open(&log, "/tmp", names[i]), -EINVAL);
		assert_int_equal(log.fd, -1);
		console_log_add(&log, "/tmp", names[i], "x", 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_log_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
