// SPDX-License-Identifier: GPL-2.0-only
/*
 * An answer takes the slot of a request. Killed between the first word of the answer and the new
 * index, the process would leave a slot that is neither. So the answers are first written to a
 * record in a file on a memory file system; the record counts from the moment its count is not 0.
 * A successor that finds such a record for a ring it takes up writes the same answers again.
 *
 * One record at a time is enough: the process has one thread. What a predecessor left is kept in its
 * place until its ring is taken up, so there are a few places. Stores of a killed process appear in
 * program order on x86; the compiler is held to it by fences.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"

#define REDO_PLACES 8u

struct redo_record {
	uint32_t count;			/* 0: nothing */
	uint32_t rsp_prod;		/* of the first */
	uint32_t number;
	uint32_t ref;
	uint16_t domid;
	uint16_t queue;
	struct blk_wire_response responses[BLK_DEVICE_REQUESTS];
};

struct blk_redo {
	struct redo_record places[REDO_PLACES];
};

static struct redo_record *redo_current;

static void redo_set_count(struct redo_record *record, uint32_t count)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&record->count, count, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* A free place; all used by rings that nobody takes up any more: the first. */
static struct redo_record *redo_place(struct blk_redo *redo)
{
	uint32_t i;

	for (i = 0; i < REDO_PLACES; i++) {
		if (redo->places[i].count == 0) {
			return &redo->places[i];
		}
	}
	redo_set_count(&redo->places[0], 0);
	return &redo->places[0];
}

int blk_redo_open(struct blk_daemon *daemon, const char *path, struct error *error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	void *memory = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, sizeof(struct blk_redo)) == 0) {
		memory = mmap(NULL, sizeof(struct blk_redo), PROT_READ | PROT_WRITE, MAP_SHARED,
			      fd, 0);
	}
	if (memory == MAP_FAILED) {
		int rc = error_set(error, errno, path, "cannot be used: %s", strerror(errno));

		if (fd >= 0) {
			close(fd);
		}
		return rc;
	}
	close(fd);
	daemon->redo = memory;
	redo_current = redo_place(daemon->redo);
	return 0;
}

static bool redo_apply(struct blk_queue *queue, const struct blk_wire_response *responses,
		       uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		ring_back_write(&queue->ring, &responses[i], sizeof(responses[i]));
	}
	return ring_back_publish(&queue->ring);
}

bool blk_redo_publish(struct blk_queue *queue, const struct blk_wire_response *responses,
		      uint32_t count)
{
	struct redo_record *record = redo_current;
	bool notify;

	if (record == NULL) {
		return redo_apply(queue, responses, count);
	}
	record->rsp_prod = queue->ring.rsp_prod;
	record->number = queue->device->base.number;
	record->ref = queue->ref;
	record->domid = queue->device->base.domid;
	record->queue = queue->index;
	memcpy(record->responses, responses, count * sizeof(responses[0]));
	redo_set_count(record, count);
	notify = redo_apply(queue, responses, count);
	redo_set_count(record, 0);
	return notify;
}

static bool redo_is_of(const struct redo_record *record, const struct blk_queue *queue)
{
	return record->count != 0 && record->domid == queue->device->base.domid &&
	       record->number == queue->device->base.number && record->queue == queue->index &&
	       record->ref == queue->ref;
}

void blk_redo_finish(struct blk_queue *queue)
{
	struct blk_redo *redo = blk_daemon_of(queue->device)->redo;
	uint32_t i;

	for (i = 0; redo != NULL && i < REDO_PLACES; i++) {
		struct redo_record *record = &redo->places[i];
		int waiting = ring_back_waiting(&queue->ring);

		if (!redo_is_of(record, queue)) {
			continue;
		}
		if (record->rsp_prod == queue->ring.rsp_prod &&
		    record->count <= BLK_DEVICE_REQUESTS && waiting >= (int)record->count) {
			queue->ring.req_cons += record->count;
			redo_apply(queue, record->responses, record->count);
		}
		redo_set_count(record, 0);
	}
}
