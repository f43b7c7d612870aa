// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interface in dom0 as its back folder describes it. A tap device outlives this process, so that
 * its bridge keeps it: it carries the device's name as its alias, by which the next process knows
 * it again, or removes it when the device is gone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drivers/net/netd.h"
#include "sys/error.h"
#include "xenbus/client/xenstore.h"

#define SETUP_MIN_MTU 68u
#define SETUP_MAX_MTU 65535u

struct setup_stale {
	struct back_daemon *daemon;
	char (*names)[NET_NAME_BYTES];
	uint32_t count;
};

void net_setup_write(struct net_device *device, const char *name, const char *value)
{
	char path[BACK_PATH_BYTES + 32];

	snprintf(path, sizeof(path), "%s/%s", device->base.back, name);
	xs_write(device->base.daemon->store, XBT_NULL, path, value, (unsigned int)strlen(value));
}

int net_setup_find_bridge(struct net_device *device, struct net_link *bridge,
			  struct error *error)
{
	char *name = back_store_read(device->base.daemon, device->base.back, "bridge");
	char object[64];
	int rc = 0;

	memset(bridge, 0, sizeof(*bridge));
	/* A user's script does what it likes with that name: it may be a bridge of another kind. */
	if (device->hook.script == NULL && name != NULL && name[0] != '\0') {
		snprintf(object, sizeof(object), "bridge '%.40s'", name);
		rc = strlen(name) < NET_NAME_BYTES ? net_link_find(name, bridge) : -ENODEV;
		if (rc < 0) {
			error_set(error, -rc, object, "there is no such interface in dom0");
		} else if (!bridge->is_bridge) {
			rc = error_set(error, EINVAL, object, "this interface is no bridge");
		}
	}
	free(name);
	return rc;
}

int net_setup_find_mtu(struct net_device *device, const struct net_link *bridge, uint32_t *mtu,
		       struct error *error)
{
	int rc = back_store_number(device->base.daemon, device->base.back, "mtu", mtu);

	if (rc == -ENOENT) {
		*mtu = bridge->mtu;
		return 0;
	}
	if (rc < 0 || *mtu < SETUP_MIN_MTU || *mtu > SETUP_MAX_MTU) {
		return error_set(error, EINVAL, device->link, "an MTU must be a number from %u to %u",
				 SETUP_MIN_MTU, SETUP_MAX_MTU);
	}
	return 0;
}

/* A device that nothing refers to goes with its descriptor: a failure leaves nothing behind. */
static int setup_make(struct net_device *device, const char *alias, const struct net_link *bridge,
		      struct error *error)
{
	struct net_link_setup setup = { .alias = alias, .bridge = bridge->index,
					.packets = NET_TAP_PACKETS };
	struct net_link link;
	int rc = net_setup_find_mtu(device, bridge, &setup.mtu, error);
	int fd;

	if (rc < 0) {
		return rc;
	}
	fd = net_tap_open(device->link, device->max_queues > 1);
	if (fd < 0) {
		error_set(error, -fd, device->link, "no tap device can be made: %s", strerror(-fd));
		error_set_hint(error, "in dom0, load the module tun");
		return fd;
	}
	rc = net_link_find(device->link, &link);
	if (rc == 0) {
		rc = net_link_name(link.index, &setup);
	}
	if (rc == 0) {
		rc = net_link_set_up(link.index, &setup);
	}
	if (rc == 0) {
		rc = net_tap_persist(fd);
	}
	close(fd);
	return rc == 0 ? 0 : error_set(error, -rc, device->link, "it cannot be set up: %s",
				       strerror(-rc));
}

static bool setup_is_served(struct back_daemon *daemon, const char *alias)
{
	unsigned int domid, number;

	return sscanf(alias, NET_ALIAS "%u/%u", &domid, &number) == 2 &&
	       back_device_find(daemon, &net_kind, (uint16_t)domid, number) != NULL;
}

int net_setup_tap(struct net_device *device, struct error *error)
{
	struct net_link bridge, link;
	char alias[48];
	int rc = net_setup_find_bridge(device, &bridge, error);

	if (rc < 0 || device->has_link) {
		return rc;
	}
	snprintf(alias, sizeof(alias), NET_ALIAS "%u/%u", device->base.domid, device->base.number);
	rc = net_link_find(device->link, &link);
	if (rc == 0 && strcmp(link.alias, alias) != 0 && link.alias[0] != '\0' &&
	    strncmp(link.alias, NET_ALIAS, strlen(NET_ALIAS)) == 0 &&
	    !setup_is_served(device->base.daemon, link.alias)) {
		net_link_delete(device->link);
		rc = -ENODEV;
	}
	if (rc == 0 && strcmp(link.alias, alias) != 0) {
		return error_set(error, EEXIST, device->link,
				 "dom0 has an interface of this name already");
	}
	rc = rc == 0 ? 0 : setup_make(device, alias, &bridge, error);
	device->has_link = rc == 0;
	return rc;
}

static void setup_note_stale(const char *name, const char *alias, void *arg)
{
	struct setup_stale *stale = arg;
	char (*grown)[NET_NAME_BYTES];

	if (setup_is_served(stale->daemon, alias)) {
		return;
	}
	grown = realloc(stale->names, (stale->count + 1) * sizeof(*grown));
	if (grown != NULL) {
		stale->names = grown;
		snprintf(grown[stale->count++], NET_NAME_BYTES, "%s", name);
	}
}

void net_setup_sweep(struct back_daemon *daemon)
{
	struct setup_stale stale = { .daemon = daemon };
	uint32_t i;

	net_link_each_ours(setup_note_stale, &stale);
	for (i = 0; i < stale.count; i++) {
		log_info("%s: its device is gone: removed", stale.names[i]);
		net_link_delete(stale.names[i]);
	}
	free(stale.names);
}
