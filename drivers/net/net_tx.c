// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a transmit ring to the tap device: take packets slot by slot, copy all their parts by one
 * call, hand each to the kernel, answer it, and publish its answers before the next one's are
 * written.
 *
 * A packet that is wrong is answered with an error. A ring whose indexes or chains are wrong stops
 * its device: where the next packet begins is unknown then.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "drivers/net/netd.h"

#define TX_HEAD_BYTES 256u
/*
 * A guest that is woken for each small packet that left pays more for that than for the packet. So
 * for a few small ones it is told a little later; it sees the answers when it sends the next.
 */
#define TX_LATE_PACKETS 8u
#define TX_LATE_BYTES 4096u
#define TX_LATE_MS 1u

struct tx_packet {
	struct net_offload offload;
	bool is_wrong;
	uint32_t bytes;			/* of all parts */
	uint32_t first_copy;		/* of the batch; one per part */
	uint32_t copy_count;
	uint32_t slot_count;
	uint32_t extra_count;		/* they stand behind the first slot */
	uint16_t ids[NET_MAX_PARTS + NET_MAX_EXTRAS];
};

static struct tx_packet tx_packets[NET_BATCH_PACKETS];

/* Takes the slots with extra information. False when the chain does not end. */
static bool tx_take_extras(struct net_queue *queue, struct tx_packet *packet, int *waiting)
{
	union net_wire_tx_slot slot;

	do {
		if (*waiting == 0 || packet->extra_count == NET_MAX_EXTRAS) {
			return false;
		}
		ring_back_take(&queue->tx, &slot);
		--*waiting;
		packet->extra_count++;
		/* The answer leaves these two bytes as they are: net_tx_resume() reads them. */
		packet->ids[packet->slot_count++] =
			(uint16_t)(slot.extra.type | slot.extra.flags << 8);
		if (slot.extra.type != NET_EXTRA_GSO || slot.extra.gso_bytes == 0 ||
		    (slot.extra.gso_type != NET_GSO_TCPV4 &&
		     slot.extra.gso_type != NET_GSO_TCPV6)) {
			packet->is_wrong = true;
		}
		packet->offload.gso_type = slot.extra.gso_type;
		packet->offload.gso_bytes = slot.extra.gso_bytes;
	} while (slot.extra.flags & NET_EXTRA_MORE);
	return true;
}

/* Adds a part to the batch, to a page of ours of its own, at the same place in it. */
static void tx_add_part(struct net_queue *queue, struct tx_packet *packet,
			const struct net_wire_tx_request *request)
{
	struct gntdev_copy_segment *copy = &net_batch.copies[net_batch.copy_count++];

	packet->copy_count++;
	*copy = (struct gntdev_copy_segment){
		.source.foreign = { .ref = request->ref, .offset = request->offset,
				    .domid = queue->device->base.domid },
		.len = request->bytes,
		.flags = GNTDEV_COPY_SOURCE_GREF,
		.status = -1,
	};
	if (request->offset >= BACK_PAGE_BYTES) {
		packet->is_wrong = true;
		return;
	}
	copy->dest.virt = net_pages[net_batch.page_count++] + request->offset;
}

/* The other parts' bytes are known: what is left is in the first, and all must lie in their pages. */
static void tx_check_parts(struct tx_packet *packet)
{
	uint32_t first = packet->bytes, i;

	for (i = 1; i < packet->copy_count; i++) {
		const struct gntdev_copy_segment *copy =
			&net_batch.copies[packet->first_copy + i];

		if (copy->len > first || copy->source.foreign.offset + copy->len > BACK_PAGE_BYTES) {
			packet->is_wrong = true;
			return;
		}
		first -= copy->len;
	}
	net_batch.copies[packet->first_copy].len = (uint16_t)first;
	if (first == 0 || packet->bytes < NET_ETHERNET_BYTES ||
	    net_batch.copies[packet->first_copy].source.foreign.offset + first > BACK_PAGE_BYTES) {
		packet->is_wrong = true;
	}
}

