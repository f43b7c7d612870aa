/* SPDX-License-Identifier: MIT */
/*
 * net_front: see net_front.h. Page i is lent once, for good, and its number is the request's id.
 */
#include "net_front.h"

#include <stddef.h>
#include "event.h"
#include "grant.h"
#include "mm.h"
#include "string.h"

static bool share_ring(struct net_front *front, struct ring_front *ring, const char *node, uint32_t slot_bytes)
{
	void *page = page_alloc();
	struct ring_slots slots = {
		.shared = page, .slot_bytes = slot_bytes, .count = ring_slot_count(PAGE_BYTES, slot_bytes),
	};

	if (!page) {
		return false;
	}
	ring_front_start(ring, &slots);
	return xenbus_share_ring(&front->bus, node, page);
}

/* Offers page @i to the next frame. */
static void offer(struct net_front *front, uint16_t i)
{
	struct net_wire_rx_request request = { .id = i, .ref = front->rx_refs[i] };

	ring_front_write(&front->rx, &request, sizeof(request));
}

static bool lend_pages(struct net_front *front)
{
	uint16_t i;

	for (i = 0; i < NET_FRONT_PAGES; i++) {
		front->tx_pages[i] = page_alloc();
		front->rx_pages[i] = page_alloc();
		if (!front->tx_pages[i] || !front->rx_pages[i]) {
			return false;
		}
		front->tx_refs[i] = grant_give(front->tx_pages[i], front->bus.backend_domid, true);
		front->rx_refs[i] = grant_give(front->rx_pages[i], front->bus.backend_domid, false);
		if (!front->tx_refs[i] || !front->rx_refs[i]) {
			return false;
		}
		offer(front, i);
	}
	return true;
}

static bool write_features(const struct net_front *front)
{
	return xenbus_write(&front->bus, "request-rx-copy", "1") &&
	       xenbus_write(&front->bus, "feature-rx-notify", "1") &&
	       xenbus_write(&front->bus, "feature-no-csum-offload", "1") &&
	       xenbus_write(&front->bus, "feature-sg", "0");
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* 00:16:3e:01:02:03 */
static bool read_mac(struct net_front *front)
{
	char text[24];
	unsigned int i;

	if (xenbus_text(front->bus.path, "mac", text, sizeof(text)) < 17) {
		return false;
	}
	for (i = 0; i < 6; i++) {
		int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		front->mac[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

bool net_front_open(struct net_front *front, unsigned int place)
{
	*front = (struct net_front){ 0 };
	if (!xenbus_find(&front->bus, "vif", place) || !read_mac(front) ||
	    !xenbus_wait(&front->bus, XENBUS_INIT_WAIT) ||
	    !share_ring(front, &front->tx, "tx-ring-ref", sizeof(union net_wire_tx_slot)) ||
	    !share_ring(front, &front->rx, "rx-ring-ref", sizeof(union net_wire_rx_slot)) ||
	    !lend_pages(front) || !xenbus_open_port(&front->bus) || !write_features(front) ||
	    !xenbus_set_state(&front->bus, XENBUS_CONNECTED) ||
	    !xenbus_wait(&front->bus, XENBUS_CONNECTED)) {
		return false;
	}
	if (ring_front_publish(&front->rx)) {
		event_send(front->bus.port);
	}
	return true;
}

/* How many answers wait in a ring; 0 when the back end broke it. */
static int waiting(struct net_front *front, const struct ring_front *ring)
{
	int count = front->is_broken ? 0 : ring_front_waiting(ring);

	front->is_broken |= count == RING_BROKEN;
	return count == RING_BROKEN ? 0 : count;
}

/* Pages whose frames have left are free again. */
static void take_sent(struct net_front *front)
{
	struct net_wire_tx_response response;

	while (waiting(front, &front->tx)) {
		ring_front_take(&front->tx, &response, sizeof(response));
		if (response.id >= NET_FRONT_PAGES || !(front->tx_busy >> response.id & 1)) {
			front->is_broken = true;
			return;
		}
		front->tx_busy &= ~(1u << response.id);
		front->dropped += response.status != NET_STATUS_OKAY;
	}
}

bool net_front_send(struct net_front *front, const void *frame, uint32_t bytes)
{
	struct net_wire_tx_request request = { .bytes = (uint16_t)bytes };
	uint16_t i = 0;

	take_sent(front);
	while (i < NET_FRONT_PAGES && front->tx_busy >> i & 1) {
		i++;
	}
	if (front->is_broken || i == NET_FRONT_PAGES || bytes > NET_FRONT_FRAME_BYTES || !ring_front_room(&front->tx)) {
		return false;
	}
	memcpy(front->tx_pages[i], frame, bytes);
	request.ref = front->tx_refs[i];
	request.id = i;
	front->tx_busy |= 1u << i;
	front->sent++;
	ring_front_write(&front->tx, &request, sizeof(request));
	if (ring_front_publish(&front->tx)) {
		event_send(front->bus.port);
	}
	return true;
}

/* Copies what the back end put into page @id; nothing of it is believed. */
static uint32_t copy_out(struct net_front *front, const struct net_wire_rx_response *response, void *frame, uint32_t room)
{
	uint32_t bytes = response->status > 0 ? (uint32_t)response->status : 0;

	if (bytes == 0 || bytes > room || response->offset > PAGE_BYTES - bytes ||
	    response->flags & (NET_RX_MORE_DATA | NET_RX_EXTRA_INFO)) {
		front->dropped++;
		return 0;
	}
	memcpy(frame, (const char *)front->rx_pages[response->id] + response->offset, bytes);
	front->received++;
	return bytes;
}

uint32_t net_front_receive(struct net_front *front, void *frame, uint32_t room)
{
	struct net_wire_rx_response response;
	uint32_t bytes = 0;

	while (!bytes && waiting(front, &front->rx)) {
		ring_front_take(&front->rx, &response, sizeof(response));
		if (response.id >= NET_FRONT_PAGES) {
			front->is_broken = true;
			return 0;
		}
		bytes = copy_out(front, &response, frame, room);
		offer(front, response.id);
		if (ring_front_publish(&front->rx)) {
			event_send(front->bus.port);
		}
	}
	return bytes;
}

bool net_front_is_ready(void *arg)
{
	struct net_front *front = arg;

	return front->is_broken || ring_front_arm(&front->rx) != 0;
}
