// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network back end between a pair of rings and a tap device: frames both ways, refusals, front
 * ends that lie, death at any time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/drivers/net_world.h"

/* Ethernet, IPv4, TCP: what a packet with anything to be done begins with. */
static const uint8_t tcp_head[54] = {
	[12] = 0x08, [14] = 0x45, [23] = 6, [46] = 0x50,
};

static int setup(void **state)
{
	(void)state;
	net_world_start();
	net_world_kick();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	net_world_end();
	return 0;
}

static union net_wire_tx_slot part(uint32_t ref, uint16_t bytes, uint16_t flags)
{
	union net_wire_tx_slot slot = {
		.request = { .ref = ref, .flags = flags, .id = (uint16_t)ref, .bytes = bytes },
	};

	return slot;
}

static union net_wire_tx_slot extra(uint8_t type, uint8_t gso_type, uint16_t gso_bytes)
{
	union net_wire_tx_slot slot = {
		.extra = { .type = type, .gso_type = gso_type, .gso_bytes = gso_bytes },
	};

	return slot;
}

static void put(union net_wire_tx_slot slot)
{
	ring_front_write(&net_world.tx, &slot, sizeof(slot));
}

static void send_all(void)
{
	ring_front_publish(&net_world.tx);
	net_world_kick();
}

static struct net_wire_tx_response answer(void)
{
	struct net_wire_tx_response response;

	assert_true(ring_front_waiting(&net_world.tx) > 0);
	ring_front_take(&net_world.tx, &response, sizeof(response));
	return response;
}

static void expect_answer(uint16_t id, int status)
{
	struct net_wire_tx_response response = answer();

	assert_int_equal(response.id, id);
	assert_int_equal(response.status, status);
}

/* A good packet goes through: the ring is in step. */
static void expect_in_step(void)
{
	uint32_t count = net_world.sent_count;

	put(part(9, 60, 0));
	send_all();
	expect_answer(9, NET_STATUS_OKAY);
	assert_int_equal(ring_front_waiting(&net_world.tx), 0);
	assert_int_equal(net_world.sent_count, count + 1);
}

static void test_send_one(void **state)
{
	union net_wire_tx_slot slot = part(5, 100, 0);

	(void)state;
	memset(net_world.pages[5] + 3000, 0x5a, 100);
	slot.request.offset = 3000;
	put(slot);
	send_all();
	expect_answer(5, NET_STATUS_OKAY);
	assert_int_equal(net_world.sent.bytes, 100);
	assert_memory_equal(net_world.sent.data, net_world.pages[5] + 3000, 100);
	assert_int_equal(net_world.sent.header.flags, 0);
}

