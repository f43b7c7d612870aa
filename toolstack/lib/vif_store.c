// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes of network interfaces. Lamina's back end has the folder that user-space back ends have
 * elsewhere (qnic), so that dom0's kernel driver, which takes vif, leaves them alone and can be
 * chosen.
 */
#include "lib/vif_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sys/error.h"
#include "xenbus/client/xenstore.h"

static const char *const backend_folders[] = {
	[VIF_BACKEND_OURS] = "qnic",
	[VIF_BACKEND_KERNEL] = "vif",
};
static const char *const backend_hints[] = {
	[VIF_BACKEND_OURS] = "lamd looks after lam-netd, which serves networks",
	[VIF_BACKEND_KERNEL] = "load the module xen-netback in dom0",
};
#define BACKENDS (sizeof(backend_folders) / sizeof(backend_folders[0]))
#define VIF_NUMBERS 256u

static void vif_place(struct device_place *place, uint16_t domid, enum vif_backend backend,
		      uint32_t number)
{
	place->domid = domid;
	place->hint = backend_hints[backend];
	snprintf(place->name, sizeof(place->name), "vif %u", number);
	device_place_set(place, "vif", backend_folders[backend], number);
}

static void vif_add_text(struct xs_batch *batch, const struct device_place *place,
			 const char *name, const char *value)
{
	if (value[0] != '\0') {
		device_node(batch, place->back, name, "%s", value);
	}
}

/* What the back end needs to know of dom0's side. */
static void vif_add_link(struct xs_batch *batch, const struct device_place *place,
			 const struct vif_config *vif)
{
	if (vif->link[0] != '\0') {
		device_node(batch, place->back, "vifname", "%s", vif->link);
	} else {
		device_node(batch, place->back, "vifname", "vif%u.%u", place->domid, vif->number);
	}
	vif_add_text(batch, place, "bridge", vif->bridge);
	/* The kernel's back end takes no device without this node. */
	if (vif->script[0] != '\0' || vif->backend == VIF_BACKEND_KERNEL) {
		device_node(batch, place->back, "script", "%s", vif->script);
	}
	vif_add_text(batch, place, "ip", vif->ip);
	vif_add_text(batch, place, "gatewaydev", vif->gateway_device);
	if (vif->rate_bytes != 0) {
		device_node(batch, place->back, "rate", "%llu,%u",
			    (unsigned long long)vif->rate_bytes, vif->rate_interval_us);
	}
	if (vif->mtu != 0) {
		device_node(batch, place->back, "mtu", "%u", vif->mtu);
	}
}

void vif_store_add(struct xs_batch *batch, uint16_t domid, const struct vif_config *vif)
{
	struct device_place place;
	char mac[VIF_MAC_TEXT_BYTES];

	vif_format_mac(vif->mac, mac);
	vif_place(&place, domid, vif->backend, vif->number);
	device_start(batch, &place);
	device_node(batch, place.front, "handle", "%u", vif->number);
	device_node(batch, place.front, "mac", "%s", mac);
	device_node(batch, place.front, "trusted", "%u", vif->is_untrusted ? 0u : 1u);
	if (vif->mtu != 0) {
		device_node(batch, place.front, "mtu", "%u", vif->mtu);
	}
	device_node(batch, place.back, "handle", "%u", vif->number);
	device_node(batch, place.back, "mac", "%s", mac);
	device_node(batch, place.back, "type", "vif");
	vif_add_link(batch, &place, vif);
	device_finish(batch, &place);
}

void vif_store_remove_all(struct xs_batch *batch, uint16_t domid)
{
	char path[DEVICE_PATH_BYTES];
	size_t i;

	for (i = 0; i < BACKENDS; i++) {
		snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u", backend_folders[i],
			 domid);
		xs_batch_rm(batch, path);
	}
}

static bool vif_find(struct xs_handle *store, uint16_t domid, uint32_t number,
		     struct device_place *place)
{
	size_t i;

	for (i = 0; i < BACKENDS; i++) {
		vif_place(place, domid, (enum vif_backend)i, number);
		if (device_exists(store, place->back)) {
			return true;
		}
	}
	return false;
}

static int vif_choose_number(struct xs_handle *store, uint16_t domid, struct vif_config *vif,
			     struct error *error)
{
	struct device_place place;
	char object[32];

