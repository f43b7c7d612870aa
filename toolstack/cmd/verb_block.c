// SPDX-License-Identifier: GPL-2.0-only
/*
 * block-attach, block-detach, block-resize, block-list: disks of running domains.
 */
#include <errno.h>
#include <stdio.h>

#include "cmd/verb_device.h"
#include "cmd/verbs.h"
#include "lib/disk.h"
#include "lib/disk_store.h"
#include "lib/domain_devices.h"
#include "lib/json.h"

static int block_attach(struct device_verb *device, const char *spec, struct disk_config *disk, struct error *error)
{
	int rc = disk_parse(spec, disk, error);

	if (rc == 0) {
		rc = disk_check(disk, error);
	}
	return rc < 0 ? rc : disk_store_attach(device->store, device->ref.domid, disk, error);
}

static void block_remember(const struct verb_context *context, const struct device_verb *device,
			   const struct disk_config *disk)
{
	struct error error = { 0 };

	if (device->ref.domid != 0) {
		device_verb_remembered(context, device, domain_saved_put_disk(device->ref.info.handle, disk, &error), &error);
	}
}

static void block_forget(const struct verb_context *context, const struct device_verb *device, uint32_t number)
{
	struct error error = { 0 };

	if (device->ref.domid != 0) {
		device_verb_remembered(context, device, domain_saved_drop_disk(device->ref.info.handle, number, &error),
				       &error);
	}
}

static int block_attach_run(struct verb_context *context, int argc, char **argv)
{
	struct device_verb device;
	struct error error = { 0 };
	char spec[DISK_SPEC_BYTES];
	struct disk_config disk;
	int status;

	if (argc < 3 || argv[1][0] == '-') {
		return verb_usage(context, "a domain and a disk are needed");
	}
	status = device_verb_join(context, argv + 2, spec, sizeof(spec));
	if (status == VERB_DONE) {
		status = device_verb_open(context, argv[1], &device);
	}
	if (status != VERB_DONE) {
		return status;
	}
	if (block_attach(&device, spec, &disk, &error) < 0) {
		status = verb_fail(context, device.ref.name, &error);
	} else {
		block_remember(context, &device, &disk);
	}
	device_verb_close(&device);
	return status;
}

/* The library knows a disk by its number, the user by the name that he has given. */
static int block_fail(const struct verb_context *context, const struct device_verb *device,
		      const char *vdev, struct error *error)
{
	if (error->code == ENODEV) {
		snprintf(error->object, sizeof(error->object), "disk '%.60s'", vdev);
	}
	return verb_fail(context, device->ref.name, error);
}

static int block_detach_run(struct verb_context *context, int argc, char **argv)
{
	struct device_verb device;
	struct error error = { 0 };
	bool force = false;
	uint32_t number;
	int status = device_verb_detach_arguments(context, argc, &argv, &force);

	if (status != VERB_DONE) {
		return status;
	}
	if (disk_vdev_number(argv[2], &number) < 0) {
		return verb_usage(context, "'%s' is not the name of a virtual device", argv[2]);
	}
	status = device_verb_open(context, argv[1], &device);
	if (status != VERB_DONE) {
		return status;
	}
	if (disk_store_detach(device.store, device.ref.domid, number, force, &error) < 0) {
		status = block_fail(context, &device, argv[2], &error);
	} else {
		block_forget(context, &device, number);
	}
	device_verb_close(&device);
	return status;
}

static int block_resize_run(struct verb_context *context, int argc, char **argv)
{
	struct device_verb device;
	struct error error = { 0 };
	uint64_t sectors;
	uint32_t number;
	int status;

	if (argc != 3 || argv[1][0] == '-') {
		return verb_usage(context, "a domain and one of its disks are needed");
	}
	if (disk_vdev_number(argv[2], &number) < 0) {
		return verb_usage(context, "'%s' is not the name of a virtual device", argv[2]);
	}
	status = device_verb_open(context, argv[1], &device);
	if (status != VERB_DONE) {
		return status;
	}
	if (disk_store_resize(device.store, device.ref.domid, number, &sectors, &error) < 0) {
		status = block_fail(context, &device, argv[2], &error);
	} else {
		printf("%s: %llu sectors of 512 bytes\n", argv[2], (unsigned long long)sectors);
	}
	device_verb_close(&device);
	return status;
}

static void block_tell_json(struct json *json, const struct disk_status *status)
{
	json_map(json, NULL);
	json_text(json, "device", status->vdev);
	json_number(json, "number", status->number);
	json_text(json, "mode", status->mode);
	json_text(json, "backend", status->backend == DISK_BACKEND_OURS ? "qdisk" : "phy");
	json_number(json, "state", status->state);
	json_text(json, "image", status->target);
	json_text(json, "backend_path", status->path);
	json_end(json);
}

static void block_tell(void *context, const struct disk_status *status)
{
	const struct device_table *table = context;

	if (table->json != NULL) {
		block_tell_json(table->json, status);
	} else if (table->verb->is_xl) {
		printf("%-5u %-3u %-6u %-5u %-7s %-8s %-30s\n", status->number, 0, 0, status->state,
		       "-", "-", status->path);
	} else {
		printf("%-8s %-7u %-5s %-7s %-5u %s\n", status->vdev, status->number, status->mode,
		       status->backend == DISK_BACKEND_OURS ? "qdisk" : "phy", status->state,
		       status->target);
	}
}

static int block_list_run(struct verb_context *context, int argc, char **argv)
{
	struct device_table table;
	struct device_verb device;
	struct error error = { 0 };
	int status = verb_one_domain(context, argc, argv);

	if (status == VERB_DONE) {
		status = device_verb_open(context, argv[1], &device);
	}
	if (status != VERB_DONE) {
		return status;
	}
	device_table_start(&table, context,
			   context->is_xl ? "Vdev  BE  handle state evt-ch  ring-ref BE-path" :
					    "device   number  mode  backend state image");
	if (disk_store_list(device.store, device.ref.domid, block_tell, &table, &error) < 0) {
		status = verb_fail(context, device.ref.name, &error);
	}
	device_verb_close(&device);
	return device_table_end(&table, status);
}

const struct verb verb_block_attach = {
	.name = "block-attach",
	.usage = "DOMAIN DISK...",
	.summary = "give a running domain a disk",
	.details = "DISK is written as in a configuration: target,format,vdev,access or key=value",
	.run = block_attach_run,
};

const struct verb verb_block_detach = {
	.name = "block-detach",
	.usage = "[--force] DOMAIN DEVICE",
	.summary = "take a disk away from a running domain",
	.details = "--force: without waiting for the guest",
	.run = block_detach_run,
};

const struct verb verb_block_resize = {
	.name = "block-resize",
	.usage = "DOMAIN DEVICE",
	.summary = "have a running domain see the new size of a disk's image",
	.details = "change the file or block device first; the guest keeps running",
	.run = block_resize_run,
};

const struct verb verb_block_list = {
	.name = "block-list",
	.usage = "DOMAIN",
	.summary = "the disks of a domain, with the state of each back end (4: connected)",
	.run = block_list_run,
	.formats = VERB_HAS_JSON,
};
