// SPDX-License-Identifier: GPL-2.0-only
/*
 * The block back end between a ring and a disk in memory: data, order of answers, refusals, front
 * ends that lie, death at any time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/error.h"
#include "drivers/blk/counters.h"
#include "tests/unit/drivers/blk_world.h"

static int setup(void **state)
{
	(void)state;
	blk_world_start();
	blk_world_kick();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	blk_world_end();
	return 0;
}

/* One page, whole, at a sector. */
static union blk_wire_slot slot_data(uint8_t operation, uint64_t id, uint64_t sector, uint32_t ref)
{
	union blk_wire_slot slot = {
		.request = {
			.operation = operation,
			.segment_count = 1,
			.id = id,
			.sector = sector,
			.segments = { { .ref = ref, .first = 0, .last = 7 } },
		},
	};

	return slot;
}

static void put(union blk_wire_slot slot)
{
	ring_front_write(&world.front, &slot, sizeof(slot));
	ring_front_publish(&world.front);
}

static struct blk_wire_response answer(void)
{
	struct blk_wire_response response;

	assert_true(ring_front_waiting(&world.front) > 0);
	ring_front_take(&world.front, &response, sizeof(response));
	return response;
}

static int status_of(union blk_wire_slot slot)
{
	struct blk_wire_response response;

	put(slot);
	blk_world_kick();
	response = answer();
	assert_int_equal(response.id, slot.request.id);
	assert_int_equal(response.pad, 0);
	assert_int_equal(response.pad2, 0);
	return response.status;
}

static void test_write_then_read(void **state)
{
	(void)state;
	memset(world.pages[5], 0x5a, 4096);
	assert_int_equal(status_of(slot_data(BLK_OP_WRITE, 1, 16, 5)), BLK_STATUS_DONE);
	assert_int_equal(world.disk[16 * 512], 0x5a);
	assert_int_equal(world.disk[24 * 512 - 1], 0x5a);
	assert_int_equal(world.disk[24 * 512], 0);
	assert_int_equal(status_of(slot_data(BLK_OP_READ, 2, 16, 6)), BLK_STATUS_DONE);
	assert_memory_equal(world.pages[6], world.pages[5], 4096);
}

/* An image of another format whose export dies: requests wait for the next one. */
static void test_dead_export(void **state)
{
	(void)state;
	strcpy(world.device.export_format, "qcow2");
	world.fail_with = -ENOTCONN;
	memset(world.pages[5], 0x5a, 4096);
	put(slot_data(BLK_OP_WRITE, 1, 16, 5));
	put(slot_data(BLK_OP_READ, 2, 16, 6));
	blk_world_kick();
	assert_int_equal(ring_front_waiting(&world.front), 0);
	assert_true(world.device.awaits_export);
	world.fail_with = 0;
	blk_queue_restart(world.device.queues[0]);
	blk_world_kick();
	assert_int_equal(answer().status, BLK_STATUS_DONE);
	assert_int_equal(answer().status, BLK_STATUS_DONE);
	assert_memory_equal(world.pages[6], world.pages[5], 4096);
}

/* An export never sees two requests at once; refused ones in between hold nothing up. */
static void test_export_takes_one_at_a_time(void **state)
{
	uint32_t i;

	(void)state;
	strcpy(world.device.export_format, "qcow2");
	world.hold_io = true;
	for (i = 0; i < 12; i++) {
		put(slot_data(i % 3 == 1 ? 99 : BLK_OP_WRITE, i, i, 1 + i));
	}
	blk_world_kick();
	assert_int_equal(world.started_count, 1);
	assert_int_equal(world.device.base.in_flight, 1);
	world.hold_io = false;
	blk_world_kick();
	for (i = 0; i < 12; i++) {
		struct blk_wire_response response = answer();

		assert_int_equal(response.id, i);
		assert_int_equal(response.status, i % 3 == 1 ? BLK_STATUS_UNSUPPORTED : BLK_STATUS_DONE);
	}
	assert_int_equal(world.most_started, 1);
	assert_int_equal(world.device.base.in_flight, 0);
}

