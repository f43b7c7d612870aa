// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store: one watch on the back ends' folder, one on each front end's state. Events only say
 * where to look. When the store goes away, disks that are connected go on; when it is back, all
 * nodes are compared with what is served.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/blk/blkd.h"
#include "xenbus/client/xenstore.h"

#define STORE_RETRY_MS 100
#define STORE_EVENTS_AT_ONCE 64

char *blk_store_read(struct blk_daemon *daemon, const char *folder, const char *name)
{
	char path[BLK_PATH_BYTES + 64];
	unsigned int length;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return xs_read(daemon->store, XBT_NULL, path, &length);
}

static bool store_parse_number(const char *text, uint32_t *number)
{
	uint64_t value = 0;
	const char *p = text;

	while (*p >= '0' && *p <= '9' && p - text < 11) {
		value = value * 10 + (uint64_t)(*p++ - '0');
	}
	*number = (uint32_t)value;
	return p != text && *p == '\0' && value <= UINT32_MAX;
}

int blk_store_number(struct blk_daemon *daemon, const char *folder, const char *name,
		     uint32_t *number)
{
	char *text = blk_store_read(daemon, folder, name);
	int rc = 0;

	if (text == NULL) {
		return errno != 0 ? -errno : -EIO;
	}
	if (!store_parse_number(text, number)) {
		rc = -EINVAL;
	}
	free(text);
	return rc;
}

static void store_lost(struct blk_daemon *daemon)
{
	log_warning("the store is not there; connected disks go on");
	loop_remove(daemon->store_watch);
	daemon->store_watch = NULL;
	xs_close(daemon->store);
	daemon->store = NULL;
	loop_arm_timer(daemon->retry_timer, STORE_RETRY_MS);
}

void blk_store_retry(struct blk_daemon *daemon)
{
	loop_arm_timer(daemon->retry_timer, STORE_RETRY_MS);
}

static void store_look_at(struct blk_daemon *daemon, const char *domid, const char *number)
{
	struct blk_device *device;
	uint32_t domain, index;

	if (!store_parse_number(domid, &domain) || domain >= 0x7ff0 ||
	    !store_parse_number(number, &index)) {
		return;
	}
	device = blk_device_get(daemon, (uint16_t)domain, index);
	if (device != NULL) {
		device->is_listed = true;
		blk_device_update(device);
	}
}

static void store_look_at_domain(struct blk_daemon *daemon, const char *domid)
{
	char path[BLK_PATH_BYTES];
	unsigned int count = 0, i;
	char **numbers;

	snprintf(path, sizeof(path), BLK_STORE_BACKEND "/%s", domid);
	numbers = xs_directory(daemon->store, XBT_NULL, path, &count);
	for (i = 0; numbers != NULL && i < count; i++) {
		store_look_at(daemon, domid, numbers[i]);
	}
	free(numbers);
}

/* Everything in the store against everything that is served. */
static void store_look_at_all(struct blk_daemon *daemon)
{
	struct blk_device *device, *next;
	unsigned int count = 0, i;
	char **domains;

	for (device = daemon->devices; device != NULL; device = device->next) {
		device->is_listed = false;
	}
	errno = 0;
	domains = xs_directory(daemon->store, XBT_NULL, BLK_STORE_BACKEND, &count);
	if (domains == NULL && errno != ENOENT) {
		return;
	}
	for (i = 0; domains != NULL && i < count; i++) {
		store_look_at_domain(daemon, domains[i]);
	}
	free(domains);
	for (device = daemon->devices; device != NULL; device = next) {
		next = device->next;
		if (!device->is_listed && !device->is_gone) {
			blk_device_remove(device);
		}
	}
}

/* "DOMID/NUMBER[/NODE]" below the back ends' folder. Our own nodes but state are no news. */
static void store_back_event(struct blk_daemon *daemon, const char *rest)
{
	char domid[16], number[16], node[32] = "";
	int fields = sscanf(rest, "/%15[0-9]/%15[0-9]/%31s", domid, number, node);

	if (fields < 2) {
		store_look_at_all(daemon);
		return;
	}
	if (fields == 3 && strcmp(node, "state") != 0 && strcmp(node, "online") != 0) {
		return;
	}
	store_look_at(daemon, domid, number);
}

static void store_event(struct blk_daemon *daemon, const char *path, const char *token)
{
	unsigned int domid, number;

	if (strcmp(token, "back") == 0) {
		if (strncmp(path, BLK_STORE_BACKEND, strlen(BLK_STORE_BACKEND)) == 0) {
			store_back_event(daemon, path + strlen(BLK_STORE_BACKEND));
		}
	} else if (sscanf(token, "front %u %u", &domid, &number) == 2) {
		struct blk_device *device = blk_device_find(daemon, (uint16_t)domid, number);

		if (device != NULL) {
			blk_device_update(device);
		}
	}
}

static void store_ready(unsigned int events, void *opaque)
{
	struct blk_daemon *daemon = opaque;
	char **event = NULL;
	int count = 0;

	(void)events;
	errno = EAGAIN;
	while (count++ < STORE_EVENTS_AT_ONCE &&
	       (event = xs_check_watch(daemon->store)) != NULL) {
		store_event(daemon, event[XS_WATCH_PATH], event[XS_WATCH_TOKEN]);
		free(event);
	}
	if (event == NULL && errno != EAGAIN) {
		store_lost(daemon);
	}
	blk_io_flush(daemon);
}

static bool store_connect(struct blk_daemon *daemon)
{
	daemon->store = xs_open(XS_OPEN_SOCKETONLY);
	if (daemon->store == NULL) {
		return false;
	}
	if (!xs_watch(daemon->store, BLK_STORE_BACKEND, "back")) {
		log_warning("the store refuses the watch: %s", strerror(errno));
		xs_close(daemon->store);
		daemon->store = NULL;
		return false;
	}
	daemon->store_watch = loop_add_fd(daemon->loop, xs_fileno(daemon->store), LOOP_READ,
					  store_ready, daemon);
	return true;
}

/* Known devices are watched again in a new store connection. */
static void store_watch_known(struct blk_daemon *daemon)
{
	struct blk_device *device;
	char path[BLK_PATH_BYTES + 16];
	char token[32];

	for (device = daemon->devices; device != NULL; device = device->next) {
		snprintf(path, sizeof(path), "%s/state", device->front);
		snprintf(token, sizeof(token), "front %u %u", device->domid, device->number);
		xs_watch(daemon->store, path, token);
	}
}

static void store_try(unsigned int events, void *opaque)
{
	struct blk_daemon *daemon = opaque;
	struct blk_device *device, *next;

	(void)events;
	if (daemon->store == NULL) {
		if (!store_connect(daemon)) {
			loop_arm_timer(daemon->retry_timer, STORE_RETRY_MS);
			return;
		}
		store_watch_known(daemon);
		store_look_at_all(daemon);
		store_ready(0, daemon);
		return;
	}
	for (device = daemon->devices; device != NULL; device = next) {
		next = device->next;
		if (device->must_retry && !device->is_gone) {
			blk_device_update(device);
		}
	}
	/* Events that came with answers do not make the descriptor readable. */
	store_ready(0, daemon);
}

void blk_store_start(struct blk_daemon *daemon)
{
	daemon->retry_timer = loop_add_timer(daemon->loop, store_try, daemon);
	if (daemon->retry_timer == NULL) {
		log_error("no memory for a timer");
		return;
	}
	store_try(0, daemon);
}
