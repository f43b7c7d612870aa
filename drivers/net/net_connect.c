// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking up the rings that a front end offers in the store. Every node is the guest's: numbers are
 * parsed strictly and bounded, and the hypervisor says whether references and ports are good.
 * Rings whose back end died are taken up where their answers end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drivers/net/netd.h"

/* Whether the front end says 1; without the node it does not. */
static bool connect_has(struct net_device *device, const char *name)
{
	uint32_t value;

	return back_front_number(&device->base, name, 0, &value) == 0 && value == 1;
}

static void connect_read_features(struct net_device *device)
{
	struct net_features *features = &device->features;

	features->has_sg = connect_has(device, "feature-sg");
	features->has_csum4 = !connect_has(device, "feature-no-csum-offload");
	features->has_csum6 = connect_has(device, "feature-ipv6-csum-offload");
	features->has_gso4 = features->has_sg && connect_has(device, "feature-gso-tcpv4");
	features->has_gso6 = features->has_sg && connect_has(device, "feature-gso-tcpv6");
}

/* How many pages the greatest frame takes. */
static uint32_t connect_count_slots(const struct net_device *device)
{
	const struct net_features *features = &device->features;
	struct net_link link;

	if (!features->has_sg) {
		return 1;
	}
	if (features->has_gso4 || features->has_gso6 || net_link_find(device->link, &link) < 0) {
		return NET_MAX_RX_SLOTS;
	}
	/* Two tags of a virtual LAN may come on top. */
	return (link.mtu + NET_ETHERNET_BYTES + 8 + BACK_PAGE_BYTES - 1) / BACK_PAGE_BYTES;
}

static int connect_ring(struct ring_back *ring, void *page, uint32_t slot_bytes)
{
	struct ring_slots slots = {
		.shared = page,
		.slot_bytes = slot_bytes,
		.count = ring_slot_count(BACK_PAGE_BYTES, slot_bytes),
	};

	return ring_back_attach(ring, &slots);
}

static int connect_map(struct net_queue *queue, const char *folder)
{
	struct back_device *device = &queue->device->base;
	uint32_t pages[2];
	struct gntdev_refs refs = { .domid = device->domid, .count = 2, .refs = pages };
	char *address;
	int rc = back_store_number(device->daemon, folder, "tx-ring-ref", &pages[0]);

	if (rc == 0) {
		rc = back_store_number(device->daemon, folder, "rx-ring-ref", &pages[1]);
	}
	if (rc < 0) {
		return back_device_refuse(device, "its ring references are no numbers", rc);
	}
	rc = gntdev_map(&device->daemon->gntdev, &refs, PROT_READ | PROT_WRITE, &queue->mapping);
	if (rc < 0) {
		return back_device_refuse(device, "its rings cannot be mapped", rc);
	}
	address = queue->mapping.address;
	if (connect_ring(&queue->tx, address, sizeof(union net_wire_tx_slot)) == RING_BROKEN ||
	    connect_ring(&queue->rx, address + BACK_PAGE_BYTES,
			 sizeof(union net_wire_rx_slot)) == RING_BROKEN) {
		return back_device_refuse(device, "its rings' indexes are impossible", -EPROTO);
	}
	return 0;
}

static int connect_port(struct net_queue *queue, struct back_port *port, const char *folder,
			const char *name)
{
	struct back_device *device = &queue->device->base;
	uint32_t remote;
	int rc = back_store_number(device->daemon, folder, name, &remote);

	if (rc < 0) {
		return back_device_refuse(device, "its event channel is no number", rc);
	}
	rc = back_port_bind(port, device->daemon, device->domid, remote);
	return rc < 0 ? back_device_refuse(device, "its event channel cannot be bound", rc) : 0;
}

static int connect_ports(struct net_queue *queue, const char *folder)
{
	struct back_device *device = &queue->device->base;
	char *split = back_store_read(device->daemon, folder, "event-channel-tx");
	int rc;

	queue->tx_port.run = net_queue_tx_event;
	queue->rx_port.run = net_queue_rx_event;
	if (split == NULL) {
		return connect_port(queue, &queue->tx_port, folder, "event-channel");
	}
	free(split);
	rc = connect_port(queue, &queue->tx_port, folder, "event-channel-tx");
	return rc < 0 ? rc : connect_port(queue, &queue->rx_port, folder, "event-channel-rx");
}