/* The same, and the guest goes meanwhile: nothing stays in flight. Raw images are not waited for. */
static void test_dead_export_and_close(void **state)
{
	(void)state;
	world.fail_with = -ENOTCONN;
	assert_int_equal(status_of(slot_data(BLK_OP_READ, 1, 16, 5)), BLK_STATUS_ERROR);
	strcpy(world.device.export_format, "qcow2");
	put(slot_data(BLK_OP_WRITE, 1, 16, 5));
	put(slot_data(BLK_OP_FLUSH, 2, 0, 6));
	blk_world_kick();
	assert_int_not_equal(world.device.base.in_flight, 0);
	back_device_disconnect(&world.device.base);
	assert_int_equal(world.device.base.in_flight, 0);
	assert_int_equal(world.device.bytes_in_flight, 0);
}

static void test_parts_of_pages(void **state)
{
	union blk_wire_slot slot = slot_data(BLK_OP_READ, 9, 0, 5);
	uint32_t i;

	(void)state;
	for (i = 0; i < sizeof(world.disk); i++) {
		world.disk[i] = (uint8_t)(i / 512);
	}
	memset(world.pages[5], 0xff, 4096);
	slot.request.segment_count = 2;
	slot.request.segments[0].first = 3;
	slot.request.segments[0].last = 3;
	slot.request.segments[1] = (struct blk_wire_segment){ .ref = 6, .first = 6, .last = 7 };
	world.short_bytes = 512;
	assert_int_equal(status_of(slot), BLK_STATUS_DONE);
	assert_int_equal(world.pages[5][2 * 512], 0xff);
	assert_int_equal(world.pages[5][3 * 512], 0);
	assert_int_equal(world.pages[5][4 * 512], 0xff);
	assert_int_equal(world.pages[6][6 * 512], 1);
	assert_int_equal(world.pages[6][7 * 512], 2);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *what;
		uint8_t operation, count, first, last;
		uint32_t ref;
		uint64_t sector;
		int status;
	} rows[] = {
		{ "no segments", BLK_OP_READ, 0, 0, 7, 5, 0, BLK_STATUS_ERROR },
		{ "too many segments", BLK_OP_READ, 12, 0, 7, 5, 0, BLK_STATUS_ERROR },
		{ "255 segments", BLK_OP_WRITE, 255, 0, 7, 5, 0, BLK_STATUS_ERROR },
		{ "last before first", BLK_OP_READ, 1, 4, 3, 5, 0, BLK_STATUS_ERROR },
		{ "beyond the page", BLK_OP_READ, 1, 0, 8, 5, 0, BLK_STATUS_ERROR },
		{ "last sector but one", BLK_OP_READ, 1, 0, 7, 5, 249, BLK_STATUS_ERROR },
		{ "beyond the disk", BLK_OP_WRITE, 1, 0, 7, 5, 256, BLK_STATUS_ERROR },
		{ "sector wraps", BLK_OP_WRITE, 1, 0, 7, 5, UINT64_MAX - 3, BLK_STATUS_ERROR },
		{ "sector wraps in bytes", BLK_OP_READ, 1, 0, 7, 5, 1ull << 55, BLK_STATUS_ERROR },
		{ "not granted", BLK_OP_READ, 1, 0, 7, 77, 0, BLK_STATUS_ERROR },
		{ "not granted", BLK_OP_WRITE, 1, 0, 7, 0, 0, BLK_STATUS_ERROR },
		{ "barrier", BLK_OP_BARRIER, 0, 0, 7, 5, 0, BLK_STATUS_UNSUPPORTED },
		{ "flush with data", BLK_OP_FLUSH, 1, 0, 7, 5, 0, BLK_STATUS_UNSUPPORTED },
		{ "flush", BLK_OP_FLUSH, 0, 0, 7, 5, 0, BLK_STATUS_DONE },
		{ "unknown", 200, 1, 0, 7, 5, 0, BLK_STATUS_UNSUPPORTED },
		{ "last sectors", BLK_OP_READ, 1, 0, 7, 5, 248, BLK_STATUS_DONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		union blk_wire_slot slot = slot_data(rows[i].operation, i, rows[i].sector,
						     rows[i].ref);

		slot.request.segment_count = rows[i].count;
		slot.request.segments[0].first = rows[i].first;
		slot.request.segments[0].last = rows[i].last;
		if (status_of(slot) != rows[i].status) {
			fail_msg("%s", rows[i].what);
		}
	}
	world.device.image.limits.is_read_only = true;
	assert_int_equal(status_of(slot_data(BLK_OP_WRITE, 1, 0, 5)), BLK_STATUS_ERROR);
	assert_int_equal(status_of(slot_data(BLK_OP_READ, 1, 0, 5)), BLK_STATUS_DONE);
	assert_int_equal(world.device.bytes_in_flight, 0);
}

