// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the ring to I/O and back: take a slot, check it, copy what a write carries out of the guest,
 * start; when it has ended, copy what a read brought into the guest, and answer all that is done
 * from the oldest request on.
 *
 * A request that is wrong is answered with an error. A ring whose indexes are wrong stops its
 * device. Neither costs anybody else anything.
 */
#include <errno.h>
#include <stdlib.h>

#include "drivers/blk/blkd.h"

/* One turn's copies; the process has one thread. */
static struct gntdev_copy_segment queue_copies[BLK_MAX_SEGMENTS];
static struct blk_segment queue_segments[BLK_MAX_SEGMENTS];
static struct blk_wire_segment queue_wire[BLK_MAX_SEGMENTS];

static struct blk_limits *queue_limits(struct blk_queue *queue)
{
	return &queue->device->image.limits;
}

static bool queue_copy(struct blk_queue *queue, uint32_t count)
{
	uint32_t i;

	if (gntdev_copy(&queue->device->base.daemon->gntdev, queue_copies, count) < 0) {
		return false;
	}
	for (i = 0; i < count; i++) {
		if (queue_copies[i].status != 0) {
			return false;
		}
	}
	return true;
}

/* Between the guest's pages and the buffer. False when the guest has not granted what it named. */
static bool queue_copy_data(struct blk_request *request, bool to_guest)
{
	char *at = request->buffer;
	uint32_t i;

	for (i = 0; i < request->asked.segment_count; i++) {
		const struct blk_segment *segment = &request->segments[i];
		struct gntdev_copy_segment *copy = &queue_copies[i];
		struct gntdev_copy_end guest = {
			.foreign = {
				.ref = segment->ref,
				.offset = (uint16_t)(segment->first * BLK_SECTOR_BYTES),
				.domid = request->queue->device->base.domid,
			},
		};
		struct gntdev_copy_end local = { .virt = at };

		copy->source = to_guest ? local : guest;
		copy->dest = to_guest ? guest : local;
		copy->flags = to_guest ? GNTDEV_COPY_DEST_GREF : GNTDEV_COPY_SOURCE_GREF;
		copy->len = (uint16_t)(segment->count * BLK_SECTOR_BYTES);
		copy->status = -1;
		at += copy->len;
	}
	return queue_copy(request->queue, request->asked.segment_count);
}

/* The segments of an indirect request, out of the page that holds them. */
static bool queue_fetch_indirect(struct blk_queue *queue, const struct blk_asked *asked)
{
	queue_copies[0] = (struct gntdev_copy_segment){
		.source.foreign = { .ref = asked->indirect_ref, .domid = queue->device->base.domid },
		.dest.virt = queue_wire,
		.len = (uint16_t)(asked->segment_count * sizeof(queue_wire[0])),
		.flags = GNTDEV_COPY_SOURCE_GREF,
		.status = -1,
	};
	return queue_copy(queue, 1);
}

/* Answers what is done, oldest first, up to the first that is not. */
static void queue_answer(struct blk_queue *queue)
{
	struct blk_wire_response responses[BLK_DEVICE_REQUESTS];
	struct blk_device *device = queue->device;
	uint32_t count = 0;

	while (queue->first != NULL && queue->first->is_done) {
		struct blk_request *request = queue->first;

		responses[count++] = (struct blk_wire_response){
			.id = request->asked.id,
			.operation = request->asked.operation,
			.status = request->status,
		};
		blk_count_answer(device, request);
		queue->first = request->next;
		queue->in_flight--;
		device->base.in_flight--;
		free(request);
	}
	if (queue->first == NULL) {
		queue->last = NULL;
	}
	if (count != 0 && !queue->is_closed && blk_redo_publish(queue, responses, count)) {
		back_port_notify(&queue->port);
	}
}

static void request_finish(struct blk_request *request, int status)
{
	struct blk_device *device = request->queue->device;

	blk_buffer_put(request->buffer, request->bytes);
	request->buffer = NULL;
	device->bytes_in_flight -= request->bytes;
	request->status = (int16_t)status;
	request->is_done = true;
}

static int request_status(const struct blk_request *request, int result)
{
	if (result == -EOPNOTSUPP || result == -ENOTTY) {
		return BLK_STATUS_UNSUPPORTED;
	}
	return result < 0 || request->moved != request->bytes ? BLK_STATUS_ERROR : BLK_STATUS_DONE;
}

