/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the store nodes of all split devices have in common: two folders that name each other, the
 * front end's (the guest owns it) and the back end's (the guest may read it), and waiting until a
 * back end has come as far as wanted.
 *
 * Nothing that a guest can write is trusted: folders are found by numbers, never through the guest's
 * nodes, and only the back end's state is waited for.
 */
#ifndef TOOLSTACK_LIB_DEVICE_STORE_H
#define TOOLSTACK_LIB_DEVICE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/back/protocol.h"

#define DEVICE_PATH_BYTES 96
#define DEVICE_VALUE_BYTES 1040

struct error;
struct xs_batch;
struct xs_handle;

struct device_place {
	uint16_t domid;
	char front[DEVICE_PATH_BYTES];
	char back[DEVICE_PATH_BYTES];
	char name[48];			/* in messages: "xvda", "vif 0" */
	const char *hint;		/* when its back end does not answer */
};

/* Fills the two paths: /local/domain/DOMID/device/@kind/N, /local/domain/0/backend/@folder/DOMID/N. */
void device_place_set(struct device_place *place, const char *kind, const char *folder,
		      uint32_t number);

/* Collects one node of a folder. Values longer than DEVICE_VALUE_BYTES are cut. */
void device_node(struct xs_batch *batch, const char *folder, const char *name, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));
/* Collects both folders with the nodes that every device has, but for the states. */
void device_start(struct xs_batch *batch, const struct device_place *place);
/* Collects the states, with which the ends begin: after all other nodes. */
void device_finish(struct xs_batch *batch, const struct device_place *place);

/* The value of a node as text that the caller frees; NULL when there is none. */
char *device_read(struct xs_handle *store, const char *folder, const char *name);
/* The same as a number; @otherwise when there is none. */
uint32_t device_read_number(struct xs_handle *store, const char *folder, const char *name,
			    uint32_t otherwise);
bool device_exists(struct xs_handle *store, const char *back);

/* Writes the nodes collected in @batch, which it uses up, and waits until the back end offers it. */
int device_attach(struct xs_handle *store, const struct device_place *place,
		  struct xs_batch *batch, struct error *error);
/* Waits until the back end offers the device. The nodes stay in case of an error. */
int device_await(struct xs_handle *store, const struct device_place *place, struct error *error);
/* Asks both ends to close and removes the nodes; waits for the guest unless @force. */
int device_detach(struct xs_handle *store, const struct device_place *place, bool force,
		  struct error *error);

#endif
