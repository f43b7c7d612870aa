// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images of other formats than raw. A program of its own, lam-export, has an existing tool show the
 * image as a raw file (FUSE) in a folder of ours, looks after that tool, and leaves when the disk's
 * store nodes are gone. Here it is only started, waited for, and waited for again when it has died:
 * requests that fail because of that are put aside and start again with the new file.
 *
 * A second lam-export for the same disk sees the first and leaves, so starting one is never wrong.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"

#define EXPORT_LOOK_MS 50u
/* Looks between two starts. */
#define EXPORT_START_EVERY 20u

extern char **environ;

static void export_path(const struct blk_device *device, char *path, size_t bytes)
{
	snprintf(path, bytes, "%s/%u-%u", blk_daemon_of(device)->export_folder, device->base.domid,
		 device->base.number);
}

/* An empty file is the place where it will be. */
static bool export_is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* lam-export stands beside this program. */
static void export_start(struct blk_device *device, const char *mode, const char *image)
{
	char program[512], domid[8], number[12];
	char *argv[] = { program, domid, number, device->export_format, (char *)(uintptr_t)mode,
			 (char *)(uintptr_t)image, NULL };
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 16);
	char *slash;
	pid_t pid;
	int rc;

	if (device->export_looks++ % EXPORT_START_EVERY != 0 || length <= 0) {
		return;
	}
	program[length] = '\0';
	slash = strrchr(program, '/');
	strcpy(slash + 1, "lam-export");
	snprintf(domid, sizeof(domid), "%u", device->base.domid);
	snprintf(number, sizeof(number), "%u", device->base.number);
	rc = posix_spawn(&pid, program, NULL, NULL, argv, environ);
	if (rc != 0) {
		log_warning("%s: lam-export cannot be started: %s", device->base.name,
			    strerror(rc));
	}
}

static void export_look_later(struct blk_device *device)
{
	struct blk_daemon *daemon = blk_daemon_of(device);

	device->awaits_export = true;
	if (daemon->export_timer == NULL) {
		daemon->export_timer = loop_add_timer(daemon->base.loop, blk_export_look, daemon);
	}
	if (daemon->export_timer != NULL) {
		loop_arm_timer(daemon->export_timer, EXPORT_LOOK_MS);
	}
}

int blk_export_open(struct blk_device *device, const struct blk_image_options *options,
		    struct error *error)
{
	struct back_device *base = &device->base;
	char *said = back_store_read(base->daemon, base->back, "error");
	char *image = back_store_read(base->daemon, base->back, "params");
	char path[BACK_PATH_BYTES];
	int rc = -EINPROGRESS;

	export_path(device, path, sizeof(path));
	device->awaits_export = false;
	if (export_is_there(path)) {
		rc = blk_image_open(&device->image, path, options, error);
		device->export_looks = 0;
	} else if (said != NULL || image == NULL) {
		rc = error_set(error, EIO, image, "%.300s", said != NULL ? said : "has no params");
	} else {
		export_start(device, options->is_read_only ? "r" : options->is_shared ? "w!" : "w",
			     image);
		export_look_later(device);
	}
	free(said);
	free(image);
	return rc;
}

bool blk_export_has_died(struct blk_device *device, int result)
{
	if (device->export_format[0] == '\0' || (result != -ENOTCONN && result != -ECONNABORTED)) {
		return false;
	}
	if (!device->awaits_export) {
		log_warning("%s: its image's export has died; requests wait", device->base.name);
		export_look_later(device);
	}
	return true;
}

/* A connected disk whose export had died: the file is opened anew, what was put aside starts again. */
static void export_reopen(struct blk_device *device)
{
	struct blk_image_options options = {
		.is_read_only = device->image.limits.is_read_only,
		.is_shared = true,
		.wants_discard = device->image.limits.has_discard,
	};
	struct error error = { 0 };
	uint32_t i;

	blk_image_close(&device->image);
	if (blk_export_open(device, &options, &error) != 0) {
		export_look_later(device);
		return;
	}
	log_info("%s: its image's export is there again", device->base.name);
	for (i = 0; i < device->queue_count; i++) {
		blk_queue_restart(device->queues[i]);
	}
}

void blk_export_look(unsigned int events, void *opaque)
{
	struct blk_daemon *daemon = opaque;
	struct back_device *base, *next;

	(void)events;
	for (base = daemon->base.devices; base != NULL; base = next) {
		struct blk_device *device = (struct blk_device *)base;

		next = base->next;
		if (!device->awaits_export || base->is_gone || daemon->base.store == NULL) {
			continue;
		}
		if (base->is_open) {
			export_reopen(device);
		} else {
			base->kind->update(base);
		}
	}
	blk_io_flush(&daemon->base);
}
