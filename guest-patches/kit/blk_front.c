/* SPDX-License-Identifier: MIT */
/*
 * blk_front: see blk_front.h. A request's id is its place in the table of jobs; an answer with an id
 * that is not under way is the back end's error and ends the device.
 */
#include "blk_front.h"

#include <stddef.h>
#include "event.h"
#include "grant.h"
#include "mm.h"

static bool share_ring(struct blk_front *front)
{
	void *page = page_alloc();
	struct ring_slots slots = {
		.shared = page, .slot_bytes = sizeof(union blk_wire_slot),
		.count = ring_slot_count(PAGE_BYTES, sizeof(union blk_wire_slot)),
	};

	if (!page) {
		return false;
	}
	ring_front_start(&front->ring, &slots);
	return xenbus_share_ring(&front->bus, "ring-ref", page);
}

static void read_facts(struct blk_front *front)
{
	const char *back = front->bus.backend;

	front->sectors = xenbus_number(back, "sectors", 0);
	front->sector_bytes = (uint32_t)xenbus_number(back, "sector-size", BLK_SECTOR_BYTES);
	front->is_read_only = xenbus_number(back, "info", 0) & BLK_INFO_READ_ONLY;
	front->can_flush = xenbus_number(back, "feature-flush-cache", 0) != 0;
}

bool blk_front_open(struct blk_front *front, unsigned int place)
{
	*front = (struct blk_front){ 0 };
	if (!xenbus_find(&front->bus, "vbd", place) || !xenbus_wait(&front->bus, XENBUS_INIT_WAIT) ||
	    !share_ring(front) || !xenbus_open_port(&front->bus) ||
	    !xenbus_write(&front->bus, "protocol", "x86_64-abi") ||
	    !xenbus_set_state(&front->bus, XENBUS_INITIALISED) ||
	    !xenbus_wait(&front->bus, XENBUS_CONNECTED)) {
		return false;
	}
	read_facts(front);
	return xenbus_set_state(&front->bus, XENBUS_CONNECTED);
}

/* Takes the pages of a job back. One that is still mapped stays lent: its memory is the back end's for good. */
static void end_grants(struct blk_job *job)
{
	unsigned int i;

	for (i = 0; i < BLK_DIRECT_SEGMENTS && job->refs[i]; i++) {
		grant_take_back(job->refs[i]);
		job->refs[i] = 0;
	}
}

static bool is_possible(const struct blk_front *front, const struct blk_job *job)
{
	if (job->operation == BLK_OP_FLUSH) {
		return job->sectors == 0;
	}
	return (job->operation == BLK_OP_READ || (job->operation == BLK_OP_WRITE && !front->is_read_only)) &&
	       job->sectors > 0 && job->sectors <= BLK_FRONT_MAX_SECTORS &&
	       (uint64_t)job->data % PAGE_BYTES == 0;
}

/* One segment per page. False when references ran out. */
static bool describe(struct blk_front *front, struct blk_job *job, struct blk_wire_request *request)
{
	uint32_t done, now;

	for (done = 0; done < job->sectors; done += now) {
		unsigned int at = request->segment_count;
		const char *page = (const char *)job->data + done * BLK_SECTOR_BYTES;

		now = job->sectors - done < BLK_SECTORS_PER_PAGE ? job->sectors - done : BLK_SECTORS_PER_PAGE;
		job->refs[at] = grant_give(page, front->bus.backend_domid, job->operation == BLK_OP_WRITE);
		if (!job->refs[at]) {
			end_grants(job);
			return false;
		}
		request->segments[at].ref = job->refs[at];
		request->segments[at].last = (uint8_t)(now - 1);
		request->segment_count++;
	}
	return true;
}

bool blk_front_submit(struct blk_front *front, struct blk_job *job)
{
	struct blk_wire_request request = { .operation = (uint8_t)job->operation, .sector = job->sector };
	unsigned int id = 0;

	while (id < BLK_FRONT_JOBS && front->jobs[id]) {
		id++;
	}
	if (front->is_broken || id == BLK_FRONT_JOBS || !ring_front_room(&front->ring) ||
	    !is_possible(front, job) || !describe(front, job, &request)) {
		return false;
	}
	request.id = id;
	job->status = BLK_FRONT_PENDING;
	front->jobs[id] = job;
	ring_front_write(&front->ring, &request, sizeof(request));
	if (ring_front_publish(&front->ring)) {
		event_send(front->bus.port);
	}
	return true;
}

static bool finish(struct blk_front *front, const struct blk_wire_response *response)
{
	struct blk_job *job = response->id < BLK_FRONT_JOBS ? front->jobs[response->id] : NULL;

	if (!job) {
		return false;
	}
	front->jobs[response->id] = NULL;
	end_grants(job);
	job->status = response->status;
	return true;
}

unsigned int blk_front_poll(struct blk_front *front)
{
	struct blk_wire_response response;
	unsigned int ended = 0;
	int waiting;

	while (!front->is_broken && (waiting = ring_front_waiting(&front->ring)) != 0) {
		if (waiting == RING_BROKEN) {
			front->is_broken = true;
			break;
		}
		ring_front_take(&front->ring, &response, sizeof(response));
		if (finish(front, &response)) {
			ended++;
		} else {
			front->is_broken = true;
		}
	}
	return ended;
}

/* Something to take, or no hope of it: no reason to sleep. Asks for an event otherwise. */
static bool is_ready(void *arg)
{
	struct blk_front *front = arg;

	return front->is_broken || ring_front_arm(&front->ring) != 0;
}

int blk_front_wait(struct blk_front *front, const struct blk_job *job)
{
	while (job->status == BLK_FRONT_PENDING && !front->is_broken) {
		xenbus_sleep_unless(is_ready, front);
		blk_front_poll(front);
	}
	return job->status == BLK_FRONT_PENDING ? BLK_STATUS_ERROR : job->status;
}
