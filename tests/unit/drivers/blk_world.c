// SPDX-License-Identifier: GPL-2.0-only
/*
 * See blk_world.h. Every access is asserted to lie within page and disk: what slips through the
 * checks of the back end ends the test.
 */
#include "tests/unit/drivers/blk_world.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct blk_world world;

int gntdev_map(struct gntdev *gntdev, const struct gntdev_refs *refs, int prot,
	       struct gntdev_mapping *mapping)
{
	(void)gntdev;
	(void)prot;
	mapping->address = world.ring;
	mapping->count = refs->count;
	return 0;
}

void gntdev_unmap(struct gntdev *gntdev, struct gntdev_mapping *mapping)
{
	(void)gntdev;
	if (mapping->address != NULL) {
		mapping->address = NULL;
		world.unmapped++;
	}
}

static uint8_t *world_at(const struct gntdev_copy_end *end, bool is_foreign, uint16_t len)
{
	if (!is_foreign) {
		return end->virt;
	}
	assert(end->foreign.offset + len <= 4096);
	assert(end->foreign.domid == BLK_WORLD_DOMID);
	if (end->foreign.ref == 0 || end->foreign.ref >= BLK_WORLD_PAGES) {
		return NULL;
	}
	return world.pages[end->foreign.ref] + end->foreign.offset;
}

int gntdev_copy(struct gntdev *gntdev, struct gntdev_copy_segment *segments, uint32_t count)
{
	uint32_t i;

	(void)gntdev;
	for (i = 0; i < count; i++) {
		uint16_t flags = segments[i].flags;
		uint8_t *from = world_at(&segments[i].source, flags & GNTDEV_COPY_SOURCE_GREF,
					 segments[i].len);
		uint8_t *to = world_at(&segments[i].dest, flags & GNTDEV_COPY_DEST_GREF,
				       segments[i].len);

		segments[i].status = from == NULL || to == NULL ? -3 : 0;
		if (segments[i].status == 0) {
			memcpy(to, from, segments[i].len);
		}
	}
	return 0;
}

int evtchn_bind_interdomain(struct evtchn *evtchn, uint16_t domid, uint32_t remote_port)
{
	(void)evtchn;
	(void)domid;
	return (int)remote_port;
}

int evtchn_unbind(struct evtchn *evtchn, uint32_t port)
{
	(void)evtchn;
	(void)port;
	return 0;
}

int evtchn_notify(struct evtchn *evtchn, uint32_t port)
{
	(void)evtchn;
	(void)port;
	world.notified++;
	return 0;
}

int evtchn_read(struct evtchn *evtchn, uint32_t *ports, unsigned int count)
{
	(void)evtchn;
	(void)ports;
	(void)count;
	return -EAGAIN;
}

int evtchn_unmask(struct evtchn *evtchn, uint32_t port)
{
	(void)evtchn;
	(void)port;
	return 0;
}

int blk_io_start(struct blk_daemon *daemon, struct blk_request *request)
{
	(void)daemon;
	assert(world.started_count < BLK_DEVICE_REQUESTS);
	world.started[world.started_count++] = request;
	return 0;
}

static int world_do(struct blk_request *request)
{
	uint64_t at = request->asked.sector * 512 + request->moved;
	uint32_t bytes = request->bytes - request->moved;

	if (request->asked.operation == BLK_OP_DISCARD) {
		bytes = (uint32_t)request->asked.sector_count * 512;
		assert(at + bytes <= sizeof(world.disk));
		memset(world.disk + at, 0, bytes);
		return 0;
	}
	assert(request->asked.sector <= BLK_WORLD_SECTORS || request->bytes == 0);
	assert(bytes == 0 || at + bytes <= sizeof(world.disk));
	if (world.short_bytes != 0 && bytes > world.short_bytes) {
		bytes = world.short_bytes;
	}
	if (request->asked.operation == BLK_OP_READ) {
		memcpy((uint8_t *)request->buffer + request->moved, world.disk + at, bytes);
	} else if (request->asked.operation == BLK_OP_WRITE) {
		memcpy(world.disk + at, (uint8_t *)request->buffer + request->moved, bytes);
	}
	return (int)bytes;
}