static void test_send_segments(void **state)
{
	(void)state;
	memcpy(net_world.pages[1], tcp_head, sizeof(tcp_head));
	memset(net_world.pages[2], 2, 4096);
	memset(net_world.pages[3], 3, 4096);
	put(part(1, 60 + 4096 + 1000, NET_TX_CSUM_BLANK | NET_TX_MORE_DATA | NET_TX_EXTRA_INFO));
	put(extra(NET_EXTRA_GSO, NET_GSO_TCPV4, 1448));
	put(part(2, 4096, NET_TX_MORE_DATA));
	put(part(3, 1000, 0));
	send_all();
	expect_answer(1, NET_STATUS_OKAY);
	expect_answer(NET_EXTRA_GSO, NET_STATUS_NULL);
	expect_answer(2, NET_STATUS_OKAY);
	expect_answer(3, NET_STATUS_OKAY);
	assert_int_equal(net_world.sent.bytes, 5156);
	assert_int_equal(net_world.sent.data[60], 2);
	assert_int_equal(net_world.sent.data[5155], 3);
	assert_int_equal(net_world.sent.header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	assert_int_equal(net_world.sent.header.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	assert_int_equal(net_world.sent.header.gso_size, 1448);
	assert_int_equal(net_world.sent.header.hdr_len, 54);
	assert_int_equal(net_world.sent.header.csum_start, 34);
	assert_int_equal(net_world.sent.header.csum_offset, 16);
	expect_in_step();
}

/* The headers may be spread over any number of slots. */
static void test_send_head_in_pieces(void **state)
{
	uint16_t i;

	(void)state;
	memcpy(net_world.pages[1], tcp_head, sizeof(tcp_head));
	for (i = 0; i < 18; i++) {
		union net_wire_tx_slot slot = part(1, i == 0 ? 54 : 3, NET_TX_MORE_DATA);

		slot.request.offset = (uint16_t)(i * 3);
		slot.request.flags = (uint16_t)((i == 0 ? NET_TX_CSUM_BLANK : 0) |
						(i == 17 ? 0 : NET_TX_MORE_DATA));
		put(slot);
	}
	send_all();
	expect_answer(1, NET_STATUS_OKAY);
	assert_int_equal(net_world.sent.header.csum_start, 34);
	assert_memory_equal(net_world.sent.data, tcp_head, 54);
}

static void test_refused_parts(void **state)
{
	static const struct {
		const char *what;
		uint32_t ref;
		uint16_t offset, bytes, flags;
	} rows[] = {
		{ "no bytes", 5, 0, 0, 0 },
		{ "shorter than its header", 5, 0, 13, 0 },
		{ "beyond its page", 5, 4000, 97, 0 },
		{ "larger than a page", 5, 0, 4097, 0 },
		{ "65535 bytes", 5, 0, 65535, 0 },
		{ "begins beyond its page", 5, 4096, 60, 0 },
		{ "offset 65535", 5, 65535, 60, 0 },
		{ "not granted", 77, 0, 60, 0 },
		{ "not granted", 0, 0, 60, 0 },
		{ "no transport to finish", 5, 0, 60, NET_TX_CSUM_BLANK },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t count = net_world.sent_count;
		union net_wire_tx_slot slot = part(rows[i].ref, rows[i].bytes, rows[i].flags);

		slot.request.offset = rows[i].offset;
		put(slot);
		send_all();
		if (answer().status != NET_STATUS_ERROR || net_world.sent_count != count) {
			fail_msg("%s", rows[i].what);
		}
		expect_in_step();
	}
}

static void test_refused_chains(void **state)
{
	(void)state;
	/* The second part is larger than the whole. */
	put(part(1, 100, NET_TX_MORE_DATA));
	put(part(2, 101, 0));
	send_all();
	expect_answer(1, NET_STATUS_ERROR);
	expect_answer(2, NET_STATUS_ERROR);
	expect_in_step();
	/* Nothing is left for the first. */
	put(part(1, 100, NET_TX_MORE_DATA));
	put(part(2, 100, 0));
	send_all();
	expect_answer(1, NET_STATUS_ERROR);
	expect_answer(2, NET_STATUS_ERROR);
	/* One part of three is not granted. */
	put(part(1, 300, NET_TX_MORE_DATA));
	put(part(70, 100, NET_TX_MORE_DATA));
	put(part(2, 100, 0));
	send_all();
	expect_answer(1, NET_STATUS_ERROR);
	expect_answer(70, NET_STATUS_ERROR);
	expect_answer(2, NET_STATUS_ERROR);
	expect_in_step();
}

static void test_refused_extras(void **state)
{
	static const struct {
		const char *what;
		uint8_t type, gso_type;
		uint16_t gso_bytes, flags;
	} rows[] = {
		{ "no segment size", NET_EXTRA_GSO, NET_GSO_TCPV4, 0, NET_TX_CSUM_BLANK },
		{ "segments of nothing", NET_EXTRA_GSO, 0, 1448, NET_TX_CSUM_BLANK },
		{ "segments of something else", NET_EXTRA_GSO, 3, 1448, NET_TX_CSUM_BLANK },
		{ "another protocol's segments", NET_EXTRA_GSO, NET_GSO_TCPV6, 1448, NET_TX_CSUM_BLANK },
		{ "segments with a finished sum", NET_EXTRA_GSO, NET_GSO_TCPV4, 1448, 0 },
		{ "no such extra", 2, NET_GSO_TCPV4, 1448, NET_TX_CSUM_BLANK },
		{ "no such extra", 255, NET_GSO_TCPV4, 1448, NET_TX_CSUM_BLANK },
	};
	size_t i;

	(void)state;
	memcpy(net_world.pages[1], tcp_head, sizeof(tcp_head));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(part(1, 2000, (uint16_t)(rows[i].flags | NET_TX_EXTRA_INFO)));
		put(extra(rows[i].type, rows[i].gso_type, rows[i].gso_bytes));
		send_all();
		if (answer().status != NET_STATUS_ERROR) {
			fail_msg("%s", rows[i].what);
		}
		expect_answer(rows[i].type, NET_STATUS_NULL);
		expect_in_step();
	}
}

static void expect_stopped(const char *what)
{
	if (!net_world.device.base.is_stopped || net_world_queue() != NULL ||
	    back_world.unmapped != 1) {
		fail_msg("%s", what);
	}
	net_world_end();
	net_world_start();
}

static void test_endless_chains_stop_the_device(void **state)
{
	uint16_t i;

	(void)state;
	put(part(1, 100, NET_TX_MORE_DATA));
	send_all();
	expect_stopped("a chain without its end");
	put(part(1, 100, NET_TX_EXTRA_INFO));
	send_all();
	expect_stopped("an extra slot that is not there");
	for (i = 0; i < 200; i++) {
		put(part(1, i == 0 ? 4000 : 1, NET_TX_MORE_DATA));
	}
	send_all();
	expect_stopped("a chain of 200");
	put(part(1, 100, NET_TX_EXTRA_INFO));
	for (i = 0; i < 100; i++) {
		union net_wire_tx_slot slot = extra(NET_EXTRA_GSO, NET_GSO_TCPV4, 1000);

		slot.extra.flags = NET_EXTRA_MORE;
		put(slot);
	}
	send_all();
	expect_stopped("extra slots without an end");
	net_world.tx.slots.shared->req_prod += 1000;
	net_world_kick();
	expect_stopped("transmit index beyond its ring");
	net_world.rx.slots.shared->req_prod += 1000;
	net_world.waiting_count = 1;
	net_world.waiting[0].bytes = 60;
	net_world_kick();
	expect_stopped("receive index beyond its ring");
}

/* --- receiving --- */

static void offer(uint32_t count, uint32_t ref)
{
	while (count-- != 0) {
		union net_wire_rx_slot slot = { .request = { .id = (uint16_t)ref, .ref = ref } };

		ring_front_write(&net_world.rx, &slot, sizeof(slot));
		ref++;
	}
	ring_front_publish(&net_world.rx);
}

static union net_wire_rx_slot received(void)
{
	union net_wire_rx_slot slot;

	assert_true(ring_front_waiting(&net_world.rx) > 0);
	ring_front_take(&net_world.rx, &slot, sizeof(slot));
	return slot;
}

static void deliver(uint32_t bytes, uint8_t fill)
{
	uint32_t at = (net_world.waiting_first + net_world.waiting_count++) % NET_WORLD_FRAMES;

	memset(&net_world.waiting[at].header, 0, sizeof(net_world.waiting[at].header));
	net_world.waiting[at].bytes = bytes;
	memset(net_world.waiting[at].data, fill, bytes);
}

static void test_receive(void **state)
{
	struct net_wire_rx_response response;

	(void)state;
	offer(20, 1);
	deliver(60, 0x11);
	deliver(5000, 0x22);
	net_world_kick();
	response = received().response;
	assert_int_equal(response.id, 1);
	assert_int_equal(response.status, 60);
	assert_int_equal(response.flags, 0);
	assert_int_equal(net_world.pages[1][59], 0x11);
	assert_int_equal(net_world.pages[1][60], 0);
	response = received().response;
	assert_int_equal(response.status, 4096);
	assert_int_equal(response.flags, NET_RX_MORE_DATA);
	response = received().response;
	assert_int_equal(response.id, 3);
	assert_int_equal(response.status, 904);
	assert_int_equal(response.flags, 0);
	assert_int_equal(net_world.pages[3][903], 0x22);
	assert_int_equal(net_world.pages[3][904], 0);
	assert_int_equal(ring_front_waiting(&net_world.rx), 0);
}

static void test_receive_segments(void **state)
{
	struct net_wire_extra gso;
	uint32_t i;

	(void)state;
	offer(40, 1);
	deliver(65550, 0x33);
	net_world.waiting[0].header = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV6,
		.gso_size = 1428,
	};
	net_world_kick();
	assert_int_equal(received().response.flags, NET_RX_CSUM_BLANK | NET_RX_DATA_VALIDATED |
			 NET_RX_EXTRA_INFO | NET_RX_MORE_DATA);
	gso = received().extra;
	assert_int_equal(gso.type, NET_EXTRA_GSO);
	assert_int_equal(gso.flags, 0);
	assert_int_equal(gso.gso_type, NET_GSO_TCPV6);
	assert_int_equal(gso.gso_bytes, 1428);
	for (i = 0; i < 15; i++) {
		assert_int_equal(received().response.flags, NET_RX_MORE_DATA);
	}
	assert_int_equal(received().response.status, 65550 - 16 * 4096);
	assert_int_equal(ring_front_waiting(&net_world.rx), 0);
	/* The page of the extra slot stays as it was. */
	assert_int_equal(net_world.pages[2][0], 0);
	assert_int_equal(net_world.pages[3][0], 0x33);
}

