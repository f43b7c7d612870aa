/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk's nodes in the store (lib/device_store.h), and attaching, detaching and listing disks of
 * running domains.
 */
#ifndef TOOLSTACK_LIB_DISK_STORE_H
#define TOOLSTACK_LIB_DISK_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/disk.h"

struct error;
struct xs_batch;
struct xs_handle;

/* What is told of one disk. */
struct disk_status {
	uint32_t number;
	enum disk_backend backend;
	uint32_t state;			/* the back end's */
	char vdev[DISK_VDEV_BYTES];
	char mode[4];
	char target[DISK_TARGET_BYTES];
	char path[96];			/* of the back end */
};

/* Collects the nodes of one disk. */
void disk_store_add(struct xs_batch *batch, uint16_t domid, const struct disk_config *disk);
/* Collects the removal of all disks of a domain that is going. */
void disk_store_remove_all(struct xs_batch *batch, uint16_t domid);

/* Gives a running domain a disk and waits until its back end offers it. */
int disk_store_attach(struct xs_handle *store, uint16_t domid, const struct disk_config *disk,
		      struct error *error);
/*
 * Waits until the back ends of a new domain's disks hold their images: from then on nobody else can have them. The nodes stay
 * in case of an error.
 */
int disk_store_await(struct xs_handle *store, uint16_t domid, const struct disk_config *disks,
		     uint32_t count, struct error *error);
/* Takes it away; waits for the guest to let go unless @force. */
int disk_store_detach(struct xs_handle *store, uint16_t domid, uint32_t number, bool force,
		      struct error *error);
/*
 * Has the back end look at its image's size again, and waits until it has; @sectors is what the guest sees from then on.
 */
int disk_store_resize(struct xs_handle *store, uint16_t domid, uint32_t number, uint64_t *sectors,
		      struct error *error);
/* Calls @tell for each disk. */
int disk_store_list(struct xs_handle *store, uint16_t domid,
		    void (*tell)(void *context, const struct disk_status *status),
		    void *context, struct error *error);

#endif
