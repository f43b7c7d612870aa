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

static int connect_fail(struct blk_device *device, const char *what, int rc)
{
	log_write_limited(&device->limit, LOG_LEVEL_WARNING, "%s: %s: %s", device->name, what,
			  strerror(-rc));
	return rc;
}

/* A number of the front end's; when the node is missing, @otherwise. */
static int connect_option(struct blk_device *device, const char *name, uint32_t otherwise,
			  uint32_t *number)
{
	int rc = blk_store_number(device->daemon, device->front, name, number);

	if (rc == -ENOENT) {
		*number = otherwise;
		rc = 0;
	}
	return rc;
}

static int connect_check_protocol(struct blk_device *device)
{
	char *protocol = blk_store_read(device->daemon, device->front, "protocol");
	int rc = protocol == NULL || strcmp(protocol, "x86_64-abi") == 0 ? 0 : -EPROTONOSUPPORT;

	free(protocol);
	return rc;
}

static int connect_map(struct blk_queue *queue, const char *folder, bool has_order,
		       uint32_t order)
{
	struct blk_device *device = queue->device;
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
		rc = blk_store_number(device->daemon, folder, name, &pages[i]);
		if (rc < 0) {
			return connect_fail(device, "its node ring-ref is no number", rc);
		}
	}
	refs.refs = pages;
	queue->ref = pages[0];
	rc = gntdev_map(&device->daemon->gntdev, &refs, PROT_READ | PROT_WRITE, &queue->mapping);
	if (rc < 0) {
		return connect_fail(device, "its ring cannot be mapped", rc);
	}
	slots = (struct ring_slots){
		.shared = queue->mapping.address,
		.slot_bytes = sizeof(union blk_wire_slot),
		.count = ring_slot_count((size_t)refs.count * BLK_PAGE_BYTES,
					 sizeof(union blk_wire_slot)),
	};
	if (ring_back_attach(&queue->ring, &slots) == RING_BROKEN) {
		return connect_fail(device, "its ring's indexes are impossible", -EPROTO);
	}
	return 0;
}

static int connect_bind(struct blk_queue *queue, const char *folder)
{
	struct blk_device *device = queue->device;
	uint32_t remote;
	int rc = blk_store_number(device->daemon, folder, "event-channel", &remote);

	if (rc < 0) {
		return connect_fail(device, "its node event-channel is no number", rc);
	}
	rc = evtchn_bind_interdomain(&device->daemon->evtchn, device->domid, remote);
	if (rc < 0) {
		return connect_fail(device, "its event channel cannot be bound", rc);
	}
	queue->port = (uint32_t)rc;
	rc = blk_event_note_port(device->daemon, queue->port, queue);
	return rc < 0 ? connect_fail(device, "no room for its event channel", rc) : 0;
}

static int connect_queue(struct blk_device *device, const char *folder, bool has_order,
			 uint32_t order)
{
	struct blk_queue *queue = calloc(1, sizeof(*queue));
	int rc;

	if (queue == NULL) {
		return -ENOMEM;
	}
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
		evtchn_notify(&device->daemon->evtchn, device->queues[i]->port);
		blk_event_later(device->queues[i], 0);
	}
	device->is_connected = true;
}

int blk_connect(struct blk_device *device)
{
	char folder[BLK_PATH_BYTES + 32];
	uint32_t count, order, i;
	bool has_order;
	int rc = connect_check_protocol(device);

	if (rc < 0) {
		return connect_fail(device, "its protocol is not x86_64-abi", rc);
	}
	if (connect_option(device, "multi-queue-num-queues", 1, &count) < 0 || count == 0 ||
	    count > BLK_MAX_QUEUES) {
		return connect_fail(device, "its number of queues is not offered", -ERANGE);
	}
	if (connect_option(device, "ring-page-order", UINT32_MAX, &order) < 0 ||
	    (order != UINT32_MAX && order > BLK_MAX_RING_ORDER)) {
		return connect_fail(device, "its ring is larger than offered", -ERANGE);
	}
	has_order = order != UINT32_MAX;
	for (i = 0; i < count && rc == 0; i++) {
		snprintf(folder, sizeof(folder), "%s", device->front);
		if (count > 1) {
			snprintf(folder, sizeof(folder), "%s/queue-%u", device->front, i);
		}
		rc = connect_queue(device, folder, has_order, has_order ? order : 0);
	}
	if (rc < 0) {
		blk_disconnect(device);
		return rc;
	}
	connect_start(device);
	return 0;
}

void blk_disconnect(struct blk_device *device)
{
	uint32_t i;

	for (i = 0; i < device->queue_count; i++) {
		blk_queue_close(device->queues[i]);
		device->queues[i] = NULL;
	}
	device->queue_count = 0;
	device->is_connected = false;
}
