// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting is by watch, with a deadline; a back end that has an error says so in its node "error".
 */
#include "lib/device_store.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sys/error.h"
#include "xenbus/client/xenstore.h"

#define DEVICE_WAIT_MS 10000

void device_place_set(struct device_place *place, const char *kind, const char *folder,
		      uint32_t number)
{
	snprintf(place->front, sizeof(place->front), "/local/domain/%u/device/%s/%u", place->domid,
		 kind, number);
	snprintf(place->back, sizeof(place->back), "/local/domain/0/backend/%s/%u/%u", folder,
		 place->domid, number);
}

void device_node(struct xs_batch *batch, const char *folder, const char *name, const char *format,
		 ...)
{
	char value[DEVICE_VALUE_BYTES];
	char path[DEVICE_PATH_BYTES + 64];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	if (length >= (int)sizeof(value)) {
		length = sizeof(value) - 1;
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	xs_batch_write(batch, path, value, (unsigned int)length);
}

/* A folder of @owner's that @reader may read. */
static void device_folder(struct xs_batch *batch, const char *path, uint16_t owner, uint16_t reader)
{
	struct xs_permissions perms[2] = {
		{ .id = owner, .perms = XS_PERM_NONE },
		{ .id = reader, .perms = XS_PERM_READ },
	};

	xs_batch_mkdir(batch, path);
	xs_batch_set_permissions(batch, path, perms, 2);
}

void device_start(struct xs_batch *batch, const struct device_place *place)
{
	device_folder(batch, place->front, place->domid, 0);
	device_node(batch, place->front, "backend", "%s", place->back);
	device_node(batch, place->front, "backend-id", "0");
	device_folder(batch, place->back, 0, place->domid);
	device_node(batch, place->back, "frontend", "%s", place->front);
	device_node(batch, place->back, "frontend-id", "%u", place->domid);
	device_node(batch, place->back, "online", "1");
}

void device_finish(struct xs_batch *batch, const struct device_place *place)
{
	device_node(batch, place->front, "state", "1");
	device_node(batch, place->back, "state", "1");
}

char *device_read(struct xs_handle *store, const char *folder, const char *name)
{
	char path[DEVICE_PATH_BYTES + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return xs_read(store, XBT_NULL, path, NULL);
}

uint32_t device_read_number(struct xs_handle *store, const char *folder, const char *name,
			    uint32_t otherwise)
{
	char *text = device_read(store, folder, name);
	uint32_t number = text != NULL ? (uint32_t)strtoul(text, NULL, 10) : otherwise;

	free(text);
	return number;
}

bool device_exists(struct xs_handle *store, const char *back)
{
	return device_read_number(store, back, "state", 0) != 0;
}

static int64_t device_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for an event of the back end's folder; false when the time is up. */
static bool device_wait_event(struct xs_handle *store, int64_t deadline)
{
	struct pollfd pollfd = { .fd = xs_fileno(store), .events = POLLIN };
	int64_t left = deadline - device_now_ms();
	char **event;

	if (left <= 0 || poll(&pollfd, 1, (int)left) <= 0) {
		return false;
	}
	while ((event = xs_check_watch(store)) != NULL) {
		free(event);
	}
	return true;
}

/* 1 when the back end reached @wanted, 0 when it has an error (@said), -ETIMEDOUT. */
static int device_wait(struct xs_handle *store, const char *back, uint32_t wanted, char **said)
{
	int64_t deadline = device_now_ms() + DEVICE_WAIT_MS;
	int rc = -ETIMEDOUT;

	xs_watch(store, back, "device");
	do {
		*said = device_read(store, back, "error");
		if (device_read_number(store, back, "state", 0) >= wanted) {
			rc = 1;
		} else if (*said != NULL && wanted != XENBUS_CLOSED) {
			rc = 0;
		} else {
			free(*said);
			*said = NULL;
		}
	} while (rc < 0 && device_wait_event(store, deadline));
	xs_unwatch(store, back, "device");
	return rc;
}

int device_await(struct xs_handle *store, const struct device_place *place, struct error *error)
{
	char *said = NULL;
	int waited = device_wait(store, place->back, XENBUS_INIT_WAIT, &said);

	if (waited == 0) {
		error_set(error, EIO, place->name, "the back end refuses it: %.250s", said);
	} else if (waited < 0) {
		error_set(error, ETIMEDOUT, place->name, "the back end does not answer");
		error_set_hint(error, "%s", place->hint);
	}
	free(said);
	return waited > 0 ? 0 : waited == 0 ? -EIO : -ETIMEDOUT;
}

static int device_remove(struct xs_handle *store, const struct device_place *place)
{
	int rc = xs_rm(store, XBT_NULL, place->back) ? 0 : -errno;

	/* Last: a back end that sees its front end go closes, and writes so. */
	xs_rm(store, XBT_NULL, place->front);
	return rc;
}

int device_attach(struct xs_handle *store, const struct device_place *place,
		  struct xs_batch *batch, struct error *error)
{
	int rc = 0;

	if (!xs_batch_run(batch, NULL)) {
		rc = error_set(error, errno, "xenstored", "refused the nodes of %s: %s",
			       place->name, strerror(errno));
	} else {
		rc = device_await(store, place, error);
	}
	if (rc < 0) {
		device_remove(store, place);
	}
	return rc;
}

static int device_ask_to_close(struct xs_handle *store, const char *back)
{
	struct xs_batch *batch = xs_batch_create(store, XBT_NULL);

	if (batch == NULL) {
		return -ENOMEM;
	}
	device_node(batch, back, "online", "0");
	device_node(batch, back, "state", "5");
	return xs_batch_run(batch, NULL) ? 0 : -errno;
}

int device_detach(struct xs_handle *store, const struct device_place *place, bool force,
		  struct error *error)
{
	char *said = NULL;
	int rc = device_ask_to_close(store, place->back);

	if (rc == 0 && !force) {
		rc = device_wait(store, place->back, XENBUS_CLOSED, &said);
		free(said);
	}
	if (rc < 0) {
		error_set(error, -rc, place->name, "the guest does not let it go");
		error_set_hint(error, "it may be in use; --force takes it away all the same");
		return rc;
	}
	rc = device_remove(store, place);
	return rc < 0 ? error_set(error, -rc, place->name, "its nodes cannot be removed") : 0;
}
