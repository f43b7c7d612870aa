// SPDX-License-Identifier: GPL-2.0-only
/*
 * See net_world.h. What is handed to the tap device is asserted to lie in the back end's own pages
 * and to be no longer than a frame can be.
 */
#include "tests/unit/drivers/net_world.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct net_world net_world;

int net_tap_open(const char *name, bool has_queues)
{
	(void)name;
	(void)has_queues;
	return -ENODEV;
}

int net_tap_persist(int fd)
{
	(void)fd;
	return 0;
}

int net_tap_set_offload(int fd, const struct net_features *features)
{
	(void)fd;
	(void)features;
	return 0;
}

static bool world_is_ours(const struct iovec *part)
{
	const uint8_t *at = part->iov_base;

	return at >= net_pages[0] && at + part->iov_len <= net_pages[NET_BATCH_PAGES];
}

int net_tap_send(int fd, const struct iovec *parts, int count)
{
	struct net_world_frame *frame = &net_world.sent;
	int i;

	(void)fd;
	assert(parts[0].iov_len == sizeof(frame->header));
	memcpy(&frame->header, parts[0].iov_base, sizeof(frame->header));
	frame->bytes = 0;
	for (i = 1; i < count; i++) {
		assert(world_is_ours(&parts[i]));
		assert(frame->bytes + parts[i].iov_len <= NET_WORLD_FRAME_BYTES);
		memcpy(frame->data + frame->bytes, parts[i].iov_base, parts[i].iov_len);
		frame->bytes += (uint32_t)parts[i].iov_len;
	}
	assert(frame->bytes >= NET_ETHERNET_BYTES);
	net_world.sent_count++;
	return net_world.send_rc;
}

ssize_t net_tap_receive(int fd, struct virtio_net_hdr *header, void *to, size_t room)
{
	const struct net_world_frame *frame = &net_world.waiting[net_world.waiting_first];

	(void)fd;
	if (net_world.waiting_count == 0) {
		return -EAGAIN;
	}
	assert(frame->bytes <= room);
	*header = frame->header;
	memcpy(to, frame->data, frame->bytes);
	net_world.waiting_first = (net_world.waiting_first + 1) % NET_WORLD_FRAMES;
	net_world.waiting_count--;
	return (ssize_t)frame->bytes;
}

int net_link_find(const char *name, struct net_link *link)
{
	(void)name;
	memset(link, 0, sizeof(*link));
	return -ENODEV;
}

int net_link_set_up(int index, const struct net_link_setup *setup)
{
	(void)index;
	(void)setup;
	return 0;
}

int net_link_name(int index, const struct net_link_setup *setup)
{
	(void)index;
	(void)setup;
	return 0;
}

int net_link_delete(const char *name)
{
	(void)name;
	return 0;
}

void net_link_each_ours(void (*each)(const char *name, const char *alias, void *arg), void *arg)
{
	(void)each;
	(void)arg;
}

struct net_queue *net_world_queue(void)
{
	return net_world.device.queue_count != 0 ? net_world.device.queues[0] : NULL;
}

static struct ring_slots world_slots(uint32_t ring, uint32_t slot_bytes)
{
	return (struct ring_slots){
		.shared = (struct ring_shared *)(void *)net_world.rings[ring],
		.slot_bytes = slot_bytes,
		.count = ring_slot_count(4096, slot_bytes),
	};
}

static void world_fill_device(void)
{
	struct net_device *device = &net_world.device;

	memset(device, 0, sizeof(*device));
	device->base.daemon = &net_world.daemon;
	device->base.kind = &net_kind;
	device->base.domid = BACK_WORLD_DOMID;
	device->base.limit.used = 100;
	device->base.limit.next_ns = UINT64_MAX;
	device->features = (struct net_features){ true, true, true, true, true };
	device->rx_slots = NET_MAX_RX_SLOTS;
	device->base.is_connected = true;
	net_world.daemon.devices = &device->base;
}

static void world_attach(void)
{
	struct net_queue *queue = calloc(1, sizeof(*queue));
	struct ring_slots tx = world_slots(0, sizeof(union net_wire_tx_slot));
	struct ring_slots rx = world_slots(1, sizeof(union net_wire_rx_slot));

	assert(queue != NULL);
	world_fill_device();
	queue->device = &net_world.device;
	queue->fd = eventfd(0, EFD_CLOEXEC);
	queue->watch = loop_add_fd(net_world.daemon.loop, queue->fd, 0, net_queue_tap_event, queue);
	assert(queue->watch != NULL);
	queue->tx_port.run = net_queue_tx_event;
	queue->rx_port.run = net_queue_rx_event;
	queue->mapping.address = net_world.rings;
	net_world.device.queues[0] = queue;
	net_world.device.queue_count = 1;
	back_port_note(&queue->tx_port, &net_world.daemon, 3);
	back_port_note(&queue->rx_port, &net_world.daemon, 4);
	if (ring_back_attach(&queue->tx, &tx) == RING_BROKEN ||
	    ring_back_attach(&queue->rx, &rx) == RING_BROKEN ||
	    net_tx_resume(queue) == RING_BROKEN || net_rx_resume(queue) == RING_BROKEN) {
		back_device_stop(&net_world.device.base, "test");
		return;
	}
	back_port_later(&queue->tx_port, 0);
}

void net_world_clear_rings(void)
{
	struct ring_slots tx = world_slots(0, sizeof(union net_wire_tx_slot));
	struct ring_slots rx = world_slots(1, sizeof(union net_wire_rx_slot));

	memset(net_world.rings, 0, sizeof(net_world.rings));
	ring_front_start(&net_world.tx, &tx);
	ring_front_start(&net_world.rx, &rx);
}

void net_world_start(void)
{
	memset(&net_world, 0, sizeof(net_world));
	memset(&back_world, 0, sizeof(back_world));
	back_world.pages = net_world.pages;
	net_world.daemon.loop = loop_create();
	net_world.daemon.turn_timer = loop_add_timer(net_world.daemon.loop, back_port_turn,
						     &net_world.daemon);
	assert(net_world.daemon.turn_timer != NULL);
	net_world_clear_rings();
	world_attach();
}

void net_world_kill(void)
{
	back_device_disconnect(&net_world.device.base);
	world_attach();
}

void net_world_end(void)
{
	back_device_disconnect(&net_world.device.base);
	loop_remove(net_world.daemon.turn_timer);
	loop_destroy(net_world.daemon.loop);
	free(net_world.daemon.by_port);
}

void net_world_kick(void)
{
	int turns;

	if (net_world_queue() != NULL) {
		net_queue_tx_event(&net_world_queue()->tx_port);
	}
	if (net_world_queue() != NULL) {
		net_queue_rx_event(&net_world_queue()->rx_port);
	}
	for (turns = 0; turns < 40 && net_world.daemon.ready != NULL; turns++) {
		back_port_turn(0, &net_world.daemon);
	}
	for (turns = 0; turns < 40 && net_world_queue() != NULL &&
	     !net_world_queue()->is_starved && net_world.waiting_count != 0; turns++) {
		net_queue_tap_event(LOOP_READ, net_world_queue());
	}
}
