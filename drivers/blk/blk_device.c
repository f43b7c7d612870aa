// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state machine. It has no memory of how it got somewhere: each change of a node compares the
 * front end's state, ours, and what is really open, and does the next thing. So it does not matter
 * in which order a guest walks the states, nor whether this process has just been started again.
 *
 * A reconnection waits until nothing of the last connection is in flight: no late write of the old
 * one may follow a write of the new one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

struct blk_device *blk_device_find(struct blk_daemon *daemon, uint16_t domid, uint32_t number)
{
	struct blk_device *device = daemon->devices;

	while (device != NULL &&
	       (device->domid != domid || device->number != number || device->is_gone)) {
		device = device->next;
	}
	return device;
}

static bool device_watch(struct blk_device *device)
{
	char path[BLK_PATH_BYTES + 16];
	char token[32];

	snprintf(path, sizeof(path), "%s/state", device->front);
	snprintf(token, sizeof(token), "front %u %u", device->domid, device->number);
	return xs_watch(device->daemon->store, path, token);
}

static void device_unwatch(struct blk_device *device)
{
	char path[BLK_PATH_BYTES + 16];
	char token[32];

	snprintf(path, sizeof(path), "%s/state", device->front);
	snprintf(token, sizeof(token), "front %u %u", device->domid, device->number);
	if (device->daemon->store != NULL) {
		xs_unwatch(device->daemon->store, path, token);
	}
}

static void device_name(struct blk_device *device)
{
	char *dev = blk_store_read(device->daemon, device->back, "dev");

	snprintf(device->name, sizeof(device->name), "domain %u disk %.16s (%u)", device->domid,
		 dev != NULL ? dev : "?", device->number);
	free(dev);
}

struct blk_device *blk_device_get(struct blk_daemon *daemon, uint16_t domid, uint32_t number)
{
	struct blk_device *device = blk_device_find(daemon, domid, number);
	char *front;

	if (device != NULL) {
		return device;
	}
	device = calloc(1, sizeof(*device));
	if (device == NULL) {
		return NULL;
	}
	device->daemon = daemon;
	device->domid = domid;
	device->number = number;
	device->image.fd = -1;
	snprintf(device->back, sizeof(device->back), BLK_STORE_BACKEND "/%u/%u", domid, number);
	front = blk_store_read(daemon, device->back, "frontend");
	if (front == NULL || strlen(front) >= sizeof(device->front)) {
		free(front);
		free(device);
		return NULL;
	}
	strcpy(device->front, front);
	free(front);
	device_name(device);
	if (!device_watch(device)) {
		free(device);
		return NULL;
	}
	device->next = daemon->devices;
	daemon->devices = device;
	return device;
}

static bool device_read_state(struct blk_device *device, const char *folder, uint32_t *state)
{
	int rc = blk_store_number(device->daemon, folder, "state", state);

	if (rc == -ENOENT || rc == -EINVAL) {
		*state = BLK_STATE_UNKNOWN;
		rc = 0;
	}
	return rc == 0;
}

static void device_set_state(struct blk_device *device, enum blk_state state)
{
	char path[BLK_PATH_BYTES + 16];
	char text = (char)('0' + state);

	if (device->state == state) {
		return;
	}
	snprintf(path, sizeof(path), "%s/state", device->back);
	if (xs_write(device->daemon->store, XBT_NULL, path, &text, 1)) {
		device->state = state;
	}
}

static void device_tell_error(struct blk_device *device, const struct error *error)
{
	char path[BLK_PATH_BYTES + 16];
	char text[600];
	int length = error_format(error, text, sizeof(text));

	if (length >= (int)sizeof(text)) {
		length = sizeof(text) - 1;
	}
	snprintf(path, sizeof(path), "%s/error", device->back);
	xs_write(device->daemon->store, XBT_NULL, path, text, (unsigned int)length);
	log_warning("%s: %s", device->name, text);
}

/* Opens the image that the toolstack named. False when that failed; a busy one is tried again. */
static bool device_open_image(struct blk_device *device)
{
	struct blk_image_options options = { .wants_discard = true };
	struct error error = { 0 };
	char *mode, *path;
	uint32_t discard;
	int rc;

	if (device->image.fd >= 0) {
		return true;
	}
	mode = blk_store_read(device->daemon, device->back, "mode");
	path = blk_store_read(device->daemon, device->back, "params");
	options.is_read_only = mode == NULL || mode[0] != 'w';
	options.is_shared = mode != NULL && strcmp(mode, "w!") == 0;
	if (blk_store_number(device->daemon, device->back, "discard-enable", &discard) == 0) {
		options.wants_discard = discard != 0;
	}
	rc = path == NULL ? error_set(&error, ENOENT, device->back, "has no node params") :
	     blk_image_open(&device->image, path, &options, &error);
	free(mode);
	free(path);
	if (rc < 0 && !device->must_retry) {
		device_tell_error(device, &error);
	}
	device->must_retry = rc == -EBUSY;
	if (device->must_retry) {
		blk_store_retry(device->daemon);
	}
	return rc == 0;
}

