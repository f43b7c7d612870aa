// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the tap device to a receive ring: read packets as long as the front end has pages for the
 * greatest one, copy all of them by one call, answer packet by packet. A packet is never held: what
 * cannot be received yet stays in the tap device's queue, whose length is bounded.
 */
#include <errno.h>

#include "drivers/net/netd.h"

struct rx_packet {
	uint16_t flags;			/* of its first slot */
	struct net_wire_extra extra;	/* when the flags say so */
	uint32_t first_copy;		/* of the batch; one per page */
	uint32_t copy_count;
	uint32_t first_id;
	uint32_t id_count;
};

static struct rx_packet rx_packets[NET_BATCH_PACKETS];
static uint16_t rx_ids[NET_BATCH_PAGES + NET_BATCH_PACKETS];
static uint32_t rx_id_count;

static uint32_t rx_take(struct net_queue *queue, struct rx_packet *packet)
{
	union net_wire_rx_slot slot;

	ring_back_take(&queue->rx, &slot);
	packet->id_count++;
	rx_ids[rx_id_count++] = slot.request.id;
	return slot.request.ref;
}

/* Adds the copy of one page of a frame to the front end's next page. */
static void rx_add_page(struct net_queue *queue, struct rx_packet *packet, void *from,
			uint32_t bytes)
{
	net_batch.copies[net_batch.copy_count++] = (struct gntdev_copy_segment){
		.source.virt = from,
		.dest.foreign = { .ref = rx_take(queue, packet),
				  .domid = queue->device->base.domid },
		.len = (uint16_t)bytes,
		.flags = GNTDEV_COPY_DEST_GREF,
		.status = -1,
	};
	packet->copy_count++;
}

static void rx_describe(const struct virtio_net_hdr *header, struct rx_packet *packet)
{
	if (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		packet->flags = NET_RX_CSUM_BLANK | NET_RX_DATA_VALIDATED;
	} else if (header->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		packet->flags = NET_RX_DATA_VALIDATED;
	}
	if (header->gso_type != VIRTIO_NET_HDR_GSO_NONE) {
		packet->flags |= NET_RX_EXTRA_INFO;
		packet->extra = (struct net_wire_extra){
			.type = NET_EXTRA_GSO,
			.gso_bytes = header->gso_size,
			.gso_type = header->gso_type == VIRTIO_NET_HDR_GSO_TCPV4 ? NET_GSO_TCPV4 :
				    NET_GSO_TCPV6,
		};
	}
}

/* Gives a frame that lies at @page its slots. */
static void rx_place(struct net_queue *queue, const struct virtio_net_hdr *header,
		     uint8_t (*page)[BACK_PAGE_BYTES], uint32_t bytes)
{
	struct rx_packet *packet = &rx_packets[net_batch.packet_count++];

	*packet = (struct rx_packet){ .first_copy = net_batch.copy_count,
				      .first_id = rx_id_count };
	rx_describe(header, packet);
	while (bytes != 0) {
		uint32_t part = bytes < BACK_PAGE_BYTES ? bytes : BACK_PAGE_BYTES;

		rx_add_page(queue, packet, *page, part);
		if (packet->copy_count == 1 && (packet->flags & NET_RX_EXTRA_INFO)) {
			rx_take(queue, packet);
		}
		bytes -= part;
		page++;
		net_batch.page_count++;
	}
}

int net_rx_has_room(struct net_queue *queue)
{
	int wanted = (int)queue->device->rx_slots;
	int waiting = ring_back_waiting(&queue->rx);

	if (waiting != RING_BROKEN && waiting < wanted) {
		waiting = ring_back_arm(&queue->rx);
	}
	return waiting == RING_BROKEN ? RING_BROKEN : waiting >= wanted;
}

/* Reads what the tap device holds: 0, RING_BROKEN, or the error of a device that is gone. */
static int rx_fill(struct net_queue *queue)
{
	uint32_t most = queue->device->rx_slots * BACK_PAGE_BYTES;

	net_batch_begin();
	rx_id_count = 0;
	while (net_batch.packet_count < NET_BATCH_PACKETS &&
	       net_batch.page_count + NET_PACKET_PAGES <= NET_BATCH_PAGES) {
		uint8_t (*page)[BACK_PAGE_BYTES] = &net_pages[net_batch.page_count];
		struct virtio_net_hdr header;
		ssize_t bytes;
		int room = net_rx_has_room(queue);

		if (room != 1) {
			net_queue_starve(queue);
			return room;
		}
		bytes = net_tap_receive(queue->fd, &header, page,
					NET_PACKET_PAGES * BACK_PAGE_BYTES);
		if (bytes < 0) {
			return bytes == -EAGAIN ? 0 : (int)bytes;
		}
		if (bytes >= (ssize_t)NET_ETHERNET_BYTES && bytes <= (ssize_t)most) {
			rx_place(queue, &header, page, (uint32_t)bytes);
		}
	}
	return 0;
}

/* One page's answer: its bytes, or an error when the guest had not granted it. */
static void rx_answer_page(struct net_queue *queue, const struct rx_packet *packet, uint32_t page,
			   uint16_t id)
{
	const struct gntdev_copy_segment *copy = &net_batch.copies[packet->first_copy + page];
	struct net_wire_rx_response response = {
		.id = id,
		.flags = page == 0 ? packet->flags : 0,
		.status = (int16_t)(copy->status == 0 ? copy->len : NET_STATUS_ERROR),
	};

	if (page + 1 < packet->copy_count) {
		response.flags |= NET_RX_MORE_DATA;
	}
	ring_back_write(&queue->rx, &response, sizeof(response));
}

static bool rx_answer(struct net_queue *queue, const struct rx_packet *packet)
{
	const uint16_t *id = &rx_ids[packet->first_id];
	uint32_t page;

	for (page = 0; page < packet->copy_count; page++) {
		rx_answer_page(queue, packet, page, *id++);
		if (page == 0 && (packet->flags & NET_RX_EXTRA_INFO)) {
			ring_back_write(&queue->rx, &packet->extra, sizeof(packet->extra));
			id++;
		}
	}
	return ring_back_publish(&queue->rx);
}

static void rx_drain(struct net_queue *queue)
{
	struct back_port *port = queue->rx_port.number != 0 ? &queue->rx_port : &queue->tx_port;
	bool notify = false;
	uint32_t i;

	net_batch_copy(queue->device);
	for (i = 0; i < net_batch.packet_count; i++) {
		if (rx_answer(queue, &rx_packets[i])) {
			notify = true;
		}
	}
	if (notify) {
		back_port_notify(port);
	}
}

int net_rx_run(struct net_queue *queue)
{
	int rc = rx_fill(queue);

	rx_drain(queue);
	return rc;
}

int net_rx_resume(struct net_queue *queue)
{
	int waiting = ring_back_waiting(&queue->rx);
	uint32_t i;

	if (waiting == RING_BROKEN) {
		return RING_BROKEN;
	}
	/* Of these, references may be gone. The front end takes the pages back and offers them again. */
	for (i = 0; i < NET_MAX_RX_SLOTS && i < (uint32_t)waiting; i++) {
		struct net_wire_rx_response response = { .status = NET_STATUS_ERROR };
		union net_wire_rx_slot slot;

		ring_back_take(&queue->rx, &slot);
		response.id = slot.request.id;
		ring_back_write(&queue->rx, &response, sizeof(response));
	}
	ring_back_publish(&queue->rx);
	return 0;
}
