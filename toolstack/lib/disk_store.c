// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes of disks. Lamina's back end has the folder that user-space back ends have everywhere
 * (qdisk), so that dom0's kernel driver, which takes vbd, leaves them alone and can be chosen.
 */
#include "lib/disk_store.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sys/error.h"
#include "xenbus/client/xenstore.h"

#define DISK_WAIT_MS 10000
#define STATE_INIT_WAIT 2u
#define STATE_CONNECTED 4u
#define STATE_CLOSED 6u

static const char *const backend_folders[] = {
	[DISK_BACKEND_OURS] = "qdisk",
	[DISK_BACKEND_KERNEL] = "vbd",
};
#define BACKENDS (sizeof(backend_folders) / sizeof(backend_folders[0]))

static void disk_back_path(char path[96], uint16_t domid, enum disk_backend backend,
			   uint32_t number)
{
	snprintf(path, 96, "/local/domain/0/backend/%s/%u/%u", backend_folders[backend], domid,
		 number);
}

static void disk_front_path(char path[96], uint16_t domid, uint32_t number)
{
	snprintf(path, 96, "/local/domain/%u/device/vbd/%u", domid, number);
}

static void disk_write(struct xs_batch *batch, const char *folder, const char *name,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));

static void disk_write(struct xs_batch *batch, const char *folder, const char *name,
		       const char *format, ...)
{
	char value[DISK_TARGET_BYTES + 16];
	char path[160];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	xs_batch_write(batch, path, value, (unsigned int)length);
}

/* A folder of @owner's that @reader may read. */
static void disk_folder(struct xs_batch *batch, const char *path, uint16_t owner, uint16_t reader)
{
	struct xs_permissions perms[2] = {
		{ .id = owner, .perms = XS_PERM_NONE },
		{ .id = reader, .perms = XS_PERM_READ },
	};

	xs_batch_mkdir(batch, path);
	xs_batch_set_permissions(batch, path, perms, 2);
}

static void disk_add_front(struct xs_batch *batch, uint16_t domid, const struct disk_config *disk,
			   const char *back, const char *front)
{
	disk_folder(batch, front, domid, 0);
	disk_write(batch, front, "backend", "%s", back);
	disk_write(batch, front, "backend-id", "0");
	disk_write(batch, front, "virtual-device", "%u", disk->number);
	disk_write(batch, front, "device-type", "disk");
	disk_write(batch, front, "trusted", "1");
	disk_write(batch, front, "state", "1");
}

void disk_store_add(struct xs_batch *batch, uint16_t domid, const struct disk_config *disk)
{
	char back[96], front[96];

	disk_back_path(back, domid, disk->backend, disk->number);
	disk_front_path(front, domid, disk->number);
	disk_add_front(batch, domid, disk, back, front);
	disk_folder(batch, back, 0, domid);
	disk_write(batch, back, "frontend", "%s", front);
	disk_write(batch, back, "frontend-id", "%u", domid);
	disk_write(batch, back, "dev", "%s", disk->vdev);
	disk_write(batch, back, "params", "%s", disk->target);
	disk_write(batch, back, "mode", "%s",
		   disk->is_read_only ? "r" : disk->is_shared ? "w!" : "w");
	disk_write(batch, back, "device-type", "disk");
	disk_write(batch, back, "type", "%s", disk->backend == DISK_BACKEND_KERNEL ? "phy" : "raw");
	disk_write(batch, back, "discard-enable", "%u", disk->no_discard ? 0u : 1u);
	disk_write(batch, back, "removable", "0");
	disk_write(batch, back, "bootable", "1");
	disk_write(batch, back, "online", "1");
	if (disk->backend == DISK_BACKEND_KERNEL) {
		disk_write(batch, back, "physical-device", "%x:%x", disk->device_major,
			   disk->device_minor);
	}
	disk_write(batch, back, "state", "1");
}

void disk_store_remove_all(struct xs_batch *batch, uint16_t domid)
{
	char path[96];
	size_t i;

	for (i = 0; i < BACKENDS; i++) {
		snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u", backend_folders[i],
			 domid);
		xs_batch_rm(batch, path);
	}
}

static char *disk_read(struct xs_handle *store, const char *folder, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return xs_read(store, XBT_NULL, path, NULL);
}

static uint32_t disk_read_number(struct xs_handle *store, const char *folder, const char *name)
{
	char *text = disk_read(store, folder, name);
	uint32_t number = text != NULL ? (uint32_t)strtoul(text, NULL, 10) : 0;

	free(text);
	return number;
}

static bool disk_find(struct xs_handle *store, uint16_t domid, uint32_t number, char back[96])
{
	size_t i;

	for (i = 0; i < BACKENDS; i++) {
		disk_back_path(back, domid, (enum disk_backend)i, number);
		if (disk_read_number(store, back, "state") != 0) {
			return true;
		}
	}
	return false;
}

static int disk_remove(struct xs_handle *store, uint16_t domid, uint32_t number, const char *back)
{
	char front[96];

	disk_front_path(front, domid, number);
	xs_rm(store, XBT_NULL, front);
	return xs_rm(store, XBT_NULL, back) ? 0 : -errno;
}

