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

int blk_io_start(struct blk_daemon *daemon, struct blk_request *request)
{
	(void)daemon;
	assert(world.started_count < BLK_DEVICE_REQUESTS);
	world.started[world.started_count++] = request;
	if (world.started_count > world.most_started) {
		world.most_started = world.started_count;
	}
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

void blk_io_flush(struct back_daemon *daemon)
{
	(void)daemon;
	while (!world.hold_io && world.started_count != 0) {
		uint32_t at = world.ends_backwards ? world.started_count - 1 : 0;
		struct blk_request *request = world.started[at];

		world.started_count--;
		memmove(&world.started[at], &world.started[at + 1],
			(world.started_count - at) * sizeof(world.started[0]));
		blk_request_ended(request, world.fail_with != 0 ? world.fail_with :
							  world_do(request));
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
	world.device.base.daemon = &world.daemon.base;
	world.device.base.kind = &blk_kind;
	world.device.base.domid = BACK_WORLD_DOMID;
	world.device.base.number = 51712;
	world.device.image.fd = -1;
	world.device.image.limits.sectors = BLK_WORLD_SECTORS;
	world.device.image.limits.has_discard = true;
	world.device.base.limit.used = 100;
	world.device.base.limit.next_ns = UINT64_MAX;
	queue->device = &world.device;
	queue->ref = 8;
	queue->port.run = blk_queue_run;
	gntdev_map(&world.daemon.base.gntdev, &(struct gntdev_refs){ .count = 2 }, 0, &queue->mapping);
	world.device.queues[0] = queue;
	world.device.queue_count = 1;
	world.device.base.is_connected = true;
	world.daemon.base.devices = &world.device.base;
	back_port_note(&queue->port, &world.daemon.base, 3);
	if (ring_back_attach(&queue->ring, &slots) == RING_BROKEN) {
		back_device_stop(&world.device.base, "test");
		return;
	}
	blk_redo_finish(queue);
	back_port_later(&queue->port, 0);
}

void blk_world_start(void)
{
	struct ring_slots slots;

	memset(&world, 0, sizeof(world));
	memset(&back_world, 0, sizeof(back_world));
	back_world.pages = world.pages;
	world.ring = mmap(NULL, BLK_WORLD_RING_BYTES, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(world.ring != MAP_FAILED);
	back_world.ring = world.ring;
	world.daemon.base.flush = blk_io_flush;
	world.daemon.base.loop = loop_create();
	world.daemon.base.turn_timer = loop_add_timer(world.daemon.base.loop, back_port_turn,
						      &world.daemon.base);
	assert(world.daemon.base.turn_timer != NULL);
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
	world.device.base.in_flight = 0;
	back_device_disconnect(&world.device.base);
}

void blk_world_kill(void)
{
	world_drop();
	world_attach();
}

void blk_world_end(void)
{
	world_drop();
	loop_remove(world.daemon.base.turn_timer);
	loop_remove(world.daemon.export_timer);
	loop_destroy(world.daemon.base.loop);
	free(world.daemon.base.by_port);
	munmap(world.ring, BLK_WORLD_RING_BYTES);
}

void blk_world_kick(void)
{
	int turns;

	if (world.device.queues[0] != NULL) {
		blk_queue_run(&world.device.queues[0]->port);
	}
	blk_io_flush(&world.daemon.base);
	for (turns = 0; turns < 40 && world.daemon.base.ready != NULL; turns++) {
		back_port_turn(0, &world.daemon.base);
	}
}
