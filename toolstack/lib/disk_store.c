// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes of disks. Lamina's back end has the folder that user-space back ends have everywhere
 * (qdisk), so that dom0's kernel driver, which takes vbd, leaves them alone and can be chosen.
 */
#include "lib/disk_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/device_store.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

static const char *const backend_folders[] = {
	[DISK_BACKEND_OURS] = "qdisk",
	[DISK_BACKEND_KERNEL] = "vbd",
};
static const char *const backend_hints[] = {
	[DISK_BACKEND_OURS] = "lamd looks after lam-blkd, which serves disks",
	[DISK_BACKEND_KERNEL] = "load the module xen-blkback in dom0",
};
#define BACKENDS (sizeof(backend_folders) / sizeof(backend_folders[0]))

static void disk_place(struct device_place *place, uint16_t domid, enum disk_backend backend,
		       uint32_t number)
{
	place->domid = domid;
	place->hint = backend_hints[backend];
	snprintf(place->name, sizeof(place->name), "device %u", number);
	device_place_set(place, "vbd", backend_folders[backend], number);
}

void disk_store_add(struct xs_batch *batch, uint16_t domid, const struct disk_config *disk)
{
	struct device_place place;

	disk_place(&place, domid, disk->backend, disk->number);
	device_start(batch, &place);
	device_node(batch, place.front, "virtual-device", "%u", disk->number);
	device_node(batch, place.front, "device-type", "disk");
	device_node(batch, place.front, "trusted", "1");
	device_node(batch, place.back, "dev", "%s", disk->vdev);
	device_node(batch, place.back, "params", "%s", disk->target);
	device_node(batch, place.back, "mode", "%s",
		    disk->is_read_only ? "r" : disk->is_shared ? "w!" : "w");
	device_node(batch, place.back, "device-type", "disk");
	device_node(batch, place.back, "type", "%s",
		    disk->backend == DISK_BACKEND_KERNEL ? "phy" :
		    disk->format[0] != '\0' ? disk->format : "raw");
	if (disk->script[0] != '\0') {
		device_node(batch, place.back, "script", "%s", disk->script);
	}
	device_node(batch, place.back, "discard-enable", "%u", disk->no_discard ? 0u : 1u);
	device_node(batch, place.back, "removable", "0");
	device_node(batch, place.back, "bootable", "1");
	if (disk->backend == DISK_BACKEND_KERNEL) {
		device_node(batch, place.back, "physical-device", "%x:%x", disk->device_major,
			    disk->device_minor);
	}
	device_finish(batch, &place);
}

void disk_store_remove_all(struct xs_batch *batch, uint16_t domid)
{
	char path[DEVICE_PATH_BYTES];
	size_t i;

	for (i = 0; i < BACKENDS; i++) {
		snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u", backend_folders[i],
			 domid);
		xs_batch_rm(batch, path);
	}
}

static bool disk_find(struct xs_handle *store, uint16_t domid, uint32_t number,
		      struct device_place *place)
{
	size_t i;

	for (i = 0; i < BACKENDS; i++) {
		disk_place(place, domid, (enum disk_backend)i, number);
		if (device_exists(store, place->back)) {
			return true;
		}
	}
	return false;
}

int disk_store_attach(struct xs_handle *store, uint16_t domid, const struct disk_config *disk,
		      struct error *error)
{
	struct device_place place;
	struct xs_batch *batch;

	if (disk_find(store, domid, disk->number, &place)) {
		return error_set(error, EEXIST, disk->vdev, "the domain has this device already");
	}
	batch = xs_batch_create(store, XBT_NULL);
	if (batch == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the disk's store nodes");
	}
	disk_place(&place, domid, disk->backend, disk->number);
	snprintf(place.name, sizeof(place.name), "%s", disk->vdev);
	disk_store_add(batch, domid, disk);
	return device_attach(store, &place, batch, error);
}