static void queue_resume(struct blk_device *device)
{
	uint32_t i;

	for (i = 0; i < device->queue_count; i++) {
		struct blk_queue *queue = device->queues[i];

		if (queue != NULL && queue->is_stalled) {
			queue->is_stalled = false;
			back_port_later(&queue->port, 0);
		}
	}
}

void blk_request_ended(struct blk_request *request, int result)
{
	struct blk_queue *queue = request->queue;
	struct blk_device *device = queue->device;
	int status;

	if (request->bytes != 0 && result > 0) {
		request->moved += (uint32_t)result;
	}
	if (!queue->is_closed && blk_export_has_died(device, result)) {
		request->is_parked = true;
		return;
	}
	/* A part was moved, or nothing for a passing reason: the rest follows. */
	if ((result > 0 && request->moved < request->bytes) || result == -EINTR ||
	    result == -EAGAIN) {
		if (blk_io_start(blk_daemon_of(device), request) == 0) {
			return;
		}
		result = -EIO;
	}
	status = request_status(request, result);
	if (status == BLK_STATUS_ERROR) {
		log_write_limited(&device->base.limit, LOG_LEVEL_WARNING,
				  "%s: operation %u at sector %llu failed: %d", device->base.name,
				  request->asked.operation,
				  (unsigned long long)request->asked.sector, result);
	}
	if (status == BLK_STATUS_DONE && request->asked.operation == BLK_OP_READ &&
	    !queue->is_closed && !queue_copy_data(request, true)) {
		status = BLK_STATUS_ERROR;
	}
	request_finish(request, status);
	queue_answer(queue);
	if (queue->is_closed && queue->in_flight == 0) {
		free(queue);
	}
	queue_resume(device);
	if (device->base.in_flight == 0) {
		back_device_drained(&device->base);
	}
}

/* Appends a request to its queue's list. */
static void queue_append(struct blk_queue *queue, struct blk_request *request)
{
	if (queue->last != NULL) {
		queue->last->next = request;
	} else {
		queue->first = request;
	}
	queue->last = request;
	queue->in_flight++;
	queue->device->base.in_flight++;
}

static int queue_read_segments(struct blk_queue *queue, const union blk_wire_slot *slot,
			       struct blk_asked *asked)
{
	if (asked->wire_operation != BLK_OP_INDIRECT) {
		return blk_request_segments(slot->request.segments, queue_limits(queue), asked,
					    queue_segments);
	}
	if (!queue_fetch_indirect(queue, asked)) {
		return BLK_STATUS_ERROR;
	}
	return blk_request_segments(queue_wire, queue_limits(queue), asked, queue_segments);
}

/* Gives a request its memory and, for a write, its data. A blk_status. */
static int request_load(struct blk_request *request)
{
	uint32_t i;

	if (request->asked.segment_count == 0) {
		return BLK_STATUS_DONE;
	}
	for (i = 0; i < request->asked.segment_count; i++) {
		request->segments[i] = queue_segments[i];
	}
	request->buffer = blk_buffer_get((uint32_t)request->asked.sector_count *
					 BLK_SECTOR_BYTES);
	if (request->buffer == NULL) {
		return BLK_STATUS_ERROR;
	}
	request->bytes = (uint32_t)request->asked.sector_count * BLK_SECTOR_BYTES;
	request->queue->device->bytes_in_flight += request->bytes;
	if (request->asked.operation == BLK_OP_WRITE && !queue_copy_data(request, false)) {
		return BLK_STATUS_ERROR;
	}
	return BLK_STATUS_DONE;
}

