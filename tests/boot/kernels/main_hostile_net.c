/* SPDX-License-Identifier: MIT */
/*
 * hostile-net: a front end that wants to harm the network back end, as one word of its command line says:
 *   lies      frames that lie about their bytes, offsets, parts and segments, round and round, honest ones between
 *   garbage   slots of random bytes in both rings without end
 *   overrun   request indexes far beyond both rings
 *   starve    offers no page for what arrives, takes no answer
 *   kick      events without requests at full rate
 * Says HOSTILE and the word when it begins.
 */
#include <stddef.h>
#include "acts.h"
#include "boot.h"
#include "event.h"
#include "grant.h"
#include "mm.h"
#include "net_front.h"
#include "printf.h"
#include "string.h"
#include "xenstore.h"

static struct net_front net;

static bool is_ready(void *arg)
{
	(void)arg;
	return net.is_broken || ring_front_arm(&net.tx) != 0;
}

static void put(const union net_wire_tx_slot *slot)
{
	struct net_wire_tx_response response;

	while (!ring_front_room(&net.tx) || ring_front_waiting(&net.tx) > 0) {
		if (ring_front_waiting(&net.tx) > 0) {
			ring_front_take(&net.tx, &response, sizeof(response));
		} else {
			xenbus_sleep_unless(is_ready, NULL);
		}
	}
	ring_front_write(&net.tx, slot, sizeof(*slot));
}

static void publish(void)
{
	ring_front_publish(&net.tx);
	event_send(net.bus.port);
}

static union net_wire_tx_slot part(uint16_t bytes, uint16_t offset, uint16_t flags)
{
	union net_wire_tx_slot slot = { .request = {
		.ref = net.tx_refs[0], .bytes = bytes, .offset = offset, .flags = flags,
	} };

	return slot;
}

static void put_part(uint16_t bytes, uint16_t offset, uint16_t flags)
{
	union net_wire_tx_slot slot = part(bytes, offset, flags);

	put(&slot);
}

static void put_gso(uint16_t gso_bytes, uint8_t type)
{
	union net_wire_tx_slot slot = { .extra = { .type = NET_EXTRA_GSO, .gso_bytes = gso_bytes, .gso_type = type } };

	put_part(1500, 0, NET_TX_EXTRA_INFO | NET_TX_CSUM_BLANK);
	put(&slot);
	publish();
}

static void lie(void)
{
	static const struct {
		uint16_t bytes, offset, flags;
	} single[] = {
		{ 0, 0, 0 }, { 1, 0, 0 }, { 13, 0, 0 }, { 65535, 0, 0 }, { 4096, 1, 0 }, { 100, 4096, 0 }, { 100, 65535, 0 },
		{ 60, 0, 0xfff0 }, { 60, 0, NET_TX_CSUM_BLANK }, { 100, 0, 0 },
	};
	unsigned int i;

	for (;;) {
		for (i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
			put_part(single[i].bytes, single[i].offset, single[i].flags);
			publish();
		}
		/* Parts that hold more than the whole; more parts than a packet may have. */
		put_part(100, 0, NET_TX_MORE_DATA);
		put_part(4000, 0, 0);
		for (i = 0; i < 60; i++) {
			put_part(64, 0, NET_TX_MORE_DATA);
		}
		put_part(64, 0, 0);
		publish();
		put_gso(0, NET_GSO_TCPV4);
		put_gso(65535, NET_GSO_TCPV4);
		put_gso(1, NET_GSO_TCPV6);
		put_gso(1448, 77);
	}
}

static void garbage(void)
{
	for (;;) {
		uint64_t words[2] = { random64(), random64() };
		union net_wire_tx_slot slot;
		uint64_t rx = random64();

		memcpy(&slot, words, sizeof(slot));
		/* Half of them with a page that is really ours: deeper in. */
		if (words[1] >> 63) {
			slot.request.ref = net.tx_refs[words[0] % NET_FRONT_PAGES];
		}
		put(&slot);
		publish();
		if (ring_front_room(&net.rx)) {
			ring_front_write(&net.rx, &rx, sizeof(rx));
			ring_front_publish(&net.rx);
		} else if (ring_front_waiting(&net.rx) > 0) {
			ring_front_take(&net.rx, &rx, sizeof(rx));
		}
	}
}

static void overrun(void)
{
	net.tx.slots.shared->req_prod += 1000000;
	net.rx.slots.shared->req_prod += 1000000;
	event_send(net.bus.port);
}

static void starve(void)
{
	char *frame = net.tx_pages[0];

	/* Everybody answers to it: what they send fills the pages that were offered at the start. */
	memset(frame, 0xff, 6);
	memcpy(frame + 6, net.mac, 6);
	while (ring_front_room(&net.tx)) {
		union net_wire_tx_slot slot = part(60, 0, 0);

		ring_front_write(&net.tx, &slot, sizeof(slot));
	}
	publish();
}

static void kick(void)
{
	for (;;) {
		event_send(net.bus.port);
	}
}

void kit_main(void)
{
	static const struct act acts[] = {
		{ "lies", lie }, { "garbage", garbage }, { "overrun", overrun }, { "starve", starve }, { "kick", kick }, { NULL, NULL },
	};

	if (!xenstore_init() || !grant_init() || !net_front_open(&net, 0)) {
		kprintf("HOSTILE BAD: there is no network\n");
		return;
	}
	acts_run("HOSTILE", acts);
	sleep_for_ever();
}
