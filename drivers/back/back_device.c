// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine. It has no memory of how it got somewhere: each change of a node compares the
 * front end's state, ours, and what is really open, and does the next thing. So it does not matter
 * in which order a guest walks the states, nor whether this process has just been started again.
 *
 * A reconnection waits until nothing of the last connection is in flight: no late effect of the old
 * one may follow one of the new one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/back/back.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

struct back_device *back_device_find(struct back_daemon *daemon, const struct back_kind *kind,
				     uint16_t domid, uint32_t number)
{
	struct back_device *device = daemon->devices;

	while (device != NULL && (device->kind != kind || device->domid != domid ||
				  device->number != number || device->is_gone)) {
		device = device->next;
	}
	return device;
}

/* Reads where its nodes are, and names it. */
static bool device_identify(struct back_device *device)
{
	char *front;

	snprintf(device->back, sizeof(device->back), "%s/%u/%u", device->kind->folder,
		 device->domid, device->number);
	front = back_store_read(device->daemon, device->back, "frontend");
	if (front == NULL || strlen(front) >= sizeof(device->front)) {
		free(front);
		return false;
	}
	strcpy(device->front, front);
	free(front);
	device->kind->name(device);
	return back_store_watch_front(device);
}

struct back_device *back_device_get(struct back_daemon *daemon, const struct back_kind *kind,
				    uint16_t domid, uint32_t number)
{
	struct back_device *device = back_device_find(daemon, kind, domid, number);

	if (device != NULL) {
		return device;
	}
	device = kind->create();
	if (device == NULL) {
		return NULL;
	}
	device->daemon = daemon;
	device->kind = kind;
	device->domid = domid;
	device->number = number;
	if (!device_identify(device)) {
		kind->free(device);
		return NULL;
	}
	device->next = daemon->devices;
	daemon->devices = device;
	return device;
}

bool back_device_read_state(struct back_device *device, const char *folder, uint32_t *state)
{
	int rc = back_store_number(device->daemon, folder, "state", state);

	if (rc == -ENOENT || rc == -EINVAL) {
		*state = XENBUS_UNKNOWN;
		rc = 0;
	}
	return rc == 0;
}

/* Only where there is a value: nodes that are being removed must not come back by our writing. */
static bool device_replace(struct xs_handle *store, const char *path, char text)
{
	xs_transaction_t transaction = xs_transaction_start(store);
	char *old;
	bool is_written;

	if (transaction == XBT_NULL) {
		return false;
	}
	old = xs_read(store, transaction, path, NULL);
	is_written = old != NULL && xs_write(store, transaction, path, &text, 1);
	free(old);
	return xs_transaction_end(store, transaction, !is_written) && is_written;
}

static bool device_write_state(struct back_device *device, enum xenbus_state state)
{
	struct xs_handle *store = device->daemon->store;
	char path[BACK_PATH_BYTES + 16];
	char text = (char)('0' + state);

	snprintf(path, sizeof(path), "%s/state", device->back);
	if (state >= XENBUS_CLOSING) {
		return device_replace(store, path, text);
	}
	return xs_write(store, XBT_NULL, path, &text, 1);
}

void back_device_set_state(struct back_device *device, enum xenbus_state state)
{
	if (device->state != state && device_write_state(device, state)) {
		device->state = state;
	}
}

void back_device_repeat_state(struct back_device *device)
{
	device_write_state(device, device->state);
}

void back_device_tell_error(struct back_device *device, const struct error *error)
{
	char path[BACK_PATH_BYTES + 16];
	char text[600];
	int length = error_format(error, text, sizeof(text));

	if (length >= (int)sizeof(text)) {
		length = sizeof(text) - 1;
	}
	snprintf(path, sizeof(path), "%s/error", device->back);
	xs_write(device->daemon->store, XBT_NULL, path, text, (unsigned int)length);
	log_warning("%s: %s", device->name, text);
}

int back_device_refuse(struct back_device *device, const char *what, int rc)
{
	log_write_limited(&device->limit, LOG_LEVEL_WARNING, "%s: %s: %s", device->name, what,
			  strerror(-rc));
	return rc;
}

