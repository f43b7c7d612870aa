// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log's ring: positions, overwriting, clearing; long lines; levels; the limit on what guests provoke.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/log.h"
#include "test_lib_log_machine.h"

static char seen[300000];
static size_t seen_bytes;

static void collect(const char *text, size_t bytes)
{
	assert_true(seen_bytes + bytes < sizeof(seen));
	memcpy(seen + seen_bytes, text, bytes);
	seen_bytes += bytes;
	seen[seen_bytes] = '\0';
}

static struct log_sink sink = { .write = collect };

static int setup(void **state)
{
	(void)state;
	log_register_sink(&sink);
	return 0;
}

static int reset(void **state)
{
	(void)state;
	seen_bytes = 0;
	seen[0] = '\0';
	log_ring_clear();
	test_now_ns += 5000000000ULL;
	return 0;
}

static u64 ring_start(void)
{
	u64 pos = 0;

	log_ring_read(&pos, NULL, 0);
	return pos;
}

static void ring_and_sinks_agree(void **state)
{
	u64 pos = ring_start();
	char buf[200];
	size_t n;

	(void)state;
	log_info("one %d", 1);
	log_warn("two\n");
	log_raw("guest text", 10);
	n = log_ring_read(&pos, buf, sizeof(buf));
	assert_int_equal(n, seen_bytes);
	assert_memory_equal(buf, seen, n);
	assert_non_null(strstr(seen, "] one 1\n"));
	assert_non_null(strstr(seen, "] warning: two\nguest text"));
	assert_int_equal(log_ring_read(&pos, buf, sizeof(buf)), 0);
}

static void read_in_small_pieces(void **state)
{
	u64 pos = ring_start();
	char all[400];
	size_t n = 0, got;

	(void)state;
	log_info("some words to be read byte by byte");
	while ((got = log_ring_read(&pos, all + n, 3))) {
		n += got;
	}
	assert_int_equal(n, seen_bytes);
	assert_memory_equal(all, seen, n);
}

static void overwritten_positions_move_forward(void **state)
{
	u64 pos = ring_start(), before = pos;
	static char buf[100000];
	char line[1000];
	size_t n;

	(void)state;
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 100; i++) {
		log_raw(line, sizeof(line));
	}
	n = log_ring_read(&pos, buf, sizeof(buf));
	assert_int_equal(n, 65536);
	assert_int_equal(pos, before + 100000);
	pos = ~0ULL;
	assert_int_equal(log_ring_read(&pos, buf, sizeof(buf)), 0);
}

static void long_lines_are_cut(void **state)
{
	char text[2000];

	(void)state;
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_info("%s", text);
	assert_true(seen_bytes < 600);
	assert_int_equal(seen[seen_bytes - 1], '\n');
}

static void levels(void **state)
{
	(void)state;
	log_debug("hidden");
	assert_int_equal(seen_bytes, 0);
	log_set_level(LOG_DEBUG);
	log_debug("shown");
	log_guest(LOG_DEBUG, "a guest's");
	log_set_guest_level(LOG_NONE);
	log_guest(LOG_ERR, "kept back");
	log_set_guest_level(LOG_DEBUG);
	log_set_level(LOG_ERR);
	log_answer("asked %s", "for");
	log_set_level(LOG_INFO);
	assert_non_null(strstr(seen, "shown"));
	assert_non_null(strstr(seen, "a guest's"));
	assert_null(strstr(seen, "kept back"));
	assert_non_null(strstr(seen, "] asked for\n"));
}

static void guests_are_limited(void **state)
{
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		log_guest(LOG_WARN, "provoked");
	}
	for (size_t i = 0; i < seen_bytes; i++) {
		lines += seen[i] == '\n';
	}
	assert_in_range(lines, 1, 30);
	test_now_ns += 1100000000ULL;
	log_guest(LOG_WARN, "again");
	assert_non_null(strstr(seen, "guest messages dropped"));
	assert_non_null(strstr(seen, "again"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ring_and_sinks_agree, reset),
		cmocka_unit_test_setup(read_in_small_pieces, reset),
		cmocka_unit_test_setup(overwritten_positions_move_forward, reset),
		cmocka_unit_test_setup(long_lines_are_cut, reset),
		cmocka_unit_test_setup(levels, reset),
		cmocka_unit_test_setup(guests_are_limited, reset),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
