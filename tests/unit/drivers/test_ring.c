// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring with two honest ends (wrap-around, notifications) and with an end that lies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ring/ring.h"

struct slot {
	uint32_t words[28];
};

static struct {
	struct ring_shared shared;
	struct slot slots[32];
} memory;

static struct ring_slots slots = { &memory.shared, sizeof(struct slot), 32 };
static struct ring_front front;
static struct ring_back back;

static int setup(void **state)
{
	(void)state;
	memset(&memory, 0xee, sizeof(memory));
	ring_front_start(&front, &slots);
	return ring_back_attach(&back, &slots);
}

static void test_count(void **state)
{
	(void)state;
	assert_int_equal(ring_slot_count(4096, 112), 32);
	assert_int_equal(ring_slot_count(65536, 112), 512);
	assert_int_equal(ring_slot_count(4096, 12), 256);
	assert_int_equal(ring_slot_count(64, 112), 0);
	assert_int_equal(ring_slot_count(64 + 112, 112), 1);
	assert_int_equal(ring_slot_count(0, 112), 0);
}

static void ask(uint32_t value)
{
	struct slot slot = { { value } };

	ring_front_write(&front, &slot, sizeof(slot));
}

static uint32_t serve_one(void)
{
	struct slot slot;

	ring_back_take(&back, &slot);
	slot.words[1] = ~slot.words[0];
	ring_back_write(&back, &slot, 16);
	return slot.words[0];
}

static void test_both_ways_many_times(void **state)
{
	struct slot slot;
	uint32_t sent = 0, served = 0, got = 0;

	(void)state;
	while (got < 5000) {
		uint32_t burst = 1 + got % 32;

		while (burst-- != 0 && ring_front_room(&front) != 0) {
			ask(sent++);
		}
		ring_front_publish(&front);
		while (ring_back_waiting(&back) > 0) {
			assert_int_equal(serve_one(), served++);
		}
		ring_back_publish(&back);
		while (ring_front_waiting(&front) > 0) {
			ring_front_take(&front, &slot, 16);
			assert_int_equal(slot.words[0], got);
			assert_int_equal(slot.words[1], ~got);
			got++;
		}
	}
	assert_int_equal(sent, got);
}

static void test_notifies_only_who_waits(void **state)
{
	(void)state;
	assert_int_equal(ring_back_arm(&back), 0);
	ask(1);
	assert_true(ring_front_publish(&front));
	ask(2);
	assert_false(ring_front_publish(&front));
	assert_int_equal(ring_back_waiting(&back), 2);
	serve_one();
	assert_int_equal(ring_front_arm(&front), 0);
	assert_true(ring_back_publish(&back));
	serve_one();
	assert_false(ring_back_publish(&back));
	/* What comes while arming is seen. */
	ask(3);
	ring_front_publish(&front);
	assert_int_equal(ring_back_arm(&back), 1);
}

static void test_front_end_lies(void **state)
{
	(void)state;
	ask(1);
	ring_front_publish(&front);
	memory.shared.req_prod = 33;
	assert_int_equal(ring_back_waiting(&back), RING_BROKEN);
	assert_int_equal(ring_back_arm(&back), RING_BROKEN);
	memory.shared.req_prod = 0x80000000u;
	assert_int_equal(ring_back_waiting(&back), RING_BROKEN);
	memory.shared.req_prod = 32;
	assert_int_equal(ring_back_waiting(&back), 32);
	serve_one();
	serve_one();
	/* Backwards: fewer than were taken. */
	memory.shared.req_prod = 1;
	assert_int_equal(ring_back_waiting(&back), RING_BROKEN);
	memory.shared.req_prod = (uint32_t)-1;
	assert_int_equal(ring_back_waiting(&back), RING_BROKEN);
	/* A changed rsp_prod is not believed either: ours is private. */
	memory.shared.req_prod = 32;
	memory.shared.rsp_prod = 77;
	assert_int_equal(ring_back_waiting(&back), 30);
}

static void test_back_end_lies(void **state)
{
	(void)state;
	ask(1);
	ring_front_publish(&front);
	memory.shared.rsp_prod = 2;
	assert_int_equal(ring_front_waiting(&front), RING_BROKEN);
	memory.shared.rsp_prod = (uint32_t)-1;
	assert_int_equal(ring_front_waiting(&front), RING_BROKEN);
	memory.shared.rsp_prod = 1;
	assert_int_equal(ring_front_waiting(&front), 1);
}

static void test_attach_where_answers_end(void **state)
{
	struct ring_back again;
	uint32_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		ask(i);
	}
	ring_front_publish(&front);
	serve_one();
	serve_one();
	ring_back_publish(&back);
	serve_one();
	assert_int_equal(ring_back_attach(&again, &slots), 0);
	assert_int_equal(again.req_cons, 2);
	assert_int_equal(ring_back_waiting(&again), 3);
	memory.shared.req_prod = 35;
	assert_int_equal(ring_back_attach(&again, &slots), RING_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),
		cmocka_unit_test_setup(test_both_ways_many_times, setup),
		cmocka_unit_test_setup(test_notifies_only_who_waits, setup),
		cmocka_unit_test_setup(test_front_end_lies, setup),
		cmocka_unit_test_setup(test_back_end_lies, setup),
		cmocka_unit_test_setup(test_attach_where_answers_end, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