bool back_device_open(struct back_device *device)
{
	struct error error = { 0 };
	int rc;

	if (device->is_open) {
		return true;
	}
	rc = device->kind->open(device, &error);
	if (rc < 0 && rc != -EINPROGRESS && !device->must_retry) {
		back_device_tell_error(device, &error);
	}
	device->is_open = rc == 0;
	device->must_retry = rc == -EBUSY;
	if (device->must_retry) {
		back_store_retry(device->daemon);
	}
	return rc == 0;
}

static bool device_publish(struct back_device *device)
{
	struct xs_batch *batch = xs_batch_create(device->daemon->store, XBT_NULL);

	if (batch == NULL) {
		return false;
	}
	device->kind->publish(device, batch);
	return xs_batch_run(batch, NULL);
}

static void device_prepare(struct back_device *device)
{
	device->is_stopped = false;
	if (device->state == XENBUS_INIT_WAIT && device->is_open) {
		return;
	}
	if (back_device_open(device) && device_publish(device)) {
		back_device_set_state(device, XENBUS_INIT_WAIT);
	}
}

static void device_connect(struct back_device *device)
{
	if (device->is_connected || device->is_stopped || device->state == XENBUS_CLOSING ||
	    device->state == XENBUS_CLOSED || !back_device_open(device)) {
		return;
	}
	if (device->kind->connect(device) < 0) {
		back_device_stop(device, "it cannot be connected");
		return;
	}
	device->is_connected = true;
	back_device_set_state(device, XENBUS_CONNECTED);
}

void back_device_disconnect(struct back_device *device)
{
	if (device->kind->disconnect != NULL) {
		device->kind->disconnect(device);
	}
	device->is_connected = false;
}

void back_device_stop(struct back_device *device, const char *why)
{
	log_write_limited(&device->limit, LOG_LEVEL_WARNING, "%s: stopped: %s", device->name,
			  why);
	back_device_disconnect(device);
	device->is_stopped = true;
	if (device->daemon->store != NULL) {
		back_device_set_state(device, XENBUS_CLOSING);
	}
}

static void device_close(struct back_device *device)
{
	device->kind->close(device);
	device->is_open = false;
	device->is_stopped = false;
	back_device_set_state(device, XENBUS_CLOSED);
}

void back_device_update(struct back_device *device)
{
	uint32_t front, mine, online;

	if (!back_device_read_state(device, device->front, &front) ||
	    !back_device_read_state(device, device->back, &mine)) {
		return;
	}
	if (mine == XENBUS_UNKNOWN) {
		back_device_remove(device);
		return;
	}
	if (back_store_number(device->daemon, device->back, "online", &online) < 0) {
		online = 0;
	}
	device->state = (enum xenbus_state)mine;
	if (front == XENBUS_INITIALISED || front == XENBUS_CONNECTED) {
		device_connect(device);
		return;
	}
	back_device_disconnect(device);
	if (front == XENBUS_CLOSING) {
		back_device_set_state(device, XENBUS_CLOSING);
	}
	/* back_device_drained() comes back when the last of it has ended. */
	if (device->in_flight != 0 || front == XENBUS_CLOSING) {
		return;
	}
	if (front == XENBUS_INITIALISING && online != 0) {
		device_prepare(device);
	} else {
		device_close(device);
	}
}

static void device_free(struct back_device *device)
{
	struct back_device **at = &device->daemon->devices;

	while (*at != device) {
		at = &(*at)->next;
	}
	*at = device->next;
	device->kind->close(device);
	device->kind->free(device);
}

void back_device_remove(struct back_device *device)
{
	back_device_disconnect(device);
	back_store_unwatch_front(device);
	log_info("%s: removed", device->name);
	device->is_gone = true;
	if (device->in_flight == 0) {
		device_free(device);
	}
}

void back_device_drained(struct back_device *device)
{
	if (device->is_gone) {
		device_free(device);
	} else if (!device->is_connected && device->daemon->store != NULL) {
		device->kind->update(device);
	}
}
