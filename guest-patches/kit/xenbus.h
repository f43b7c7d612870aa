/* SPDX-License-Identifier: MIT */
/*
 * xenbus: how a front end finds its device in the store and meets its back end there.
 *
 * A device is a directory of ours, device/KIND/NUMBER; its nodes "backend" and "backend-id" name
 * the other half. Each half has a node "state" and looks at the other's: the back end waits for us
 * in XENBUS_INIT_WAIT, we write ring references and event channel and say XENBUS_INITIALISED, it
 * maps them and says XENBUS_CONNECTED, so do we. A back end that is killed and started again takes
 * up the rings by itself: a front end notices nothing.
 */
#ifndef KIT_XENBUS_H
#define KIT_XENBUS_H

#include <stdbool.h>
#include <stdint.h>
#include "drivers/back/protocol.h"

#define XENBUS_PATH_BYTES 96

struct xenbus_device {
	char path[XENBUS_PATH_BYTES];		/* our half */
	char backend[XENBUS_PATH_BYTES];	/* the other half */
	uint16_t backend_domid;
	uint32_t port;				/* event channel to the back end, bound */
};

/* The device with that place (0 is the first) among ours of @kind: "vbd", "vif". */
bool xenbus_find(struct xenbus_device *device, const char *kind, unsigned int place);

/* A node of either half as a number, @otherwise when it is missing. */
uint64_t xenbus_number(const char *half, const char *node, uint64_t otherwise);
int xenbus_text(const char *half, const char *node, char *value, unsigned int bytes);

bool xenbus_write(const struct xenbus_device *device, const char *node, const char *value);
bool xenbus_write_number(const struct xenbus_device *device, const char *node, uint64_t value);
bool xenbus_set_state(const struct xenbus_device *device, enum xenbus_state state);

/* Makes an event channel that the back end may bind, unmasks it, writes "event-channel". */
bool xenbus_open_port(struct xenbus_device *device);
/* Lends a page to the back end and writes its reference as @node. */
bool xenbus_share_ring(const struct xenbus_device *device, const char *node, const void *page);

/* Sleeps until the back end is in @state; false when it closes instead. */
bool xenbus_wait(const struct xenbus_device *device, enum xenbus_state state);

/* Sleeps until something happened: an event on a bound port, or a watch. Call with what there is to do done. */
void xenbus_sleep_unless(bool (*ready)(void *arg), void *arg);

#endif