static void device_write_number(struct xs_batch *batch, const struct blk_device *device,
				const char *name, uint64_t value)
{
	char path[BLK_PATH_BYTES + 40];
	char text[24];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

	snprintf(path, sizeof(path), "%s/%s", device->back, name);
	xs_batch_write(batch, path, text, (unsigned int)length);
}

/* What is offered, and the disk's measures. */
static bool device_publish(struct blk_device *device)
{
	struct xs_batch *batch = xs_batch_create(device->daemon->store, XBT_NULL);
	const struct blk_image *image = &device->image;

	if (batch == NULL) {
		return false;
	}
	device_write_number(batch, device, "feature-flush-cache", 1);
	device_write_number(batch, device, "feature-barrier", 0);
	device_write_number(batch, device, "feature-persistent", 0);
	device_write_number(batch, device, "feature-max-indirect-segments", BLK_MAX_SEGMENTS);
	device_write_number(batch, device, "max-ring-page-order", BLK_MAX_RING_ORDER);
	device_write_number(batch, device, "multi-queue-max-queues", BLK_MAX_QUEUES);
	device_write_number(batch, device, "feature-discard", image->limits.has_discard);
	if (image->limits.has_discard) {
		device_write_number(batch, device, "discard-granularity", BLK_PAGE_BYTES);
		device_write_number(batch, device, "discard-alignment", 0);
		device_write_number(batch, device, "discard-secure", 0);
	}
	device_write_number(batch, device, "sectors", image->limits.sectors);
	device_write_number(batch, device, "sector-size", image->sector_bytes);
	device_write_number(batch, device, "physical-sector-size", image->physical_bytes);
	device_write_number(batch, device, "info",
			    image->limits.is_read_only ? BLK_INFO_READ_ONLY : 0);
	return xs_batch_run(batch, NULL);
}

static void device_prepare(struct blk_device *device)
{
	device->is_stopped = false;
	if (device->state == BLK_STATE_INIT_WAIT && device->image.fd >= 0) {
		return;
	}
	if (device_open_image(device) && device_publish(device)) {
		device_set_state(device, BLK_STATE_INIT_WAIT);
	}
}

static void device_connect(struct blk_device *device)
{
	if (device->is_connected || device->is_stopped || device->state == BLK_STATE_CLOSING ||
	    device->state == BLK_STATE_CLOSED || !device_open_image(device)) {
		return;
	}
	if (blk_connect(device) < 0) {
		blk_device_stop(device, "it cannot be connected");
		return;
	}
	log_info("%s: %s: %llu sectors%s%s, %u queues of %u requests", device->name,
		 device->state == BLK_STATE_CONNECTED ? "taken up again" : "connected",
		 (unsigned long long)device->image.limits.sectors,
		 device->image.limits.is_read_only ? ", read-only" : "",
		 device->image.is_direct ? ", direct I/O" : "", device->queue_count,
		 device->queues[0]->ring.slots.count);
	device_set_state(device, BLK_STATE_CONNECTED);
}

void blk_device_stop(struct blk_device *device, const char *why)
{
	log_write_limited(&device->limit, LOG_LEVEL_WARNING, "%s: stopped: %s", device->name,
			  why);
	blk_disconnect(device);
	device->is_stopped = true;
	if (device->daemon->store != NULL) {
		device_set_state(device, BLK_STATE_CLOSING);
	}
}

static void device_close(struct blk_device *device)
{
	blk_image_close(&device->image);
	device->is_stopped = false;
	device_set_state(device, BLK_STATE_CLOSED);
}

void blk_device_update(struct blk_device *device)
{
	uint32_t front, mine, online;

	if (!device_read_state(device, device->front, &front) ||
	    !device_read_state(device, device->back, &mine)) {
		return;
	}
	if (mine == BLK_STATE_UNKNOWN) {
		blk_device_remove(device);
		return;
	}
	if (blk_store_number(device->daemon, device->back, "online", &online) < 0) {
		online = 0;
	}
	device->state = (enum blk_state)mine;
	if (front == BLK_STATE_INITIALISED || front == BLK_STATE_CONNECTED) {
		device_connect(device);
		return;
	}
	blk_disconnect(device);
	if (front == BLK_STATE_CLOSING) {
		device_set_state(device, BLK_STATE_CLOSING);
	}
	/* blk_device_drained() comes back when the last request has ended. */
	if (device->in_flight != 0 || front == BLK_STATE_CLOSING) {
		return;
	}
	if (front == BLK_STATE_INITIALISING && online != 0) {
		device_prepare(device);
	} else {
		device_close(device);
	}
}

static void device_free(struct blk_device *device)
{
	struct blk_device **at = &device->daemon->devices;

	while (*at != device) {
		at = &(*at)->next;
	}
	*at = device->next;
	blk_image_close(&device->image);
	free(device);
}

void blk_device_remove(struct blk_device *device)
{
	blk_disconnect(device);
	device_unwatch(device);
	log_info("%s: removed", device->name);
	device->is_gone = true;
	if (device->in_flight == 0) {
		device_free(device);
	}
}

void blk_device_drained(struct blk_device *device)
{
	if (device->is_gone) {
		device_free(device);
	} else if (!device->is_connected && device->daemon->store != NULL) {
		blk_device_update(device);
	}
}
