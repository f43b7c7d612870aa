// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking up the rings that a front end offers in the store. Every node is the guest's: numbers are
 * parsed strictly and bounded, and the hypervisor says whether references and ports are good.
 * A ring whose back end died is taken up like a new one: where its answers end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "drivers/blk/blkd.h"

static int connect_check_protocol(struct blk_device *device)
{
	char *protocol = back_store_read(device->base.daemon, device->base.front, "protocol");
	int rc = protocol == NULL || strcmp(protocol, "x86_64-abi") == 0 ? 0 : -EPROTONOSUPPORT;

	free(protocol);
	return rc;
}

static int connect_map(struct blk_queue *queue, const char *folder, bool has_order,
		       uint32_t order)
{
	struct back_device *device = &queue->device->base;
	struct gntdev_refs refs = { .domid = device->domid, .count = 1u << order };
	uint32_t pages[1u << BLK_MAX_RING_ORDER];
	struct ring_slots slots;
	char name[24] = "ring-ref";
	uint32_t i;
	int rc;

	for (i = 0; i < refs.count; i++) {
		if (has_order) {
			snprintf(name, sizeof(name), "ring-ref%u", i);
		}
		rc = back_store_number(device->daemon, folder, name, &pages[i]);
		if (rc < 0) {
			return back_device_refuse(device, "its node ring-ref is no number", rc);
		}
	}
	refs.refs = pages;
	queue->ref = pages[0];
	rc = gntdev_map(&device->daemon->gntdev, &refs, PROT_READ | PROT_WRITE, &queue->mapping);
	if (rc < 0) {
		return back_device_refuse(device, "its ring cannot be mapped", rc);
	}
	slots = (struct ring_slots){
		.shared = queue->mapping.address,
		.slot_bytes = sizeof(union blk_wire_slot),
		.count = ring_slot_count((size_t)refs.count * BLK_PAGE_BYTES,
					 sizeof(union blk_wire_slot)),
	};
	if (ring_back_attach(&queue->ring, &slots) == RING_BROKEN) {
		return back_device_refuse(device, "its ring's indexes are impossible", -EPROTO);
	}
	return 0;
}

static int connect_bind(struct blk_queue *queue, const char *folder)
{
	struct back_device *device = &queue->device->base;
	uint32_t remote;
	int rc = back_store_number(device->daemon, folder, "event-channel", &remote);

	if (rc < 0) {
		return back_device_refuse(device, "its node event-channel is no number", rc);
	}
	rc = back_port_bind(&queue->port, device->daemon, device->domid, remote);
	return rc < 0 ? back_device_refuse(device, "its event channel cannot be bound", rc) : 0;
}

static int connect_queue(struct blk_device *device, const char *folder, bool has_order,
			 uint32_t order)
{
	struct blk_queue *queue = calloc(1, sizeof(*queue));
	int rc;

	if (queue == NULL) {
		return -ENOMEM;
	}
	queue->port.run = blk_queue_run;
	queue->device = device;
	queue->index = (uint16_t)device->queue_count;
	device->queues[device->queue_count++] = queue;
	rc = connect_map(queue, folder, has_order, order);
	return rc < 0 ? rc : connect_bind(queue, folder);
}

/* What a predecessor left is answered or started again; its lost notifications are made up for. */
static void connect_start(struct blk_device *device)
{
	uint32_t i;

	for (i = 0; i < device->queue_count; i++) {
		blk_redo_finish(device->queues[i]);
		back_port_notify(&device->queues[i]->port);
		back_port_later(&device->queues[i]->port, 0);
	}
	log_info("%s: %s: %llu sectors%s%s, %u queues of %u requests", device->base.name,
		 device->base.state == XENBUS_CONNECTED ? "taken up again" : "connected",
		 (unsigned long long)device->image.limits.sectors,
		 device->image.limits.is_read_only ? ", read-only" : "",
		 device->image.is_direct ? ", direct I/O" : "", device->queue_count,
		 device->queues[0]->ring.slots.count);
}

int blk_connect(struct back_device *base)
{
	struct blk_device *device = (struct blk_device *)base;
	char folder[BACK_PATH_BYTES + 32];
	uint32_t count, order, i;
	bool has_order;
	int rc = connect_check_protocol(device);

	if (rc < 0) {
		return back_device_refuse(base, "its protocol is not x86_64-abi", rc);
	}
	if (back_front_number(base, "multi-queue-num-queues", 1, &count) < 0 || count == 0 ||
	    count > BLK_MAX_QUEUES) {
		return back_device_refuse(base, "its number of queues is not offered", -ERANGE);
	}
	if (back_front_number(base, "ring-page-order", UINT32_MAX, &order) < 0 ||
	    (order != UINT32_MAX && order > BLK_MAX_RING_ORDER)) {
		return back_device_refuse(base, "its ring is larger than offered", -ERANGE);
	}
	has_order = order != UINT32_MAX;
	for (i = 0; i < count && rc == 0; i++) {
		snprintf(folder, sizeof(folder), "%s", base->front);
		if (count > 1) {
			snprintf(folder, sizeof(folder), "%s/queue-%u", base->front, i);
		}
		rc = connect_queue(device, folder, has_order, has_order ? order : 0);
	}
	if (rc < 0) {
		blk_disconnect(base);
		return rc;
	}
	connect_start(device);
	return 0;
}

void blk_disconnect(struct back_device *base)
{
	struct blk_device *device = (struct blk_device *)base;
	uint32_t i;

	for (i = 0; i < device->queue_count; i++) {
		blk_queue_close(device->queues[i]);
		device->queues[i] = NULL;
	}
	device->queue_count = 0;
}