/* Takes a packet's slots. False when its chain is longer than any may be, or does not end. */
static bool tx_take_chain(struct net_queue *queue, struct tx_packet *packet, int waiting)
{
	union net_wire_tx_slot slot;

	do {
		if (waiting == 0 || packet->copy_count == NET_MAX_PARTS) {
			return false;
		}
		ring_back_take(&queue->tx, &slot);
		waiting--;
		packet->ids[packet->slot_count++] = slot.request.id;
		tx_add_part(queue, packet, &slot.request);
		if (packet->slot_count != 1) {
			continue;
		}
		packet->bytes = slot.request.bytes;
		packet->offload.flags = slot.request.flags;
		if ((slot.request.flags & NET_TX_EXTRA_INFO) &&
		    !tx_take_extras(queue, packet, &waiting)) {
			return false;
		}
	} while (slot.request.flags & NET_TX_MORE_DATA);
	return true;
}

/* Takes one packet off the ring. 1; 0: none waits; RING_BROKEN. */
static int tx_take(struct net_queue *queue, struct tx_packet *packet)
{
	int waiting = ring_back_waiting(&queue->tx);
	bool is_whole;

	if (waiting <= 0) {
		return waiting;
	}
	memset(packet, 0, offsetof(struct tx_packet, ids));
	packet->first_copy = net_batch.copy_count;
	is_whole = tx_take_chain(queue, packet, waiting);
	if (is_whole) {
		tx_check_parts(packet);
	}
	if (!is_whole || packet->is_wrong) {
		net_batch.copy_count = packet->first_copy;
		packet->copy_count = 0;
	}
	return is_whole ? 1 : RING_BROKEN;
}

/* The first bytes of a packet in one piece: where they lie, or gathered into @buffer. */
static const uint8_t *tx_head(const struct tx_packet *packet, uint8_t *buffer, uint32_t *bytes)
{
	const struct gntdev_copy_segment *copy = &net_batch.copies[packet->first_copy];
	uint32_t wanted = packet->bytes < TX_HEAD_BYTES ? packet->bytes : TX_HEAD_BYTES;
	uint32_t have = 0;

	*bytes = wanted;
	if (copy->len >= wanted) {
		return copy->dest.virt;
	}
	while (have < wanted) {
		uint32_t part = copy->len < wanted - have ? copy->len : wanted - have;

		memcpy(buffer + have, copy->dest.virt, part);
		have += part;
		copy++;
	}
	return buffer;
}

/* Hands a packet to the kernel: a net_status. */
static int tx_send(struct net_queue *queue, const struct tx_packet *packet)
{
	struct iovec parts[NET_MAX_PARTS + 1];
	struct virtio_net_hdr header;
	uint8_t buffer[TX_HEAD_BYTES];
	uint32_t head_bytes, i;
	const uint8_t *head;
	int rc;

	if (packet->is_wrong || !net_batch_is_copied(packet->first_copy, packet->copy_count)) {
		return NET_STATUS_ERROR;
	}
	head = tx_head(packet, buffer, &head_bytes);
	if (net_frame_describe(&packet->offload, head, head_bytes, packet->bytes, &header) < 0) {
		return NET_STATUS_ERROR;
	}
	parts[0] = (struct iovec){ .iov_base = &header, .iov_len = sizeof(header) };
	for (i = 0; i < packet->copy_count; i++) {
		const struct gntdev_copy_segment *copy =
			&net_batch.copies[packet->first_copy + i];

		parts[i + 1] = (struct iovec){ .iov_base = copy->dest.virt, .iov_len = copy->len };
	}
	rc = net_tap_send(queue->fd, parts, (int)packet->copy_count + 1);
	if (rc == 0) {
		return NET_STATUS_OKAY;
	}
	log_write_limited(&queue->device->base.limit, LOG_LEVEL_WARNING,
			  "%s: a frame of %u bytes: %s", queue->device->base.name, packet->bytes,
			  strerror(-rc));
	return rc == -EINVAL ? NET_STATUS_ERROR : NET_STATUS_DROPPED;
}

