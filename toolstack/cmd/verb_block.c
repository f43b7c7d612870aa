// SPDX-License-Identifier: GPL-2.0-only
/*
 * block-attach, block-detach, block-list: disks of running domains.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/disk.h"
#include "lib/disk_store.h"
#include "lib/store_entries.h"
#include "xenbus/client/xenstore.h"

/* What the three verbs need: the domain and the store. */
struct block_context {
	struct control control;
	struct domain_ref ref;
	struct xs_handle *store;
};

static int block_open(const struct verb_context *context, const char *text,
		      struct block_context *block)
{
	struct error error = { 0 };
	int status = verb_open_domain(context, text, &block->control, &block->ref);

	if (status != VERB_DONE) {
		return status;
	}
	if (store_connect(&block->store, &error) < 0) {
		control_close(&block->control);
		return verb_fail(context, block->ref.name, &error);
	}
	return VERB_DONE;
}

static void block_close(struct block_context *block)
{
	xs_close(block->store);
	control_close(&block->control);
}

static int block_attach(struct block_context *block, const char *spec, struct error *error)
{
	struct disk_config disk;
	int rc = disk_parse(spec, &disk, error);

	if (rc == 0) {
		rc = disk_check(&disk, error);
	}
	return rc < 0 ? rc : disk_store_attach(block->store, block->ref.domid, &disk, error);
}

static int block_attach_run(struct verb_context *context, int argc, char **argv)
{
	struct block_context block;
	struct error error = { 0 };
	char spec[DISK_SPEC_BYTES];
	size_t length = 0;
	int status, i;

	if (argc < 3 || argv[1][0] == '-') {
		return verb_usage(context, "a domain and a disk are needed");
	}
	for (i = 2; i < argc; i++) {
		int n = snprintf(spec + length, sizeof(spec) - length, "%s%s",
				 i > 2 ? "," : "", argv[i]);

		if (n < 0 || (size_t)n >= sizeof(spec) - length) {
			return verb_usage(context, "the disk's specification is too long");
		}
		length += (size_t)n;
	}
	status = block_open(context, argv[1], &block);
	if (status != VERB_DONE) {
		return status;
	}
	if (block_attach(&block, spec, &error) < 0) {
		status = verb_fail(context, block.ref.name, &error);
	}
	block_close(&block);
	return status;
}

static int block_detach_run(struct verb_context *context, int argc, char **argv)
{
	struct block_context block;
	struct error error = { 0 };
	bool force = false;
	uint32_t number;
	int status;

	if (argc > 1 && (strcmp(argv[argc - 1], "--force") == 0 || strcmp(argv[1], "--force") == 0)) {
		force = true;
		argv += strcmp(argv[1], "--force") == 0;
		argc--;
	}
	if (argc != 3 || argv[1][0] == '-') {
		return verb_usage(context, "a domain and a device are needed");
	}
	if (disk_vdev_number(argv[2], &number) < 0) {
		return verb_usage(context, "'%s' is not the name of a virtual device", argv[2]);
	}
	status = block_open(context, argv[1], &block);
	if (status != VERB_DONE) {
		return status;
	}
	if (disk_store_detach(block.store, block.ref.domid, number, force, &error) < 0) {
		status = verb_fail(context, block.ref.name, &error);
	}
	block_close(&block);
	return status;
}

static void block_tell(void *context, const struct disk_status *status)
{
	const struct verb_context *verb = context;

	if (verb->is_xl) {
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
	struct block_context block;
	struct error error = { 0 };
	int status = verb_one_domain(context, argc, argv);

	if (status == VERB_DONE) {
		status = block_open(context, argv[1], &block);
	}
	if (status != VERB_DONE) {
		return status;
	}
	puts(context->is_xl ? "Vdev  BE  handle state evt-ch  ring-ref BE-path" :
	     "device   number  mode  backend state image");
	if (disk_store_list(block.store, block.ref.domid, block_tell, context, &error) < 0) {
		status = verb_fail(context, block.ref.name, &error);
	}
	block_close(&block);
	return status;
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

const struct verb verb_block_list = {
	.name = "block-list",
	.usage = "DOMAIN",
	.summary = "the disks of a domain, with the state of each back end (4: connected)",
	.run = block_list_run,
};
