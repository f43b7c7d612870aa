/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block back end's own structures; what it shares with other back ends is in drivers/back.
 *
 * daemon - devices (one per disk of a guest) - queues (rings of a device) - requests. A queue lives
 * from the front end's connection until it is closed and its last request is done.
 *
 * Data moves by grant copy between guest pages and private buffers: no guest page but the ring's is
 * ever mapped, so nothing can change under a running request, and closing needs no waiting.
 *
 * Crash-only. Requests are answered in the order in which they came, so that a request without an
 * answer is still in the ring when the process was killed; blk_redo.c covers the few instructions
 * in which an answer overwrites its request. The lock on an image ends only with the last I/O of a
 * killed process, so the next one starts after it (blk_image.c).
 *
 * Bounds: requests and bytes in flight per device, buffers per process, requests per turn of the
 * loop, and a pause for guests that kick without asking for anything.
 */
#ifndef DRIVERS_BLK_BLKD_H
#define DRIVERS_BLK_BLKD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "drivers/back/back.h"
#include "drivers/blk/protocol.h"
#include "drivers/ring/ring.h"

#define BLK_PAGE_BYTES BACK_PAGE_BYTES
#define BLK_MAX_SEGMENTS 256u
#define BLK_MAX_RING_ORDER 4u
#define BLK_MAX_QUEUES 4u
/* In flight per device. */
#define BLK_DEVICE_REQUESTS 128u
#define BLK_DEVICE_BYTES (4u << 20)
/* Requests taken from one queue before the others have their turn. */
#define BLK_QUEUE_BUDGET 32u

#define BLK_STORE_BACKEND "/local/domain/0/backend/qdisk"

struct blk_counter_record;
struct blk_daemon;
struct blk_device;
struct blk_queue;
struct error;

/* --- blk_request.c: what a slot asks for, checked; no I/O, no memory --- */
struct blk_segment {
	uint32_t ref;
	uint8_t first;
	uint8_t count;		/* sectors */
};

/* The disk as requests see it. */
struct blk_limits {
	uint64_t sectors;
	bool is_read_only;
	bool has_discard;
};

struct blk_asked {
	uint64_t id;
	uint8_t wire_operation;		/* of the slot */
	uint8_t operation;		/* READ, WRITE, FLUSH, DISCARD; answers repeat this one */
	uint32_t segment_count;
	uint32_t indirect_ref;		/* wire_operation INDIRECT: the page of the segments */
	uint64_t sector;
	uint64_t sector_count;		/* DISCARD; else what the segments add up to */
};

/*
 * Looks at a private copy of a slot. A blk_status; on DONE @asked says what to do, and the segments
 * are those of @slot unless they are indirect. @asked's id and operations are always filled.
 */
int blk_request_decode(const union blk_wire_slot *slot, const struct blk_limits *limits,
		       struct blk_asked *asked);
/* Checks and converts the segments, and fills @asked->sector_count. A blk_status. */
int blk_request_segments(const struct blk_wire_segment *wire, const struct blk_limits *limits,
			 struct blk_asked *asked, struct blk_segment *segments);

/* --- blk_buffer.c: page-aligned memory for data --- */
/* The memory that most buffers come from, made at the first call. NULL: none to be had. */
void *blk_buffer_arena(size_t *bytes);
bool blk_buffer_is_in_arena(const void *buffer);
/* NULL when @bytes are more than BLK_MAX_SEGMENTS pages or the process's share is used up. */
void *blk_buffer_get(uint32_t bytes);
void blk_buffer_put(void *buffer, uint32_t bytes);
/* Whether any request can be given a buffer now. */
bool blk_buffer_has_room(void);

/* --- blk_image.c: the file or block device behind a disk --- */
struct blk_image {
	int fd;
	bool is_direct;
	bool is_block_device;
	bool has_no_cache;	/* of its own: what was written past ours is there to stay */
	uint32_t sector_bytes;
	uint32_t physical_bytes;
	struct blk_limits limits;
};

struct blk_image_options {
	bool is_read_only;
	bool is_shared;		/* mode "w!": others may write to it too */
	bool wants_discard;
};

/* -EBUSY when another process, or another disk, has it. */
int blk_image_open(struct blk_image *image, const char *path,
		   const struct blk_image_options *options, struct error *error);
void blk_image_close(struct blk_image *image);
/* Measures it again; limits follow, also when it has become smaller. Object of errors: @path. */
int blk_image_resize(struct blk_image *image, const char *path, struct error *error);

/* --- requests in flight --- */
struct blk_request {
	struct blk_request *next;	/* the following one of its queue */
	struct blk_queue *queue;
	struct blk_asked asked;
	int16_t status;
	bool is_done;
	bool is_parked;			/* its I/O failed with the image's export: starts again */
	uint32_t bytes;
	uint32_t moved;			/* of these, read or written so far */
	void *buffer;
	struct blk_segment segments[];
};

