// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces that dom0's kernel serves (xen-netback): the kernel makes vifDOMID.NUMBER and waits in
 * state 2 until somebody has set it up and says so in hotplug-status. That somebody is here; no
 * script is needed. Everything else about such a device is the kernel's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/net/netd.h"
#include "sys/error.h"

static int kernel_set_up(struct net_device *device, const struct net_link *link,
			 struct error *error)
{
	struct net_link_setup setup = { .name = device->link };
	struct net_link bridge;
	int rc = net_setup_find_bridge(device, &bridge, error);

	setup.bridge = bridge.index;
	if (rc == 0) {
		rc = net_setup_find_mtu(device, &bridge, &setup.mtu, error);
	}
	if (rc < 0) {
		return rc;
	}
	rc = net_link_name(link->index, &setup);
	if (rc == 0) {
		rc = net_link_set_up(link->index, &setup);
	}
	return rc == 0 ? 0 : error_set(error, -rc, device->link, "it cannot be set up: %s",
				       strerror(-rc));
}

static int kernel_open(struct back_device *base, struct error *error)
{
	struct net_device *device = (struct net_device *)base;
	struct net_link link;
	char made[NET_NAME_BYTES];
	int rc;

	if (device->hook.is_online) {
		return 0;
	}
	/* The kernel's own name; the device's may be another. */
	snprintf(made, sizeof(made), "vif%u.%u", base->domid, base->number);
	rc = net_link_find(made, &link);
	if (rc < 0) {
		return rc == -ENODEV ? -EBUSY :
		       error_set(error, -rc, made, "it cannot be looked at: %s", strerror(-rc));
	}
	if (device->hook.script != NULL) {
		snprintf(device->link, sizeof(device->link), "%s", made);
		rc = net_hook_online(device, error);
	} else {
		rc = kernel_set_up(device, &link, error);
	}
	if (rc == 0) {
		device->hook.is_online = true;
		net_setup_write(device, "hotplug-status", "connected");
	}
	return rc;
}

static void kernel_close(struct back_device *base)
{
	net_hook_offline((struct net_device *)base);
}

static void kernel_update(struct back_device *device)
{
	uint32_t state;

	if (!back_device_read_state(device, device->back, &state)) {
		return;
	}
	if (state == XENBUS_UNKNOWN) {
		back_device_remove(device);
	} else if (state >= XENBUS_INIT_WAIT && state <= XENBUS_CONNECTED) {
		back_device_open(device);
	} else {
		device->must_retry = false;
	}
}

const struct back_kind net_kernel_kind = {
	.folder = NET_STORE_KERNEL_BACKEND,
	.create = net_device_create,
	.free = net_device_free,
	.name = net_device_name,
	.update = kernel_update,
	.open = kernel_open,
	.close = kernel_close,
};