/* What was answered is counted, in a file that a successor goes on with. */
static void test_counters(void **state)
{
	const char *path = "/tmp/lamina-test-counters";
	struct blk_device other = world.device;
	struct blk_counter_record *record;

	(void)state;
	assert_int_equal(status_of(slot_data(BLK_OP_READ, 1, 0, 5)), BLK_STATUS_DONE);
	blk_count_begin(&world.device);
	assert_null(world.device.counters);
	unlink(path);
	assert_int_equal(blk_count_open("/none/such", NULL), -EIO);
	assert_int_equal(blk_count_open(path, NULL), 0);
	blk_count_begin(&world.device);
	record = world.device.counters;
	assert_non_null(record);
	assert_int_equal(status_of(slot_data(BLK_OP_READ, 1, 0, 5)), BLK_STATUS_DONE);
	assert_int_equal(status_of(slot_data(BLK_OP_WRITE, 1, 0, 5)), BLK_STATUS_DONE);
	assert_int_equal(status_of(slot_data(BLK_OP_WRITE, 1, 8, 5)), BLK_STATUS_DONE);
	assert_int_equal(status_of(slot_data(BLK_OP_WRITE, 1, 256, 5)), BLK_STATUS_ERROR);
	assert_int_equal(status_of(slot_data(200, 1, 256, 5)), BLK_STATUS_UNSUPPORTED);
	assert_int_equal(record->counts[BLK_COUNT_READS], 1);
	assert_int_equal(record->counts[BLK_COUNT_READ_SECTORS], 8);
	assert_int_equal(record->counts[BLK_COUNT_WRITES], 2);
	assert_int_equal(record->counts[BLK_COUNT_WRITTEN_SECTORS], 16);
	assert_int_equal(record->counts[BLK_COUNT_ERRORS], 1);
	assert_int_equal(record->counts[BLK_COUNT_OTHERS], 0);
	/* Killed and started again; another disk; the first one again when its record has been given back. */
	world.device.counters = NULL;
	assert_int_equal(blk_count_open(path, NULL), 0);
	blk_count_begin(&world.device);
	assert_int_equal(world.device.counters->counts[BLK_COUNT_WRITES], 2);
	other.counters = NULL;
	other.base.number++;
	blk_count_begin(&other);
	assert_int_equal(other.counters->counts[BLK_COUNT_WRITES], 0);
	assert_int_equal(other.counters - world.device.counters, 1);
	blk_count_end(&world.device);
	blk_count_begin(&world.device);
	assert_int_equal(world.device.counters->counts[BLK_COUNT_WRITES], 0);
	blk_count_end(&world.device);
	blk_count_end(&other);
	unlink(path);
}

