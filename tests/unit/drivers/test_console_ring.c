// SPDX-License-Identifier: GPL-2.0-only
/*
 * The back end's side of a console ring against a guest that writes anything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "drivers/console/console_ring.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_wraps),
		cmocka_unit_test(test_full_and_broken_output),
		cmocka_unit_test(test_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