/* Takes one slot. False when there is no memory for it: nothing was taken then. */
static bool queue_take(struct blk_queue *queue)
{
	union blk_wire_slot slot;
	struct blk_asked asked;
	struct blk_request *request;
	int status;

	ring_back_take(&queue->ring, &slot);
	status = blk_request_decode(&slot, queue_limits(queue), &asked);
	if (status == BLK_STATUS_DONE && asked.segment_count != 0) {
		status = queue_read_segments(queue, &slot, &asked);
	}
	if (status != BLK_STATUS_DONE) {
		asked.segment_count = 0;
	}
	request = malloc(sizeof(*request) + asked.segment_count * sizeof(request->segments[0]));
	if (request == NULL) {
		queue->ring.req_cons--;
		return false;
	}
	*request = (struct blk_request){ .queue = queue, .asked = asked };
	queue_append(queue, request);
	if (status == BLK_STATUS_DONE) {
		status = request_load(request);
	}
	if (status == BLK_STATUS_DONE && blk_io_start(blk_daemon_of(queue->device), request) < 0) {
		status = BLK_STATUS_ERROR;
	}
	if (status != BLK_STATUS_DONE) {
		request_finish(request, status);
		log_write_limited(&queue->device->base.limit, LOG_LEVEL_WARNING,
				  "%s: refused: operation %u (%u), sector %llu, %u segments",
				  queue->device->base.name, asked.wire_operation, asked.operation,
				  (unsigned long long)asked.sector, asked.segment_count);
	}
	return true;
}

/*
 * An exported image gets one request at a time: QEMU's FUSE export (before 10.0) has one buffer, and
 * a write that arrives while another waits for its image overwrites that one's data.
 */
static bool queue_may_take(const struct blk_queue *queue)
{
	const struct blk_device *device = queue->device;
	uint32_t most = device->export_format[0] != '\0' ? 1 : BLK_DEVICE_REQUESTS;

	return device->base.in_flight < most && device->bytes_in_flight < BLK_DEVICE_BYTES;
}

static void queue_broken(struct blk_queue *queue)
{
	back_device_stop(&queue->device->base, "its ring's indexes are impossible");
}

/* Takes what waits within the budget: how many, or RING_BROKEN. */
static int queue_take_waiting(struct blk_queue *queue)
{
	int waiting = ring_back_waiting(&queue->ring);
	int taken = 0;

	while (waiting > 0 && taken < (int)BLK_QUEUE_BUDGET) {
		if (!queue_may_take(queue)) {
			/* What was refused is done already: nothing would wake us for it. */
			queue_answer(queue);
		}
		if (!queue_may_take(queue)) {
			queue->is_stalled = true;
			blk_count_stall(queue->device);
			break;
		}
		/* The memory of the whole process is used up: later. */
		if (!blk_buffer_has_room() || !queue_take(queue)) {
			back_port_later(&queue->port, 10);
			blk_count_stall(queue->device);
			break;
		}
		taken++;
		waiting--;
		if (waiting == 0) {
			waiting = ring_back_waiting(&queue->ring);
		}
	}
	return waiting == RING_BROKEN ? RING_BROKEN : taken;
}

void blk_queue_run(struct back_port *port)
{
	struct blk_queue *queue = (struct blk_queue *)port;
	int taken, left;

	if (queue->is_closed || queue->is_stalled) {
		return;
	}
	taken = queue_take_waiting(queue);
	port->wasted_kicks = taken > 0 ? 0 : (uint16_t)(port->wasted_kicks + 1);
	queue_answer(queue);
	left = taken == RING_BROKEN || queue->is_stalled ? taken : ring_back_arm(&queue->ring);
	if (taken == RING_BROKEN || left == RING_BROKEN) {
		queue_broken(queue);
	} else if (left > 0 && !queue->is_stalled) {
		back_port_later(&queue->port, 0);
	}
}

void blk_queue_restart(struct blk_queue *queue)
{
	struct blk_request *request;

	for (request = queue->first; request != NULL; request = request->next) {
		if (request->is_parked) {
			request->is_parked = false;
			if (blk_io_start(blk_daemon_of(queue->device), request) < 0) {
				request_finish(request, BLK_STATUS_ERROR);
			}
		}
	}
}

static void queue_drop_parked(struct blk_queue *queue)
{
	struct blk_request *request;

	for (request = queue->first; request != NULL; request = request->next) {
		if (request->is_parked) {
			request->is_parked = false;
			request_finish(request, BLK_STATUS_ERROR);
		}
	}
	queue_answer(queue);
}

void blk_queue_close(struct blk_queue *queue)
{
	queue->is_closed = true;
	queue_drop_parked(queue);
	back_port_close(&queue->port);
	gntdev_unmap(&queue->device->base.daemon->gntdev, &queue->mapping);
	if (queue->in_flight == 0) {
		free(queue);
	}
}
