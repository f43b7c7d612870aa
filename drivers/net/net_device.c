// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual interface as a kind of device: its name, its tap device, and what is offered to the
 * front end. The states are walked by drivers/back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/net/netd.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

struct back_device *net_device_create(void)
{
	struct net_device *device = calloc(1, sizeof(*device));

	return device == NULL ? NULL : &device->base;
}

void net_device_free(struct back_device *base)
{
	free(((struct net_device *)base)->hook.script);
	free(base);
}

/* No letter that the kernel gives a meaning of its own: "%d" counts. */
static bool device_is_link_name(const char *name)
{
	size_t length = strlen(name);

	return length != 0 && length < NET_NAME_BYTES && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
	       length;
}

void net_device_name(struct back_device *base)
{
	struct net_device *device = (struct net_device *)base;
	char *link = back_store_read(base->daemon, base->back, "vifname");

	if (link != NULL && device_is_link_name(link)) {
		snprintf(device->link, sizeof(device->link), "%s", link);
	} else {
		snprintf(device->link, sizeof(device->link), "vif%u.%u", base->domid, base->number);
	}
	snprintf(base->name, sizeof(base->name), "domain %u vif %u (%s)", base->domid,
		 base->number, device->link);
	free(link);
	net_hook_read(device);
}

/* A guest with one processor has no use for a second queue; each costs memory. */
static uint32_t device_count_queues(const struct back_device *base)
{
	unsigned int processors = 0;
	char path[40];

	snprintf(path, sizeof(path), "/local/domain/%u/cpu", base->domid);
	free(xs_directory(base->daemon->store, XBT_NULL, path, &processors));
	if (processors == 0) {
		processors = 1;
	}
	return processors < NET_MAX_QUEUES ? processors : NET_MAX_QUEUES;
}

static int device_read_rate(struct net_device *device, struct error *error)
{
	char *text = back_store_read(device->base.daemon, device->base.back, "rate");
	int rc = 0;

	memset(&device->rate, 0, sizeof(device->rate));
	if (text != NULL && net_rate_parse(text, &device->rate) < 0) {
		rc = error_set(error, EINVAL, device->base.back,
			       "its rate '%.40s' is not BYTES,MICROSECONDS", text);
	}
	free(text);
	return rc;
}

static int device_open(struct back_device *base, struct error *error)
{
	struct net_device *device = (struct net_device *)base;
	int rc = device_read_rate(device, error);

	device->max_queues = device_count_queues(base);
	if (rc == 0) {
		rc = net_setup_tap(device, error);
	}
	if (rc == 0) {
		rc = net_hook_online(device, error);
	}
	if (rc == 0) {
		net_setup_write(device, "hotplug-status", "connected");
	}
	return rc;
}

static void device_close(struct back_device *base)
{
	net_hook_offline((struct net_device *)base);
}

static void device_publish(struct back_device *base, struct xs_batch *batch)
{
	back_batch_number(batch, base, "feature-sg", 1);
	back_batch_number(batch, base, "feature-gso-tcpv4", 1);
	back_batch_number(batch, base, "feature-gso-tcpv6", 1);
	back_batch_number(batch, base, "feature-ipv6-csum-offload", 1);
	back_batch_number(batch, base, "feature-rx-copy", 1);
	back_batch_number(batch, base, "feature-rx-flip", 0);
	back_batch_number(batch, base, "feature-multicast-control", 0);
	back_batch_number(batch, base, "feature-split-event-channels", 1);
	back_batch_number(batch, base, "multi-queue-max-queues",
			  ((struct net_device *)base)->max_queues);
}

const struct back_kind net_kind = {
	.folder = NET_STORE_BACKEND,
	.create = net_device_create,
	.free = net_device_free,
	.name = net_device_name,
	.update = back_device_update,
	.open = device_open,
	.close = device_close,
	.publish = device_publish,
	.connect = net_connect,
	.disconnect = net_disconnect,
};