static void test_receive_waits_for_pages(void **state)
{
	(void)state;
	deliver(60, 1);
	net_world_kick();
	offer(17, 1);
	net_world_kick();
	assert_true(net_world_queue()->is_starved);
	assert_int_equal(net_world.waiting_count, 1);
	assert_int_equal(net_world.rx.slots.shared->req_event, 1);
	offer(1, 18);
	net_world_kick();
	assert_int_equal(net_world.waiting_count, 0);
	assert_int_equal(received().response.status, 60);
	/* A front end that says it cannot take more than a page needs one, and gets no more. */
	net_world.device.rx_slots = 1;
	deliver(4097, 1);
	deliver(4096, 1);
	net_world_kick();
	assert_int_equal(received().response.status, 4096);
	assert_int_equal(ring_front_waiting(&net_world.rx), 0);
}

static void test_receive_into_what_is_not_granted(void **state)
{
	(void)state;
	offer(1, 63);
	offer(1, 100);
	offer(30, 1);
	deliver(8000, 1);
	deliver(60, 2);
	net_world_kick();
	assert_int_equal(received().response.status, 4096);
	assert_int_equal(received().response.status, NET_STATUS_ERROR);
	assert_int_equal(received().response.status, 60);
}

/* --- death --- */

static void test_killed_between_answers_and_their_index(void **state)
{
	struct net_wire_tx_response *begun;

	(void)state;
	net_world.send_rc = 0;
	put(part(1, 200, NET_TX_MORE_DATA | NET_TX_EXTRA_INFO | NET_TX_CSUM_BLANK));
	put(extra(NET_EXTRA_GSO, NET_GSO_TCPV4, 1448));
	put(part(2, 100, 0));
	put(part(3, 60, 0));
	ring_front_publish(&net_world.tx);
	/* What the dead process had written: the first two answers. */
	begun = (void *)(net_world.rings[0] + sizeof(struct ring_shared));
	*begun = (struct net_wire_tx_response){ .id = 1, .status = NET_STATUS_OKAY };
	begun = (void *)(net_world.rings[0] + sizeof(struct ring_shared) + 12);
	begun->status = NET_STATUS_NULL;
	net_world_kill();
	net_world_kick();
	expect_answer(1, NET_STATUS_DROPPED);
	expect_answer(NET_EXTRA_GSO, NET_STATUS_NULL);
	expect_answer(2, NET_STATUS_DROPPED);
	expect_answer(3, NET_STATUS_OKAY);
	assert_int_equal(net_world.sent_count, 1);
}

