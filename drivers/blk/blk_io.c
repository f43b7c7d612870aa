// SPDX-License-Identifier: GPL-2.0-only
/*
 * One io_uring for all disks. Submissions are collected during a turn of the loop and sent by one
 * system call; what the kernel finishes at once is reaped in the same turn. The ring's descriptor
 * wakes the loop for the rest.
 */
#include <errno.h>
#include <liburing.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"

#define IO_ENTRIES 256u
#define IO_REAP_AT_ONCE 64u
#define IO_RETRY_MS 1u

struct blk_io {
	struct io_uring uring;
	struct loop_watch *watch;
	uint32_t unsent;
	uint32_t in_flight;
	bool knows_arena;	/* buffers of the arena are registered, as number 0 */
};

static void io_ready(unsigned int events, void *opaque)
{
	(void)events;
	blk_io_flush(opaque);
}

/* Without it (a limit on locked memory, an old kernel) every request pins its pages itself. */
static void io_register_arena(struct blk_io *io)
{
	struct iovec arena = { 0 };

	arena.iov_base = blk_buffer_arena(&arena.iov_len);
	io->knows_arena = arena.iov_base != NULL &&
			  io_uring_register_buffers(&io->uring, &arena, 1) == 0;
}

int blk_io_open(struct blk_daemon *daemon, struct error *error)
{
	struct blk_io *io = calloc(1, sizeof(*io));
	int rc;

	if (io == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the I/O queue");
	}
	rc = io_uring_queue_init(IO_ENTRIES, &io->uring, 0);
	if (rc < 0) {
		free(io);
		error_set(error, -rc, "io_uring", "the kernel does not offer it: %s",
			  strerror(-rc));
		error_set_hint(error, "disks need a dom0 kernel of at least 5.6 with io_uring "
			       "enabled (sysctl kernel.io_uring_disabled=0)");
		return rc;
	}
	io_register_arena(io);
	daemon->io = io;
	io->watch = loop_add_fd(daemon->base.loop, io->uring.ring_fd, 0, io_ready, daemon);
	if (io->watch == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for an event loop");
	}
	return 0;
}

static void io_submit(struct blk_io *io)
{
	int rc;

	while (io->unsent != 0) {
		rc = io_uring_submit(&io->uring);
		if (rc <= 0 && rc != -EINTR) {
			return;
		}
		if (rc > 0) {
			io->unsent -= (uint32_t)rc < io->unsent ? (uint32_t)rc : io->unsent;
		}
	}
}

static void io_prepare_transfer(const struct blk_io *io, struct io_uring_sqe *sqe,
				const struct blk_request *request)
{
	uint64_t offset = request->asked.sector * BLK_SECTOR_BYTES + request->moved;
	char *at = (char *)request->buffer + request->moved;
	uint32_t left = request->bytes - request->moved;
	int fd = request->queue->device->image.fd;
	bool is_read = request->asked.operation == BLK_OP_READ;

	if (io->knows_arena && blk_buffer_is_in_arena(at)) {
		if (is_read) {
			io_uring_prep_read_fixed(sqe, fd, at, left, offset, 0);
		} else {
			io_uring_prep_write_fixed(sqe, fd, at, left, offset, 0);
		}
	} else if (is_read) {
		io_uring_prep_read(sqe, fd, at, left, offset);
	} else {
		io_uring_prep_write(sqe, fd, at, left, offset);
	}
}

static void io_prepare(const struct blk_io *io, struct io_uring_sqe *sqe,
		       const struct blk_request *request)
{
	const struct blk_asked *asked = &request->asked;
	int fd = request->queue->device->image.fd;

	switch (asked->operation) {
	case BLK_OP_READ:
	case BLK_OP_WRITE:
		io_prepare_transfer(io, sqe, request);
		break;
	case BLK_OP_FLUSH:
		io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
		break;
	default:
		io_uring_prep_fallocate(sqe, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					(off_t)(asked->sector * BLK_SECTOR_BYTES),
					(off_t)(asked->sector_count * BLK_SECTOR_BYTES));
		break;
	}
}

int blk_io_start(struct blk_daemon *daemon, struct blk_request *request)
{
	struct blk_io *io = daemon->io;
	struct io_uring_sqe *sqe = io_uring_get_sqe(&io->uring);

	if (sqe == NULL) {
		io_submit(io);
		sqe = io_uring_get_sqe(&io->uring);
	}
	if (sqe == NULL) {
		return -EBUSY;
	}
	io_prepare(io, sqe, request);
	io_uring_sqe_set_data(sqe, request);
	io->unsent++;
	io->in_flight++;
	return 0;
}

void blk_io_flush(struct back_daemon *daemon)
{
	struct io_uring_cqe *cqes[IO_REAP_AT_ONCE];
	struct blk_io *io = ((struct blk_daemon *)daemon)->io;
	unsigned int count, i;

	do {
		io_submit(io);
		count = io_uring_peek_batch_cqe(&io->uring, cqes, IO_REAP_AT_ONCE);
		for (i = 0; i < count; i++) {
			struct blk_request *request = io_uring_cqe_get_data(cqes[i]);
			int result = cqes[i]->res;

			io_uring_cqe_seen(&io->uring, cqes[i]);
			io->in_flight--;
			blk_request_ended(request, result);
		}
	} while (count != 0);
	daemon->is_awaiting = io->in_flight != 0;
	/* Watched only while something is due: what ends at once need not wake the loop. */
	loop_set_events(io->watch, io->in_flight != 0 ? LOOP_READ : 0);
	/* The kernel is short of something (EAGAIN, EBUSY): sent again soon. */
	if (io->unsent != 0) {
		loop_arm_timer(daemon->turn_timer, IO_RETRY_MS);
	}
}