struct blk_queue {
	struct back_port port;
	struct blk_device *device;
	struct ring_back ring;
	struct gntdev_mapping mapping;
	uint32_t ref;			/* of the ring's first page */
	uint16_t index;
	bool is_stalled;		/* waits for requests of its device to end */
	bool is_closed;			/* no ring any more */
	uint32_t in_flight;
	struct blk_request *first;	/* oldest without an answer */
	struct blk_request *last;
};

/* Its number is that of the virtual device. */
struct blk_device {
	struct back_device base;
	struct blk_image image;
	struct blk_queue *queues[BLK_MAX_QUEUES];
	uint32_t queue_count;
	uint64_t bytes_in_flight;
	struct blk_counter_record *counters;	/* NULL: none */
	char export_format[12];		/* not empty: the image is shown as raw by lam-export */
	uint32_t export_looks;
	bool awaits_export;
	char script[128];		/* a user's: its "remove" is due when script_has_added */
	char script_device[128];	/* what "add" has made */
	pid_t script_pid;		/* its "add" runs */
	int script_status;
	bool script_has_ended;
	bool script_has_added;
};

struct blk_daemon {
	struct back_daemon base;
	struct blk_io *io;
	struct blk_redo *redo;
	const char *export_folder;
	struct loop_watch *export_timer;
};

static inline struct blk_daemon *blk_daemon_of(const struct blk_device *device)
{
	return (struct blk_daemon *)device->base.daemon;
}

/* --- blk_io.c: io_uring --- */
int blk_io_open(struct blk_daemon *daemon, struct error *error);
/* Starts a request's I/O; its end is reported by blk_request_ended(). 0 or -errno. */
int blk_io_start(struct blk_daemon *daemon, struct blk_request *request);
/* Sends what was started and reports what has ended meanwhile. Operation of the daemon. */
void blk_io_flush(struct back_daemon *daemon);

/* --- blk_export.c: images of other formats --- */
/* As blk_image_open(); -EINPROGRESS while lam-export starts: the device is updated when it has. */
int blk_export_open(struct blk_device *device, const struct blk_image_options *options,
		    struct error *error);
/* Whether @result says that the export has died: then the request is to be put aside. */
bool blk_export_has_died(struct blk_device *device, int result);
/* Callback of a timer; argument: the daemon. */
void blk_export_look(unsigned int events, void *daemon);

/* --- blk_script.c: a user's script --- */
/* 0 with the block device it has made, for the caller to free; -EINPROGRESS while it runs. */
int blk_script_add(struct blk_device *device, const char *script, char **path, struct error *error);
void blk_script_remove(struct blk_device *device);
/* Callback of SIGCHLD; argument: the daemon. */
void blk_script_ended(unsigned int events, void *daemon);

/* --- blk_redo.c --- */
/* @path: a file that outlives the process and not the machine. NULL: nothing is recorded. */
int blk_redo_open(struct blk_daemon *daemon, const char *path, struct error *error);
/* Writes and publishes answers so that a kill between any two instructions does no harm. */
bool blk_redo_publish(struct blk_queue *queue, const struct blk_wire_response *responses,
		      uint32_t count);
/* Finishes on a ring taken up again what a killed process had begun. */
void blk_redo_finish(struct blk_queue *queue);

/* --- blk_count.c: what lam top shows --- */
/* @path: a file that outlives the process. Until it is open nothing is counted. */
int blk_count_open(const char *path, struct error *error);
/* Gives a device its record, which goes on from a killed process; does nothing when it has one. */
void blk_count_begin(struct blk_device *device);
void blk_count_end(struct blk_device *device);
/* Requests wait for others of their device, or of all, to end. */
void blk_count_stall(struct blk_device *device);
void blk_count_answer(struct blk_device *device, const struct blk_request *request);

/* --- blk_queue.c --- */
/* Operation of a queue's port: takes and starts what the ring holds. Then comes blk_io_flush(). */
void blk_queue_run(struct back_port *port);
/* The result of a request's I/O: bytes or -errno. */
void blk_request_ended(struct blk_request *request, int result);
/* Starts the requests that were put aside. */
void blk_queue_restart(struct blk_queue *queue);
/* Unmaps and forgets the ring; freed when its last request has ended. */
void blk_queue_close(struct blk_queue *queue);

/* --- blk_connect.c --- */
/* Operations of blk_kind: reads the front end's nodes and takes up its rings, or gives them up. */
int blk_connect(struct back_device *device);
void blk_disconnect(struct back_device *device);

/* --- blk_device.c --- */
extern const struct back_kind blk_kind;

#endif