static void test_killed_while_receiving(void **state)
{
	uint32_t i;

	(void)state;
	offer(50, 1);
	net_world_kill();
	for (i = 0; i < NET_MAX_RX_SLOTS; i++) {
		struct net_wire_rx_response response = received().response;

		assert_int_equal(response.id, 1 + i);
		assert_int_equal(response.status, NET_STATUS_ERROR);
		assert_int_equal(response.flags, 0);
	}
	deliver(60, 7);
	net_world_kick();
	assert_int_equal(received().response.id, 1 + NET_MAX_RX_SLOTS);
	assert_int_equal(net_world.pages[1 + NET_MAX_RX_SLOTS][0], 7);
}

static void test_killed_at_any_time(void **state)
{
	uint32_t sent = 0, got = 0, offered = 0, returned = 0, round;

	(void)state;
	srand(1);
	for (round = 0; round < 2000; round++) {
		uint32_t burst = (uint32_t)rand() % 12;

		while (burst-- != 0 && ring_front_room(&net_world.tx) != 0) {
			union net_wire_tx_slot slot = part(1 + sent % 60, 60, 0);

			slot.request.id = (uint16_t)sent++;
			put(slot);
		}
		ring_front_publish(&net_world.tx);
		while (offered - returned < 40) {
			offer(1, 1 + offered++ % 60);
		}
		if (net_world.waiting_count < 8) {
			deliver(60 + (uint32_t)rand() % 20000, 1);
		}
		if (rand() % 4 == 0) {
			net_world_kill();
		}
		net_world_kick();
		assert_non_null(net_world_queue());
		while (ring_front_waiting(&net_world.tx) > 0) {
			assert_int_equal(answer().id, (uint16_t)got++);
		}
		while (ring_front_waiting(&net_world.rx) > 0) {
			assert_int_equal(received().response.id, 1 + returned++ % 60);
		}
	}
	assert_int_equal(sent, got);
}

