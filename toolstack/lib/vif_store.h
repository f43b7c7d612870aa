/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A network interface's nodes in the store (lib/device_store.h), and attaching, detaching and
 * listing interfaces of running domains.
 */
#ifndef TOOLSTACK_LIB_VIF_STORE_H
#define TOOLSTACK_LIB_VIF_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/device_store.h"
#include "lib/vif.h"

struct error;
struct xs_batch;
struct xs_handle;

/* What is told of one interface. Numbers that the front end has not given are -1. */
struct vif_status {
	uint32_t number;
	enum vif_backend backend;
	uint32_t state;			/* the back end's */
	int32_t port;			/* of the front end */
	int32_t tx_ref;
	int32_t rx_ref;
	char mac[VIF_MAC_TEXT_BYTES];
	char bridge[VIF_LINK_BYTES];
	char link[VIF_LINK_BYTES];	/* dom0's device */
	char path[DEVICE_PATH_BYTES];	/* of the back end */
};

/* Collects the nodes of one interface, which has an address and a number by now. */
void vif_store_add(struct xs_batch *batch, uint16_t domid, const struct vif_config *vif);
/* Collects the removal of all interfaces of a domain that is going. */
void vif_store_remove_all(struct xs_batch *batch, uint16_t domid);

/*
 * Gives a running domain an interface and waits until its back end offers it. Without a number of
 * its own it gets the first that is free.
 */
int vif_store_attach(struct xs_handle *store, uint16_t domid, struct vif_config *vif,
		     struct error *error);
/* Waits until the back ends of a new domain's interfaces offer them. */
int vif_store_await(struct xs_handle *store, uint16_t domid, const struct vif_config *vifs,
		    uint32_t count, struct error *error);
/*
 * Takes away the interface that is @name, a number or a MAC address, and tells its number; waits unless @force.
 */
int vif_store_detach(struct xs_handle *store, uint16_t domid, const char *name, bool force,
		     uint32_t *number, struct error *error);
void vif_store_list(struct xs_handle *store, uint16_t domid,
		    void (*tell)(void *context, const struct vif_status *status), void *context);

#endif