static bool tx_answer(struct net_queue *queue, const struct tx_packet *packet, int status)
{
	uint32_t i;

	for (i = 0; i < packet->slot_count; i++) {
		bool is_extra = i >= 1 && i <= packet->extra_count;
		struct net_wire_tx_response response = {
			.id = packet->ids[i],
			.status = (int16_t)(is_extra ? NET_STATUS_NULL : status),
		};

		ring_back_write(&queue->tx, &response, sizeof(response));
	}
	if (status == NET_STATUS_ERROR) {
		log_write_limited(&queue->device->base.limit, LOG_LEVEL_WARNING,
				  "%s: refused: a packet of %u bytes in %u slots, flags %u",
				  queue->device->base.name, packet->bytes, packet->slot_count,
				  packet->offload.flags);
	}
	return ring_back_publish(&queue->tx);
}

static uint64_t tx_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Whether the guest may send now; else its port goes on when it may again. */
static bool tx_is_allowed(struct net_queue *queue)
{
	struct net_rate *rate = &queue->device->rate;
	uint32_t wait_ms;

	if (rate->bytes == 0) {
		return true;
	}
	wait_ms = net_rate_wait(rate, tx_now_ns());
	if (wait_ms != 0) {
		back_port_later(&queue->tx_port, wait_ms);
	}
	return wait_ms == 0;
}

/* Takes as many packets as wait, are allowed, and fit the batch: how many, or RING_BROKEN. */
static int tx_fill(struct net_queue *queue)
{
	net_batch_begin();
	while (net_batch.packet_count < NET_BATCH_PACKETS &&
	       net_batch.page_count + NET_MAX_PARTS <= NET_BATCH_PAGES &&
	       tx_is_allowed(queue)) {
		struct tx_packet *packet = &tx_packets[net_batch.packet_count];
		int rc = tx_take(queue, packet);

		if (rc == RING_BROKEN) {
			return RING_BROKEN;
		}
		if (rc == 0) {
			break;
		}
		net_rate_charge(&queue->device->rate, packet->bytes);
		net_batch.packet_count++;
	}
	return (int)net_batch.packet_count;
}

static void tx_notify(struct net_queue *queue)
{
	queue->late_packets = 0;
	back_port_notify(&queue->tx_port);
}

/* A notification is due for the packets of this batch. */
static void tx_notify_soon(struct net_queue *queue, uint32_t bytes)
{
	uint32_t packets = queue->late_packets + net_batch.packet_count;

	if (bytes > TX_LATE_BYTES || packets >= TX_LATE_PACKETS) {
		tx_notify(queue);
		return;
	}
	queue->late_packets = (uint16_t)packets;
	back_port_later(&queue->tx_port, TX_LATE_MS);
}

/* What was refused by the whole call was not copied: each status says so. */
static void tx_drain(struct net_queue *queue)
{
	bool is_due = false;
	uint32_t bytes = 0, i;

	net_batch_copy(queue->device);
	for (i = 0; i < net_batch.packet_count; i++) {
		const struct tx_packet *packet = &tx_packets[i];

		bytes += packet->bytes;
		if (tx_answer(queue, packet, tx_send(queue, packet))) {
			is_due = true;
		}
	}
	if (is_due || (queue->late_packets != 0 && bytes != 0)) {
		tx_notify_soon(queue, bytes);
	}
}

int net_tx_run(struct net_queue *queue)
{
	uint32_t batches = 0;
	int taken = 0, left, rc;

	do {
		rc = tx_fill(queue);
		tx_drain(queue);
		if (rc == RING_BROKEN) {
			return RING_BROKEN;
		}
		taken += rc;
	} while (rc > 0 && ++batches < NET_QUEUE_BATCHES);
	/* Nothing more came meanwhile. */
	if (taken == 0 && queue->late_packets != 0) {
		tx_notify(queue);
	}
	if (!tx_is_allowed(queue)) {
		return taken;
	}
	left = ring_back_arm(&queue->tx);
	if (left > 0) {
		back_port_later(&queue->tx_port, 0);
	}
	return left == RING_BROKEN ? RING_BROKEN : taken;
}

int net_tx_resume(struct net_queue *queue)
{
	int rc;

	net_batch_begin();
	rc = tx_take(queue, &tx_packets[0]);
	if (rc == 1) {
		tx_answer(queue, &tx_packets[0], NET_STATUS_DROPPED);
	}
	return rc == RING_BROKEN ? RING_BROKEN : 0;
}
