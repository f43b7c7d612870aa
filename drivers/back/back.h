/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What back ends of every kind have in common: ports and whose turn it is, the store watched, the
 * states of a device walked, devices named and found again. One process, one thread, one event loop
 * for the devices of all guests.
 *
 * daemon - devices (one per front end) - ports (event channels of a device). A kind of devices puts
 * its own structures around these, first member, and says in a struct back_kind what it does its
 * own way. A device lives from its store nodes' appearance until they are gone and nothing of it
 * is in flight.
 *
 * The store's folders of back ends are dom0's; everything below a front end's folder is its
 * guest's, who may write anything there at any time.
 */
#ifndef DRIVERS_BACK_BACK_H
#define DRIVERS_BACK_BACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/back/protocol.h"
#include "sys/evtchn.h"
#include "sys/gntdev.h"
#include "sys/log.h"
#include "sys/loop.h"

#define BACK_PAGE_BYTES 4096u
#define BACK_MAX_PORT 131072u
#define BACK_PATH_BYTES 128
/* Kicks in a row that asked for nothing, after which a port has to wait. */
#define BACK_WASTED_KICKS 16u

struct back_daemon;
struct back_device;
struct back_port;
struct error;
struct xs_batch;
struct xs_handle;

/* What a kind of devices does its own way. Functions that a kind has no use for may be NULL. */
struct back_kind {
	const char *folder;	/* its back ends' in the store, without a slash at the end */
	/* Memory for a device, zeroed but for the kind's own members. NULL: none. */
	struct back_device *(*create)(void);
	void (*free)(struct back_device *device);
	/* Fills device->name from the nodes of its back folder. */
	void (*name)(struct back_device *device);
	/* Compares the store with what is done: back_device_update() unless it has no front end. */
	void (*update)(struct back_device *device);
	/*
	 * What the toolstack named is opened. 0 or -errno; on -EBUSY it is tried again soon, on
	 * -EINPROGRESS at the kind's own call of update().
	 */
	int (*open)(struct back_device *device, struct error *error);
	/* Undoes open(), also one that failed half way or was never called. */
	void (*close)(struct back_device *device);
	/* Adds what is offered to a batch: back_batch_number(). */
	void (*publish)(struct back_device *device, struct xs_batch *batch);
	/* Reads the front end's nodes, takes up its rings. 0 or -errno with a log line. */
	int (*connect)(struct back_device *device);
	/* Gives up rings and ports, also those of a connect() that failed half way. */
	void (*disconnect)(struct back_device *device);
	/* Another node of its back folder than the states has changed; the kind's own writes too. */
	void (*notice)(struct back_device *device, const char *node);
};

/* An event channel, and its place among those that go on at the next turn of the loop. */
struct back_port {
	struct back_daemon *daemon;
	struct back_port *next_ready;
	/* Looks at what the port stands for; sets wasted_kicks. May close the port. */
	void (*run)(struct back_port *port);
	uint32_t number;		/* ours; 0: none */
	uint16_t wasted_kicks;		/* in a row */
	bool is_ready;			/* on the list of those that go on at the next turn */
};

struct back_device {
	struct back_device *next;
	struct back_daemon *daemon;
	const struct back_kind *kind;
	uint16_t domid;
	uint32_t number;		/* as in its folders' names */
	char back[BACK_PATH_BYTES];	/* store folders */
	char front[BACK_PATH_BYTES];
	char name[48];			/* in log lines */
	enum xenbus_state state;		/* ours, as it stands in the store */
	bool is_open;			/* kind->open() succeeded */
	bool is_connected;
	bool is_listed;			/* its nodes were seen by the last look at all */
	bool is_gone;			/* its nodes are gone: freed when nothing is in flight */
	bool is_stopped;		/* broke the protocol: nothing is served until it reconnects */
	bool must_retry;		/* what it needs was busy */
	uint32_t in_flight;
	struct log_limit limit;
};

struct back_daemon {
	const struct back_kind *const *kinds;	/* ends with NULL */
	/* After each round of ports and of store events. May be NULL. */
	void (*flush)(struct back_daemon *daemon);
	struct loop *loop;
	struct evtchn evtchn;
	struct gntdev gntdev;
	struct xs_handle *store;
	struct loop_watch *store_watch;
	struct loop_watch *retry_timer;
	struct loop_watch *turn_timer;
	struct back_device *devices;
	struct back_port **by_port;
	uint32_t by_port_count;
	struct back_port *ready;	/* go on at the next turn */
	struct back_port *turn;		/* of these, who is still to be looked at in this one */
	/*
	 * How long ports that were served may be waited for at once (back_linger.c). 0: never. Set
	 * by kinds whose front ends wait for answers and which nobody in dom0 waits for.
	 */
	uint32_t linger_ns;
	int32_t linger_credit;		/* above 0: worth a try */
	bool is_awaiting;		/* a kind's flush(): something of ours will wake the loop */
	bool holds_notify;		/* one notification is kept for the wait to send */
	uint32_t held_notify;
};

