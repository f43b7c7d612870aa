// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk as a kind of device: its name, the image that the toolstack named in the store, and what
 * is offered to the front end. The states are walked by drivers/back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/blk/blkd.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

static struct back_device *device_create(void)
{
	struct blk_device *device = calloc(1, sizeof(*device));

	if (device == NULL) {
		return NULL;
	}
	device->image.fd = -1;
	return &device->base;
}

static void device_free(struct back_device *base)
{
	blk_count_end((struct blk_device *)base);
	free(base);
}

static void device_name(struct back_device *base)
{
	char *dev = back_store_read(base->daemon, base->back, "dev");

	snprintf(base->name, sizeof(base->name), "domain %u disk %.16s (%u)", base->domid,
		 dev != NULL ? dev : "?", base->number);
	free(dev);
}

static int device_open(struct back_device *base, struct error *error)
{
	struct blk_device *device = (struct blk_device *)base;
	struct blk_image_options options = { .wants_discard = true };
	char *mode = back_store_read(base->daemon, base->back, "mode");
	char *path = back_store_read(base->daemon, base->back, "params");
	char *type = back_store_read(base->daemon, base->back, "type");
	char *script = back_store_read(base->daemon, base->back, "script");
	uint32_t discard;
	int rc = 0;

	blk_count_begin(device);
	device->export_format[0] = '\0';
	if (type != NULL && strcmp(type, "raw") != 0 && script == NULL) {
		snprintf(device->export_format, sizeof(device->export_format), "%s", type);
	}

	options.is_read_only = mode == NULL || mode[0] != 'w';
	options.is_shared = mode != NULL && strcmp(mode, "w!") == 0;
	if (back_store_number(base->daemon, base->back, "discard-enable", &discard) == 0) {
		options.wants_discard = discard != 0;
	}
	if (script != NULL) {
		free(path);
		path = NULL;
		rc = blk_script_add(device, script, &path, error);
	} else if (path == NULL) {
		rc = error_set(error, ENOENT, base->back, "has no node params");
	}
	if (rc < 0) {
		/* Told by whoever it was. */
	} else if (device->export_format[0] != '\0') {
		rc = blk_export_open(device, &options, error);
	} else {
		rc = blk_image_open(&device->image, path, &options, error);
	}
	free(script);
	free(type);
	free(mode);
	free(path);
	return rc;
}

static void device_close(struct back_device *base)
{
	blk_image_close(&((struct blk_device *)base)->image);
	blk_script_remove((struct blk_device *)base);
}

static void device_publish(struct back_device *base, struct xs_batch *batch)
{
	const struct blk_image *image = &((struct blk_device *)base)->image;

	back_batch_number(batch, base, "feature-flush-cache",
			  image->is_direct && image->has_no_cache ? 0 : 1);
	back_batch_number(batch, base, "feature-barrier", 0);
	back_batch_number(batch, base, "feature-persistent", 0);
	back_batch_number(batch, base, "feature-max-indirect-segments", BLK_MAX_SEGMENTS);
	back_batch_number(batch, base, "max-ring-page-order", BLK_MAX_RING_ORDER);
	back_batch_number(batch, base, "multi-queue-max-queues", BLK_MAX_QUEUES);
	back_batch_number(batch, base, "feature-discard", image->limits.has_discard);
	if (image->limits.has_discard) {
		back_batch_number(batch, base, "discard-granularity", BLK_PAGE_BYTES);
		back_batch_number(batch, base, "discard-alignment", 0);
		back_batch_number(batch, base, "discard-secure", 0);
	}
	back_batch_number(batch, base, "sectors", image->limits.sectors);
	back_batch_number(batch, base, "sector-size", image->sector_bytes);
	back_batch_number(batch, base, "physical-sector-size", image->physical_bytes);
	back_batch_number(batch, base, "info",
			  image->limits.is_read_only ? BLK_INFO_READ_ONLY : 0);
}

/* The front end reads the size again when our state is written again. */
static void device_publish_size(struct blk_device *device)
{
	struct back_device *base = &device->base;
	struct xs_batch *batch = xs_batch_create(base->daemon->store, XBT_NULL);
	char path[BACK_PATH_BYTES + 16];

	if (batch == NULL) {
		return;
	}
	back_batch_number(batch, base, "sectors", device->image.limits.sectors);
	snprintf(path, sizeof(path), "%s/resize", base->back);
	xs_batch_rm(batch, path);
	if (xs_batch_run(batch, NULL) && base->is_connected) {
		back_device_repeat_state(base);
	}
	log_info("%s: %llu sectors from now on", base->name,
		 (unsigned long long)device->image.limits.sectors);
}

/* "resize": the operator has changed the image's size. It goes when that was looked at. */
static void device_notice(struct back_device *base, const char *node)
{
	struct blk_device *device = (struct blk_device *)base;
	struct error error = { 0 };
	char *asked, *path;

	if (strcmp(node, "resize") != 0 || !base->is_open) {
		return;
	}
	asked = back_store_read(base->daemon, base->back, node);
	path = asked != NULL ? back_store_read(base->daemon, base->back, "params") : NULL;
	if (path != NULL && blk_image_resize(&device->image, path, &error) == 0) {
		device_publish_size(device);
	} else if (path != NULL) {
		back_device_tell_error(base, &error);
	}
	free(asked);
	free(path);
}

const struct back_kind blk_kind = {
	.folder = BLK_STORE_BACKEND,
	.create = device_create,
	.free = device_free,
	.name = device_name,
	.update = back_device_update,
	.open = device_open,
	.close = device_close,
	.publish = device_publish,
	.connect = blk_connect,
	.disconnect = blk_disconnect,
	.notice = device_notice,
};