static int64_t disk_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for an event of the back end's folder; false when the time is up. */
static bool disk_wait_event(struct xs_handle *store, int64_t deadline)
{
	struct pollfd pollfd = { .fd = xs_fileno(store), .events = POLLIN };
	int64_t left = deadline - disk_now_ms();
	char **event;

	if (left <= 0 || poll(&pollfd, 1, (int)left) <= 0) {
		return false;
	}
	while ((event = xs_check_watch(store)) != NULL) {
		free(event);
	}
	return true;
}

/* 1 when the back end reached @wanted, 0 when it has an error, -ETIMEDOUT. */
static int disk_wait(struct xs_handle *store, const char *back, uint32_t wanted, char **said)
{
	int64_t deadline = disk_now_ms() + DISK_WAIT_MS;
	int rc = -ETIMEDOUT;

	xs_watch(store, back, "disk");
	do {
		*said = disk_read(store, back, "error");
		if (disk_read_number(store, back, "state") >= wanted) {
			rc = 1;
		} else if (*said != NULL && wanted != STATE_CLOSED) {
			rc = 0;
		} else {
			free(*said);
			*said = NULL;
		}
	} while (rc < 0 && disk_wait_event(store, deadline));
	xs_unwatch(store, back, "disk");
	return rc;
}

static int disk_attach_failed(const struct disk_config *disk, int waited, const char *said,
			      struct error *error)
{
	if (waited == 0) {
		return error_set(error, EIO, disk->vdev, "the back end refuses it: %.250s", said);
	}
	error_set(error, ETIMEDOUT, disk->vdev, "the back end does not answer");
	error_set_hint(error, "%s", disk->backend == DISK_BACKEND_OURS ?
		       "lamd looks after lam-blkd, which serves disks" :
		       "load the module xen-blkback in dom0");
	return -ETIMEDOUT;
}

int disk_store_attach(struct xs_handle *store, uint16_t domid, const struct disk_config *disk,
		      struct error *error)
{
	struct xs_batch *batch;
	char back[96];
	char *said = NULL;
	int waited, rc = 0;

	if (disk_find(store, domid, disk->number, back)) {
		return error_set(error, EEXIST, disk->vdev, "the domain has this device already");
	}
	batch = xs_batch_create(store, XBT_NULL);
	if (batch == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the disk's store nodes");
	}
	disk_back_path(back, domid, disk->backend, disk->number);
	disk_store_add(batch, domid, disk);
	if (!xs_batch_run(batch, NULL)) {
		rc = error_set(error, errno, "xenstored", "refused the disk's nodes: %s",
			       strerror(errno));
		disk_remove(store, domid, disk->number, back);
		return rc;
	}
	waited = disk_wait(store, back, STATE_INIT_WAIT, &said);
	if (waited <= 0) {
		rc = disk_attach_failed(disk, waited, said, error);
		disk_remove(store, domid, disk->number, back);
	}
	free(said);
	return rc;
}

int disk_store_await(struct xs_handle *store, uint16_t domid, const struct disk_config *disks, unsigned int count,
		     struct error *error)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		char back[96];
		char *said = NULL;
		int waited;

		disk_back_path(back, domid, disks[i].backend, disks[i].number);
		waited = disk_wait(store, back, STATE_INIT_WAIT, &said);
		if (waited <= 0) {
			rc = disk_attach_failed(&disks[i], waited, said, error);
		}
		free(said);
	}
	return rc;
}

static int disk_ask_to_close(struct xs_handle *store, const char *back)
{
	struct xs_batch *batch = xs_batch_create(store, XBT_NULL);

	if (batch == NULL) {
		return -ENOMEM;
	}
	disk_write(batch, back, "online", "0");
	disk_write(batch, back, "state", "5");
	return xs_batch_run(batch, NULL) ? 0 : -errno;
}

int disk_store_detach(struct xs_handle *store, uint16_t domid, uint32_t number, bool force,
		      struct error *error)
{
	char back[96], object[48];
	char *said = NULL;
	int rc;

	snprintf(object, sizeof(object), "device %u", number);
	if (!disk_find(store, domid, number, back)) {
		return error_set(error, ENODEV, object, "the domain has no such disk");
	}
	rc = disk_ask_to_close(store, back);
	if (rc == 0 && !force) {
		rc = disk_wait(store, back, STATE_CLOSED, &said);
		free(said);
	}
	if (rc < 0) {
		error_set(error, -rc, object, "the guest does not let it go");
		error_set_hint(error, "it may be mounted; --force takes it away all the same");
		return rc;
	}
	rc = disk_remove(store, domid, number, back);
	return rc < 0 ? error_set(error, -rc, object, "its nodes cannot be removed") : 0;
}

static void disk_fill(struct xs_handle *store, struct disk_status *status)
{
	char *vdev = disk_read(store, status->path, "dev");
	char *target = disk_read(store, status->path, "params");
	char *mode = disk_read(store, status->path, "mode");

	status->state = disk_read_number(store, status->path, "state");
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
	char path[96];
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
			status->number = (uint32_t)strtoul(names[i], NULL, 10);
			status->backend = (enum disk_backend)kind;
			disk_back_path(status->path, domid, status->backend, status->number);
			disk_fill(store, status);
			tell(context, status);
		}
		free(names);
	}
	free(status);
	return 0;
}