static void test_random_rings(void **state)
{
	uint32_t round, i;

	(void)state;
	srand(7);
	for (round = 0; round < 5000; round++) {
		struct ring_shared *tx = (void *)net_world.rings[0];
		struct ring_shared *rx = (void *)net_world.rings[1];

		for (i = 64; i < 4096; i++) {
			net_world.rings[rand() % 2][i] =
				(uint8_t)(rand() % 3 == 0 ? rand() : rand() % 9);
		}
		tx->req_prod += (uint32_t)rand() % 260;
		rx->req_prod += (uint32_t)rand() % 60;
		rx->rsp_event = (uint32_t)rand();
		if (net_world.waiting_count < 8) {
			deliver(1 + (uint32_t)rand() % 65550, 3);
		}
		net_world_kick();
		if (net_world_queue() == NULL || rand() % 50 == 0) {
			net_world_clear_rings();
			net_world_kill();
		}
	}
}

static void test_rate_limits_a_guest(void **state)
{
	uint32_t i;

	(void)state;
	assert_int_equal(net_rate_parse("1000,100000000", &net_world.device.rate), 0);
	for (i = 0; i < 10; i++) {
		put(part(1 + i, 500, 0));
	}
	send_all();
	assert_int_equal(net_world.sent_count, 2);
	assert_int_equal(ring_front_waiting(&net_world.tx), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_send_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_segments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_send_head_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_chains, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_extras, setup, teardown),
		cmocka_unit_test_setup_teardown(test_endless_chains_stop_the_device, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_segments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_waits_for_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_into_what_is_not_granted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_between_answers_and_their_index, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_killed_while_receiving, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_at_any_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_random_rings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rate_limits_a_guest, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