	if (!vif->has_number) {
		for (vif->number = 0; vif->number < VIF_NUMBERS; vif->number++) {
			if (!vif_find(store, domid, vif->number, &place)) {
				return 0;
			}
		}
		return error_set(error, ENOSPC, NULL, "the domain has %u interfaces already",
				 VIF_NUMBERS);
	}
	if (vif_find(store, domid, vif->number, &place)) {
		snprintf(object, sizeof(object), "devid %u", vif->number);
		return error_set(error, EEXIST, object, "the domain has this interface already");
	}
	return 0;
}

int vif_store_attach(struct xs_handle *store, uint16_t domid, struct vif_config *vif,
		     struct error *error)
{
	struct device_place place;
	struct xs_batch *batch;
	int rc = vif_choose_number(store, domid, vif, error);

	if (rc < 0) {
		return rc;
	}
	batch = xs_batch_create(store, XBT_NULL);
	if (batch == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the interface's store nodes");
	}
	vif_place(&place, domid, vif->backend, vif->number);
	vif_store_add(batch, domid, vif);
	return device_attach(store, &place, batch, error);
}

int vif_store_await(struct xs_handle *store, uint16_t domid, const struct vif_config *vifs,
		    uint32_t count, struct error *error)
{
	struct device_place place;
	uint32_t i;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		vif_place(&place, domid, vifs[i].backend, vifs[i].number);
		rc = device_await(store, &place, error);
	}
	return rc;
}

static void vif_copy(char *out, size_t bytes, char *text)
{
	snprintf(out, bytes, "%s", text != NULL ? text : "");
	free(text);
}

/* With several queues the first one stands for all. */
static int32_t vif_front_number(struct xs_handle *store, const char *front, const char *name)
{
	char folder[DEVICE_PATH_BYTES + 16];
	uint32_t number = device_read_number(store, front, name, UINT32_MAX);

	if (number == UINT32_MAX) {
		snprintf(folder, sizeof(folder), "%s/queue-0", front);
		number = device_read_number(store, folder, name, UINT32_MAX);
	}
	return (int32_t)number;
}

static void vif_fill(struct xs_handle *store, const struct device_place *place,
		     struct vif_status *status)
{
	status->state = device_read_number(store, place->back, "state", 0);
	vif_copy(status->mac, sizeof(status->mac), device_read(store, place->back, "mac"));
	vif_copy(status->bridge, sizeof(status->bridge), device_read(store, place->back, "bridge"));
	vif_copy(status->link, sizeof(status->link), device_read(store, place->back, "vifname"));
	status->port = vif_front_number(store, place->front, "event-channel-tx");
	if (status->port < 0) {
		status->port = vif_front_number(store, place->front, "event-channel");
	}
	status->tx_ref = vif_front_number(store, place->front, "tx-ring-ref");
	status->rx_ref = vif_front_number(store, place->front, "rx-ring-ref");
	memcpy(status->path, place->back, sizeof(status->path));
}

void vif_store_list(struct xs_handle *store, uint16_t domid,
		    void (*tell)(void *context, const struct vif_status *status), void *context)
{
	size_t kind;

	for (kind = 0; kind < BACKENDS; kind++) {
		char path[DEVICE_PATH_BYTES];
		unsigned int count = 0, i;
		char **names;

		snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%u",
			 backend_folders[kind], domid);
		names = xs_directory(store, XBT_NULL, path, &count);
		for (i = 0; names != NULL && i < count; i++) {
			struct vif_status status = { .backend = (enum vif_backend)kind };
			struct device_place place;

			status.number = (uint32_t)strtoul(names[i], NULL, 10);
			vif_place(&place, domid, status.backend, status.number);
			vif_fill(store, &place, &status);
			tell(context, &status);
		}
		free(names);
	}
}

struct vif_wanted {
	const char *name;
	bool found;
	uint32_t number;
};

static void vif_compare(void *context, const struct vif_status *status)
{
	struct vif_wanted *wanted = context;
	char number[16];

	snprintf(number, sizeof(number), "%u", status->number);
	if (strcmp(wanted->name, number) == 0 || strcasecmp(wanted->name, status->mac) == 0) {
		wanted->found = true;
		wanted->number = status->number;
	}
}

int vif_store_detach(struct xs_handle *store, uint16_t domid, const char *name, bool force,
		     uint32_t *number, struct error *error)
{
	struct vif_wanted wanted = { .name = name };
	struct device_place place;
	char object[48];

	vif_store_list(store, domid, vif_compare, &wanted);
	if (!wanted.found || !vif_find(store, domid, wanted.number, &place)) {
		snprintf(object, sizeof(object), "interface '%.30s'", name);
		return error_set(error, ENODEV, object, "the domain has no such interface");
	}
	*number = wanted.number;
	return device_detach(store, &place, force, error);
}