/* --- back_port.c --- */
/* Binds to the guest's port @remote. 0 or -errno. The caller has set run. */
int back_port_bind(struct back_port *port, struct back_daemon *daemon, uint16_t domid,
		   uint32_t remote);
/* Makes a bound number known: part of back_port_bind(). */
int back_port_note(struct back_port *port, struct back_daemon *daemon, uint32_t number);
/* Forgets its turn and closes it. A port without a number is ignored. */
void back_port_close(struct back_port *port);
void back_port_notify(struct back_port *port);
/* Sends the notification that back_port_notify() kept back. */
void back_port_send_held(struct back_daemon *daemon);
/* Runs a kind's flush(), if it has one. */
void back_flush(struct back_daemon *daemon);
/* It goes on at the next turn of the loop, @delay_ms from now; a closed port does not. */
void back_port_later(struct back_port *port, uint32_t delay_ms);
/* Callback of the event channels' descriptor, and of the turn's timer; argument: the daemon. */
void back_port_ready(unsigned int events, void *daemon);
void back_port_turn(unsigned int events, void *daemon);

/* --- back_linger.c --- */
/* Whether to wait for more after ports have been served. */
bool back_linger_may(const struct back_daemon *daemon);
/* Serves @ports, which are masked, for as long as they fire again soon. */
void back_linger(struct back_daemon *daemon, const uint32_t *ports, uint32_t count);

/* --- back_device.c: the state machine --- */
struct back_device *back_device_find(struct back_daemon *daemon, const struct back_kind *kind,
				     uint16_t domid, uint32_t number);
/* The device of these nodes, made when there is none. NULL: no memory, or nodes without sense. */
struct back_device *back_device_get(struct back_daemon *daemon, const struct back_kind *kind,
				    uint16_t domid, uint32_t number);
/* Compares the states in the store with what is done and acts. */
void back_device_update(struct back_device *device);
/* Calls kind->open() unless it is open. False when that failed; the operator is told. */
bool back_device_open(struct back_device *device);
/* A state of the store as a number, XENBUS_UNKNOWN for what is none. False: no store. */
bool back_device_read_state(struct back_device *device, const char *folder, uint32_t *state);
/* Writes our state into the store unless it stands there. */
void back_device_set_state(struct back_device *device, enum xenbus_state state);
/* Writes it also when it stands there: the front end looks at the nodes again. */
void back_device_repeat_state(struct back_device *device);
/* The operator reads it in the node "error" of the back folder, and in the log. */
void back_device_tell_error(struct back_device *device, const struct error *error);
/* Says in the log why a connection fails; returns @rc. */
int back_device_refuse(struct back_device *device, const char *what, int rc);
/* Stops serving, says why; the device stays stopped until its front end reconnects. */
void back_device_stop(struct back_device *device, const char *why);
void back_device_disconnect(struct back_device *device);
/* Its nodes are gone. May free it. */
void back_device_remove(struct back_device *device);
/* Nothing is in flight any more: a device that waited for that goes on. May free it. */
void back_device_drained(struct back_device *device);

/* --- back_store.c --- */
void back_store_start(struct back_daemon *daemon);
/* The value of a node as text that the caller frees; NULL with errno. */
char *back_store_read(struct back_daemon *daemon, const char *folder, const char *name);
/* 0, -ENOENT, or -EINVAL when the node is no decimal number of 32 bits. */
int back_store_number(struct back_daemon *daemon, const char *folder, const char *name,
		      uint32_t *number);
/* A number of the front end's; when the node is missing, @otherwise. */
int back_front_number(struct back_device *device, const char *name, uint32_t otherwise,
		      uint32_t *number);
/* Adds a node of the device's back folder to a batch. */
void back_batch_number(struct xs_batch *batch, const struct back_device *device,
		       const char *name, uint64_t value);
/* Watches the state of the device's front end, or not any more. */
bool back_store_watch_front(struct back_device *device);
void back_store_unwatch_front(struct back_device *device);
/* Asks to look at devices with must_retry again soon. */
void back_store_retry(struct back_daemon *daemon);
/* Whether a decimal number of 32 bits and nothing else. */
bool back_parse_number(const char *text, uint32_t *number);

#endif