int disk_store_await(struct xs_handle *store, uint16_t domid, const struct disk_config *disks,
		     uint32_t count, struct error *error)
{
	struct device_place place;
	uint32_t i;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		disk_place(&place, domid, disks[i].backend, disks[i].number);
		snprintf(place.name, sizeof(place.name), "%s", disks[i].vdev);
		rc = device_await(store, &place, error);
	}
	return rc;
}

int disk_store_detach(struct xs_handle *store, uint16_t domid, uint32_t number, bool force,
		      struct error *error)
{
	struct device_place place;

	if (!disk_find(store, domid, number, &place)) {
		return error_set(error, ENODEV, place.name, "the domain has no such disk");
	}
	return device_detach(store, &place, force, error);
}

/* Until the back end has taken the node away, or says why not. */
static int disk_await_size(struct xs_handle *store, const struct device_place *place,
			   struct error *error)
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		char *asked = device_read(store, place->back, "resize");
		char *said = asked != NULL ? device_read(store, place->back, "error") : NULL;
		bool is_done = asked == NULL;
		int rc = said != NULL ? error_set(error, EIO, place->name, "%.250s", said) : 0;

		free(asked);
		free(said);
		if (is_done || rc < 0) {
			return rc;
		}
		usleep(50000);
	}
	error_set(error, ETIMEDOUT, place->name, "the back end does not answer");
	error_set_hint(error, "%s", place->hint);
	return -ETIMEDOUT;
}

int disk_store_resize(struct xs_handle *store, uint16_t domid, uint32_t number, uint64_t *sectors,
		      struct error *error)
{
	struct device_place place;
	char path[DEVICE_PATH_BYTES + 16];
	char *text;
	int rc;

	if (!disk_find(store, domid, number, &place)) {
		return error_set(error, ENODEV, place.name, "the domain has no such disk");
	}
	snprintf(path, sizeof(path), "%s/error", place.back);
	xs_rm(store, XBT_NULL, path);
	snprintf(path, sizeof(path), "%s/resize", place.back);
	/* dom0's own driver looks by itself. */
	if (strstr(place.back, "/qdisk/") != NULL) {
		if (!xs_write(store, XBT_NULL, path, "1", 1)) {
			return error_set(error, errno, "xenstored", "refused a node: %s",
					 strerror(errno));
		}
		rc = disk_await_size(store, &place, error);
		if (rc < 0) {
			xs_rm(store, XBT_NULL, path);
			return rc;
		}
	}
	text = device_read(store, place.back, "sectors");
	*sectors = text != NULL ? strtoull(text, NULL, 10) : 0;
	free(text);
	return 0;
}

static void disk_fill(struct xs_handle *store, struct disk_status *status)
{
	char *vdev = device_read(store, status->path, "dev");
	char *target = device_read(store, status->path, "params");
	char *mode = device_read(store, status->path, "mode");

	status->state = device_read_number(store, status->path, "state", 0);
	snprintf(status->vdev, sizeof(status->vdev), "%s", vdev != NULL ? vdev : "");
	snprintf(status->target, sizeof(status->target), "%s", target != NULL ? target : "");
	snprintf(status->mode, sizeof(status->mode), "%s", mode != NULL ? mode : "");
	free(vdev);
	free(target);
	free(mode);
}

int disk_store_list(struct xs_handle *store, uint16_t domid,
		    void (*tell)(void *context, const struct disk_status *status),
		    void *context, struct error *error)
{
	struct disk_status *status = calloc(1, sizeof(*status));
	unsigned int count, i;
	char path[DEVICE_PATH_BYTES];
	size_t kind;

	if (status == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for a list");
	}
	for (kind = 0; kind < BACKENDS; kind++) {
		char **names;

		snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u",
			 backend_folders[kind], domid);
		count = 0;
		names = xs_directory(store, XBT_NULL, path, &count);
		for (i = 0; names != NULL && i < count; i++) {
			struct device_place place;

			status->number = (uint32_t)strtoul(names[i], NULL, 10);
			status->backend = (enum disk_backend)kind;
			disk_place(&place, domid, status->backend, status->number);
			strcpy(status->path, place.back);
			disk_fill(store, status);
			tell(context, status);
		}
		free(names);
	}
	free(status);
	return 0;
}