static int connect_tap(struct net_queue *queue)
{
	struct net_device *device = queue->device;
	int rc = net_tap_open(device->link, device->max_queues > 1);

	if (rc < 0) {
		return back_device_refuse(&device->base, "its tap device cannot be opened", rc);
	}
	queue->fd = rc;
	rc = net_tap_set_offload(queue->fd, &device->features);
	if (rc < 0) {
		return back_device_refuse(&device->base, "its tap device cannot be adjusted", rc);
	}
	queue->watch = loop_add_fd(device->base.daemon->loop, queue->fd, 0, net_queue_tap_event,
				   queue);
	return queue->watch == NULL ? -ENOMEM : 0;
}

static int connect_queue(struct net_device *device, const char *folder)
{
	struct net_queue *queue = calloc(1, sizeof(*queue));
	int rc;

	if (queue == NULL) {
		return -ENOMEM;
	}
	queue->device = device;
	queue->index = (uint16_t)device->queue_count;
	queue->fd = -1;
	device->queues[device->queue_count++] = queue;
	rc = connect_map(queue, folder);
	if (rc == 0) {
		rc = connect_ports(queue, folder);
	}
	return rc < 0 ? rc : connect_tap(queue);
}

static int connect_queues(struct net_device *device, uint32_t count)
{
	char folder[BACK_PATH_BYTES + 32];
	uint32_t i;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		if (count > 1) {
			snprintf(folder, sizeof(folder), "%s/queue-%u", device->base.front, i);
		} else {
			snprintf(folder, sizeof(folder), "%s", device->base.front);
		}
		rc = connect_queue(device, folder);
	}
	return rc;
}

/* What a predecessor may have spoilt is given up; its lost notifications are made up for. */
static int connect_start(struct net_device *device)
{
	bool is_taken_up = device->base.state == XENBUS_CONNECTED;
	uint32_t i;

	for (i = 0; i < device->queue_count; i++) {
		struct net_queue *queue = device->queues[i];

		if (is_taken_up && (net_tx_resume(queue) == RING_BROKEN ||
				    net_rx_resume(queue) == RING_BROKEN)) {
			return back_device_refuse(&device->base, "its rings make no sense", -EPROTO);
		}
		loop_set_events(queue->watch, LOOP_READ);
		back_port_notify(&queue->tx_port);
		if (queue->rx_port.number != 0) {
			back_port_notify(&queue->rx_port);
		}
		back_port_later(&queue->tx_port, 0);
	}
	log_info("%s: %s: %u queues%s%s%s", device->base.name,
		 is_taken_up ? "taken up again" : "connected", device->queue_count,
		 device->queues[0]->rx_port.number != 0 ? ", ports apart" : "",
		 device->features.has_csum4 && device->features.has_csum6 ? ", checksums" : "",
		 device->features.has_gso4 || device->features.has_gso6 ? ", segments" : "");
	return 0;
}

int net_connect(struct back_device *base)
{
	struct net_device *device = (struct net_device *)base;
	uint32_t count;
	int rc;

	if (!connect_has(device, "request-rx-copy")) {
		return back_device_refuse(base, "it wants pages, not copies", -EOPNOTSUPP);
	}
	if (back_front_number(base, "multi-queue-num-queues", 1, &count) < 0 || count == 0 ||
	    count > device->max_queues) {
		return back_device_refuse(base, "its number of queues is not offered", -ERANGE);
	}
	connect_read_features(device);
	device->rx_slots = connect_count_slots(device);
	rc = connect_queues(device, count);
	if (rc == 0) {
		rc = connect_start(device);
	}
	if (rc < 0) {
		net_disconnect(base);
	}
	return rc;
}

static void connect_close_queue(struct net_queue *queue)
{
	back_port_close(&queue->tx_port);
	back_port_close(&queue->rx_port);
	loop_remove(queue->watch);
	if (queue->fd >= 0) {
		close(queue->fd);
	}
	gntdev_unmap(&queue->device->base.daemon->gntdev, &queue->mapping);
	free(queue);
}

void net_disconnect(struct back_device *base)
{
	struct net_device *device = (struct net_device *)base;
	uint32_t i;

	for (i = 0; i < device->queue_count; i++) {
		connect_close_queue(device->queues[i]);
		device->queues[i] = NULL;
	}
	device->queue_count = 0;
}
