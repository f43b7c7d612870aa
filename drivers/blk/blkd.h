/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block back end's own structures: one process, one thread, one event loop for the disks of
 * all guests.
 *
 * daemon - devices (one per disk of a guest) - queues (rings of a device) - requests. Who owns what:
 * a device lives from its store nodes' appearance until they are gone and its last request is done;
 * a queue from the front end's connection until it is closed and its last request is done.
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

#include "drivers/blk/protocol.h"
#include "drivers/ring/ring.h"
#include "sys/evtchn.h"
#include "sys/gntdev.h"
#include "sys/log.h"
#include "sys/loop.h"

#define BLK_PAGE_BYTES 4096u
#define BLK_MAX_SEGMENTS 256u
#define BLK_MAX_RING_ORDER 4u
#define BLK_MAX_QUEUES 4u
/* In flight per device. */
#define BLK_DEVICE_REQUESTS 128u
#define BLK_DEVICE_BYTES (4u << 20)
/* Requests taken from one queue before the others have their turn. */
#define BLK_QUEUE_BUDGET 32u
#define BLK_MAX_PORT 131072u
#define BLK_PATH_BYTES 128

#define BLK_STORE_BACKEND "/local/domain/0/backend/qdisk"

enum blk_state {
	BLK_STATE_UNKNOWN = 0,
	BLK_STATE_INITIALISING = 1,
	BLK_STATE_INIT_WAIT = 2,
	BLK_STATE_INITIALISED = 3,
	BLK_STATE_CONNECTED = 4,
	BLK_STATE_CLOSING = 5,
	BLK_STATE_CLOSED = 6,
};

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

/* --- requests in flight --- */
struct blk_request {
	struct blk_request *next;	/* the following one of its queue */
	struct blk_queue *queue;
	struct blk_asked asked;
	int16_t status;
	bool is_done;
	uint32_t bytes;
	uint32_t moved;			/* of these, read or written so far */
	void *buffer;
	struct blk_segment segments[];
};

struct blk_queue {
	struct blk_device *device;
	struct blk_queue *next_ready;
	struct ring_back ring;
	struct gntdev_mapping mapping;
	uint32_t port;			/* ours; 0: none */
	uint32_t ref;			/* of the ring's first page */
	uint16_t index;
	uint16_t wasted_kicks;		/* in a row */
	bool is_ready;			/* on the list of those that go on at the next turn */
	bool is_stalled;		/* waits for requests of its device to end */
	bool is_closed;			/* no ring any more */
	uint32_t in_flight;
	struct blk_request *first;	/* oldest without an answer */
	struct blk_request *last;
};

struct blk_device {
	struct blk_device *next;
	struct blk_daemon *daemon;
	uint16_t domid;
	uint32_t number;		/* virtual device number */
	char back[BLK_PATH_BYTES];	/* store folders */
	char front[BLK_PATH_BYTES];
	char name[48];			/* in log lines */
	enum blk_state state;		/* ours, as it stands in the store */
	bool is_connected;
	bool is_listed;			/* its nodes were seen by the last look at all */
	bool is_gone;			/* its nodes are gone: freed with the last request */
	bool is_stopped;		/* broke the protocol: nothing is served until it reconnects */
	bool must_retry;		/* the image was busy */
	struct blk_image image;
	struct blk_queue *queues[BLK_MAX_QUEUES];
	uint32_t queue_count;
	uint32_t in_flight;
	uint64_t bytes_in_flight;
	struct log_limit limit;
};

struct blk_daemon {
	struct loop *loop;
	struct evtchn evtchn;
	struct gntdev gntdev;
	struct xs_handle *store;
	struct loop_watch *store_watch;
	struct loop_watch *retry_timer;
	struct loop_watch *turn_timer;
	struct blk_io *io;
	struct blk_device *devices;
	struct blk_queue **by_port;
	uint32_t by_port_count;
	struct blk_queue *ready;	/* go on at the next turn */
	struct blk_queue *turn;		/* of these, who is still to be looked at in this one */
	struct blk_redo *redo;
};

/* --- blk_io.c: io_uring --- */
int blk_io_open(struct blk_daemon *daemon, struct error *error);
/* Starts a request's I/O; its end is reported by blk_request_ended(). 0 or -errno. */
int blk_io_start(struct blk_daemon *daemon, struct blk_request *request);
/* Sends what was started and reports what has ended meanwhile. */
void blk_io_flush(struct blk_daemon *daemon);

/* --- blk_redo.c --- */
/* @path: a file that outlives the process and not the machine. NULL: nothing is recorded. */
int blk_redo_open(struct blk_daemon *daemon, const char *path, struct error *error);
/* Writes and publishes answers so that a kill between any two instructions does no harm. */
bool blk_redo_publish(struct blk_queue *queue, const struct blk_wire_response *responses,
		      uint32_t count);
/* Finishes on a ring taken up again what a killed process had begun. */
void blk_redo_finish(struct blk_queue *queue);

/* --- blk_queue.c --- */
/* Takes and starts what the ring holds. Follow with blk_io_flush(). */
void blk_queue_run(struct blk_queue *queue);
/* The result of a request's I/O: bytes or -errno. */
void blk_request_ended(struct blk_request *request, int result);
/* Unmaps and forgets the ring; freed when its last request has ended. */
void blk_queue_close(struct blk_queue *queue);

/* --- blk_event.c --- */
int blk_event_note_port(struct blk_daemon *daemon, uint32_t port, struct blk_queue *queue);
/* The queue goes on at the next turn of the loop, @delay_ms from now. */
void blk_event_later(struct blk_queue *queue, uint32_t delay_ms);
void blk_event_forget(struct blk_queue *queue);
/* Callback of the event channels' descriptor; argument: the daemon. */
void blk_event_ready(unsigned int events, void *daemon);
void blk_event_turn(unsigned int events, void *daemon);

/* --- blk_connect.c --- */
/* Reads the front end's nodes and takes up its rings. 0 or -errno with a log line. */
int blk_connect(struct blk_device *device);
void blk_disconnect(struct blk_device *device);
/* Stops serving, says why; the device stays stopped until its front end reconnects. */
void blk_device_stop(struct blk_device *device, const char *why);

/* --- blk_device.c: the state machine --- */
struct blk_device *blk_device_find(struct blk_daemon *daemon, uint16_t domid, uint32_t number);
/* The device of these nodes, made when there is none. NULL: no memory, or nodes that make no sense. */
struct blk_device *blk_device_get(struct blk_daemon *daemon, uint16_t domid, uint32_t number);
/* Compares the states in the store with what is done and acts. */
void blk_device_update(struct blk_device *device);
/* Its nodes are gone. May free it. */
void blk_device_remove(struct blk_device *device);
/* A request ended: a device that waited for that goes on. May free it. */
void blk_device_drained(struct blk_device *device);

/* --- blk_store.c --- */
void blk_store_start(struct blk_daemon *daemon);
/* The value of a node as text that the caller frees; NULL with errno. */
char *blk_store_read(struct blk_daemon *daemon, const char *folder, const char *name);
/* 0, -ENOENT, or -EINVAL when the node is no decimal number of 32 bits. */
int blk_store_number(struct blk_daemon *daemon, const char *folder, const char *name,
		     uint32_t *number);
/* Asks to look at devices with must_retry again soon. */
void blk_store_retry(struct blk_daemon *daemon);

#endif