void blk_io_flush(struct blk_daemon *daemon)
{
	(void)daemon;
	while (!world.hold_io && world.started_count != 0) {
		uint32_t at = world.ends_backwards ? world.started_count - 1 : 0;
		struct blk_request *request = world.started[at];

		world.started_count--;
		memmove(&world.started[at], &world.started[at + 1],
			(world.started_count - at) * sizeof(world.started[0]));
		blk_request_ended(request, world_do(request));
	}
}

static struct ring_slots world_slots(void)
{
	return (struct ring_slots){
		.shared = (struct ring_shared *)(void *)world.ring,
		.slot_bytes = sizeof(union blk_wire_slot),
		.count = ring_slot_count(BLK_WORLD_RING_BYTES, sizeof(union blk_wire_slot)),
	};
}

static void world_attach(void)
{
	struct blk_queue *queue = calloc(1, sizeof(*queue));
	struct ring_slots slots = world_slots();

	assert(queue != NULL);
	memset(&world.device, 0, sizeof(world.device));
	world.device.daemon = &world.daemon;
	world.device.domid = BLK_WORLD_DOMID;
	world.device.number = 51712;
	world.device.image.fd = -1;
	world.device.image.limits.sectors = BLK_WORLD_SECTORS;
	world.device.image.limits.has_discard = true;
	world.device.limit.used = 100;
	world.device.limit.next_ns = UINT64_MAX;
	queue->device = &world.device;
	queue->ref = 8;
	queue->port = 3;
	gntdev_map(&world.daemon.gntdev, &(struct gntdev_refs){ .count = 2 }, 0, &queue->mapping);
	world.device.queues[0] = queue;
	world.device.queue_count = 1;
	world.device.is_connected = true;
	world.daemon.devices = &world.device;
	blk_event_note_port(&world.daemon, 3, queue);
	if (ring_back_attach(&queue->ring, &slots) == RING_BROKEN) {
		blk_device_stop(&world.device, "test");
		return;
	}
	blk_redo_finish(queue);
	blk_event_later(queue, 0);
}

void blk_world_start(void)
{
	struct ring_slots slots;

	memset(&world, 0, sizeof(world));
	world.ring = mmap(NULL, BLK_WORLD_RING_BYTES, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(world.ring != MAP_FAILED);
	world.daemon.loop = loop_create();
	world.daemon.turn_timer = loop_add_timer(world.daemon.loop, blk_event_turn,
						 &world.daemon);
	assert(world.daemon.turn_timer != NULL);
	slots = world_slots();
	ring_front_start(&world.front, &slots);
	world_attach();
}

/* Requests of the dead process are freed here; nothing of them may reach disk or ring. */
static void world_drop(void)
{
	struct blk_queue *queue = world.device.queues[0];
	uint32_t i;

	/* A queue that was closed before goes with its last request. */
	for (i = 0; i < world.started_count; i++) {
		if (world.started[i]->queue->is_closed) {
			blk_request_ended(world.started[i], -EIO);
		}
	}
	world.started_count = 0;
	if (queue == NULL) {
		return;
	}
	while (queue->first != NULL) {
		struct blk_request *request = queue->first;

		queue->first = request->next;
		blk_buffer_put(request->buffer, request->bytes);
		free(request);
	}
	queue->in_flight = 0;
	world.device.in_flight = 0;
	blk_disconnect(&world.device);
}

void blk_world_kill(void)
{
	world_drop();
	world_attach();
}

void blk_world_end(void)
{
	world_drop();
	loop_remove(world.daemon.turn_timer);
	loop_destroy(world.daemon.loop);
	free(world.daemon.by_port);
	munmap(world.ring, BLK_WORLD_RING_BYTES);
}

void blk_world_kick(void)
{
	int turns;

	if (world.device.queues[0] != NULL) {
		blk_queue_run(world.device.queues[0]);
	}
	blk_io_flush(&world.daemon);
	for (turns = 0; turns < 40 && world.daemon.ready != NULL; turns++) {
		blk_event_turn(0, &world.daemon);
	}
}