static void test_discard(void **state)
{
	union blk_wire_slot slot = { .discard = { .operation = BLK_OP_DISCARD, .id = 4,
						  .sector = 8, .sector_count = 2 } };

	(void)state;
	memset(world.disk, 1, sizeof(world.disk));
	assert_int_equal(status_of(slot), BLK_STATUS_DONE);
	assert_int_equal(world.disk[8 * 512 - 1], 1);
	assert_int_equal(world.disk[8 * 512], 0);
	assert_int_equal(world.disk[10 * 512], 1);
	slot.discard.sector_count = 0;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
	slot.discard.sector_count = UINT64_MAX;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
	slot.discard.sector = 257;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
	world.device.image.limits.is_read_only = true;
	slot.discard.sector = 8;
	slot.discard.sector_count = 1;
	assert_int_equal(status_of(slot), BLK_STATUS_UNSUPPORTED);
}

static void test_indirect(void **state)
{
	struct blk_wire_segment *table = (void *)world.pages[30];
	union blk_wire_slot slot = { .indirect = { .operation = BLK_OP_INDIRECT,
						   .inner = BLK_OP_READ, .segment_count = 20,
						   .id = 5, .refs = { 30 } } };
	uint32_t i;

	(void)state;
	for (i = 0; i < sizeof(world.disk); i++) {
		world.disk[i] = (uint8_t)(i / 4096 + 1);
	}
	for (i = 0; i < 20; i++) {
		table[i] = (struct blk_wire_segment){ .ref = 1 + i, .last = 7 };
	}
	put(slot);
	blk_world_kick();
	/* The answer names the operation inside: front ends compare it. */
	assert_int_equal(answer().operation, BLK_OP_READ);
	for (i = 0; i < 20; i++) {
		assert_int_equal(world.pages[1 + i][4095], i + 1);
	}
	slot.indirect.segment_count = 257;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
	slot.indirect.segment_count = 0;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
	slot.indirect.segment_count = 20;
	slot.indirect.refs[0] = 100;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
	slot.indirect.refs[0] = 30;
	slot.indirect.inner = BLK_OP_INDIRECT;
	assert_int_equal(status_of(slot), BLK_STATUS_UNSUPPORTED);
	slot.indirect.inner = BLK_OP_WRITE;
	table[19].last = 9;
	assert_int_equal(status_of(slot), BLK_STATUS_ERROR);
}

static void test_answers_in_order(void **state)
{
	uint32_t i;

	(void)state;
	world.hold_io = true;
	for (i = 0; i < 20; i++) {
		put(slot_data(BLK_OP_READ, i, i, 1 + i));
	}
	blk_world_kick();
	assert_int_equal(world.device.base.in_flight, 20);
	world.ends_backwards = true;
	world.hold_io = false;
	blk_world_kick();
	for (i = 0; i < 20; i++) {
		assert_int_equal(answer().id, i);
	}
	assert_int_equal(world.device.base.in_flight, 0);
}

static void test_overrun_stops_the_device(void **state)
{
	(void)state;
	((struct ring_shared *)(void *)world.ring)->req_prod += 1000;
	blk_world_kick();
	assert_true(world.device.base.is_stopped);
	assert_false(world.device.base.is_connected);
	assert_int_equal(back_world.unmapped, 1);
	assert_null(world.device.queues[0]);
}

static void test_stopped_with_io_in_flight(void **state)
{
	uint32_t i;

	(void)state;
	world.hold_io = true;
	for (i = 0; i < 8; i++) {
		put(slot_data(BLK_OP_WRITE, i, i, 1 + i));
	}
	blk_world_kick();
	((struct ring_shared *)(void *)world.ring)->req_prod -= 5;
	blk_world_kick();
	assert_true(world.device.base.is_stopped);
	world.hold_io = false;
	blk_io_flush(&world.daemon.base);
	assert_int_equal(world.device.base.in_flight, 0);
	assert_int_equal(world.device.bytes_in_flight, 0);
}

