// SPDX-License-Identifier: GPL-2.0-only
/*
 * The console daemon's pure parts: the ring against a hostile guest, the log with its limit.
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
#include "daemon/console_ring.h"

static struct xencons_interface *ring_new(void)
{
	return calloc(1, sizeof(struct xencons_interface));
}

static void guest_print(struct xencons_interface *ring, const char *text)
{
	for (; *text != '\0'; text++) {
		ring->out[ring->out_prod++ & (CONSOLE_RING_OUT_BYTES - 1)] = *text;
	}
}

static void test_output_wraps(void **state)
{
	struct xencons_interface *ring = ring_new();
	char buffer[CONSOLE_RING_OUT_BYTES];

	(void)state;
	ring->out_prod = ring->out_cons = 0xfffffffcu;
	guest_print(ring, "hello, wrapped");
	assert_int_equal(console_ring_take(ring, buffer), 14);
	assert_memory_equal(buffer, "hello, wrapped", 14);
	assert_int_equal(ring->out_cons, ring->out_prod);
	assert_int_equal(console_ring_take(ring, buffer), 0);
	free(ring);
}

static void test_full_and_broken_output(void **state)
{
	struct xencons_interface *ring = ring_new();
	char buffer[CONSOLE_RING_OUT_BYTES];

	(void)state;
	ring->out_prod = CONSOLE_RING_OUT_BYTES;
	assert_int_equal(console_ring_take(ring, buffer), CONSOLE_RING_OUT_BYTES);
	ring->out_prod += CONSOLE_RING_OUT_BYTES + 1;
	assert_int_equal(console_ring_take(ring, buffer), -EPROTO);
	ring->out_prod = ring->out_cons - 1;
	assert_int_equal(console_ring_take(ring, buffer), -EPROTO);
	free(ring);
}

static void test_input(void **state)
{
	struct xencons_interface *ring = ring_new();

	(void)state;
	ring->in_prod = ring->in_cons = 1020;
	assert_int_equal(console_ring_room(ring), CONSOLE_RING_IN_BYTES);
	console_ring_put(ring, "abcdefgh", 8);
	assert_int_equal(ring->in[1020], 'a');
	assert_int_equal(ring->in[0], 'e');
	assert_int_equal(console_ring_room(ring), CONSOLE_RING_IN_BYTES - 8);
	ring->in_cons = ring->in_prod + 1;
	assert_int_equal(console_ring_room(ring), -EPROTO);
	free(ring);
}

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
		cmocka_unit_test(test_output_wraps),
		cmocka_unit_test(test_full_and_broken_output),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_log_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