static void test_killed_at_any_time(void **state)
{
	uint32_t sent = 0, got = 0, round;

	(void)state;
	srand(1);
	for (round = 0; round < 400; round++) {
		uint32_t burst = (uint32_t)rand() % 12;

		while (burst-- != 0 && ring_front_room(&world.front) != 0) {
			memset(world.pages[1 + sent % 60], (int)(sent % 251), 4096);
			put(slot_data(BLK_OP_WRITE, sent, (sent * 8) % 248, 1 + sent % 60));
			sent++;
		}
		world.hold_io = rand() % 3 == 0;
		world.ends_backwards = rand() % 2 == 0;
		blk_world_kick();
		if (rand() % 4 == 0) {
			blk_world_kill();
		}
		while (ring_front_waiting(&world.front) > 0) {
			struct blk_wire_response response = answer();

			assert_int_equal(response.id, got);
			assert_int_equal(response.status, BLK_STATUS_DONE);
			got++;
		}
	}
	world.hold_io = false;
	blk_world_kick();
	while (ring_front_waiting(&world.front) > 0) {
		assert_int_equal(answer().id, got++);
	}
	assert_int_equal(sent, got);
	assert_int_equal(ring_front_room(&world.front), 64);
}

/* A child dies in the middle of writing answers, because the ring's second page faults. */
static void test_killed_while_answering(void **state)
{
	char path[] = "/tmp/lam-blkd-redo-XXXXXX";
	int fd = mkstemp(path);
	int status;
	pid_t child;
	uint32_t i;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	world.hold_io = true;
	for (i = 0; i < 60; i++) {
		put(slot_data(BLK_OP_READ, i, i, 1 + i % 60));
	}
	child = fork();
	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		if (blk_redo_open(&world.daemon, path, NULL) == 0) {
			blk_world_kick();
			mprotect(world.ring + 4096, 4096, PROT_READ);
			world.hold_io = false;
			/* Ends backwards: all answers are written together. */
			world.ends_backwards = true;
			blk_world_kick();
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	/* Slots of the first page are answers by now, not requests. */
	assert_int_equal(world.ring[64 + 8 + 112], 0);
	assert_int_equal(ring_front_waiting(&world.front), 0);
	assert_int_equal(blk_redo_open(&world.daemon, path, NULL), 0);
	world.hold_io = false;
	blk_world_kill();
	blk_world_kick();
	for (i = 0; i < 60; i++) {
		struct blk_wire_response response = answer();

		assert_int_equal(response.id, i);
		assert_int_equal(response.operation, BLK_OP_READ);
		assert_int_equal(response.status, BLK_STATUS_DONE);
	}
	unlink(path);
	world.daemon.redo = NULL;
}

static void test_random_rings(void **state)
{
	uint32_t round, i;

	(void)state;
	srand(7);
	for (round = 0; round < 3000; round++) {
		struct ring_shared *shared = (void *)world.ring;

		for (i = 64; i < BLK_WORLD_RING_BYTES; i++) {
			world.ring[i] = (uint8_t)(rand() % 3 == 0 ? rand() : rand() % 7);
		}
		shared->req_prod += (uint32_t)rand() % 70;
		shared->rsp_event = (uint32_t)rand();
		world.hold_io = rand() % 5 == 0;
		blk_world_kick();
		if (world.device.base.is_stopped || rand() % 50 == 0) {
			world.hold_io = false;
			blk_io_flush(&world.daemon.base);
			shared->req_prod = shared->rsp_prod;
			blk_world_kill();
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_write_then_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dead_export, setup, teardown),
		cmocka_unit_test_setup_teardown(test_export_takes_one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dead_export_and_close, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts_of_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_discard, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_indirect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overrun_stops_the_device, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopped_with_io_in_flight, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_at_any_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_while_answering, setup, teardown),
		cmocka_unit_test_setup_teardown(test_random_rings, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
