// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store: one watch on each folder of back ends, one on each front end's state. Events only say
 * where to look. When the store goes away, devices that are connected go on; when it is back, all
 * nodes are compared with what is served.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/back/back.h"
#include "xenbus/client/xenstore.h"

#define STORE_RETRY_MS 100
#define STORE_EVENTS_AT_ONCE 64

char *back_store_read(struct back_daemon *daemon, const char *folder, const char *name)
{
	char path[BACK_PATH_BYTES + 64];
	unsigned int length;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return xs_read(daemon->store, XBT_NULL, path, &length);
}

bool back_parse_number(const char *text, uint32_t *number)
{
	uint64_t value = 0;
	const char *p = text;

	while (*p >= '0' && *p <= '9' && p - text < 11) {
		value = value * 10 + (uint64_t)(*p++ - '0');
	}
	*number = (uint32_t)value;
	return p != text && *p == '\0' && value <= UINT32_MAX;
}

int back_store_number(struct back_daemon *daemon, const char *folder, const char *name,
		      uint32_t *number)
{
	char *text = back_store_read(daemon, folder, name);
	int rc = 0;

	if (text == NULL) {
		return errno != 0 ? -errno : -EIO;
	}
	if (!back_parse_number(text, number)) {
		rc = -EINVAL;
	}
	free(text);
	return rc;
}

int back_front_number(struct back_device *device, const char *name, uint32_t otherwise,
		      uint32_t *number)
{
	int rc = back_store_number(device->daemon, device->front, name, number);

	if (rc == -ENOENT) {
		*number = otherwise;
		rc = 0;
	}
	return rc;
}

void back_batch_number(struct xs_batch *batch, const struct back_device *device,
		       const char *name, uint64_t value)
{
	char path[BACK_PATH_BYTES + 40];
	char text[24];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

	snprintf(path, sizeof(path), "%s/%s", device->back, name);
	xs_batch_write(batch, path, text, (unsigned int)length);
}

static void store_lost(struct back_daemon *daemon)
{
	log_warning("the store is not there; connected devices go on");
	loop_remove(daemon->store_watch);
	daemon->store_watch = NULL;
	xs_close(daemon->store);
	daemon->store = NULL;
	loop_arm_timer(daemon->retry_timer, STORE_RETRY_MS);
}

void back_store_retry(struct back_daemon *daemon)
{
	loop_arm_timer(daemon->retry_timer, STORE_RETRY_MS);
}

/* "front KIND DOMID NUMBER", where KIND is its place among the daemon's kinds. */
static void store_front_token(const struct back_device *device, char *token, size_t bytes)
{
	unsigned int kind = 0;

	while (device->daemon->kinds[kind] != device->kind) {
		kind++;
	}
	snprintf(token, bytes, "front %u %u %u", kind, device->domid, device->number);
}

bool back_store_watch_front(struct back_device *device)
{
	char path[BACK_PATH_BYTES + 16];
	char token[40];

	snprintf(path, sizeof(path), "%s/state", device->front);
	store_front_token(device, token, sizeof(token));
	return xs_watch(device->daemon->store, path, token);
}

void back_store_unwatch_front(struct back_device *device)
{
	char path[BACK_PATH_BYTES + 16];
	char token[40];

	snprintf(path, sizeof(path), "%s/state", device->front);
	store_front_token(device, token, sizeof(token));
	if (device->daemon->store != NULL) {
		xs_unwatch(device->daemon->store, path, token);
	}
}

static void store_look_at(struct back_daemon *daemon, const struct back_kind *kind,
			  const char *domid, const char *number)
{
	struct back_device *device;
	uint32_t domain, index;

	if (!back_parse_number(domid, &domain) || domain >= 0x7ff0 ||
	    !back_parse_number(number, &index)) {
		return;
	}
	device = back_device_get(daemon, kind, (uint16_t)domain, index);
	if (device != NULL) {
		device->is_listed = true;
		kind->update(device);
	}
}

static void store_look_at_domain(struct back_daemon *daemon, const struct back_kind *kind,
				 const char *domid)
{
	char path[BACK_PATH_BYTES];
	unsigned int count = 0, i;
	char **numbers;

	snprintf(path, sizeof(path), "%s/%s", kind->folder, domid);
	numbers = xs_directory(daemon->store, XBT_NULL, path, &count);
	for (i = 0; numbers != NULL && i < count; i++) {
		store_look_at(daemon, kind, domid, numbers[i]);
	}
	free(numbers);
}

/* Everything of a kind in the store against everything of it that is served. */
static void store_look_at_all(struct back_daemon *daemon, const struct back_kind *kind)
{
	struct back_device *device, *next;
	unsigned int count = 0, i;
	char **domains;

	for (device = daemon->devices; device != NULL; device = device->next) {
		device->is_listed = device->kind != kind;
	}
	errno = 0;
	domains = xs_directory(daemon->store, XBT_NULL, kind->folder, &count);
	if (domains == NULL && errno != ENOENT) {
		return;
	}
	for (i = 0; domains != NULL && i < count; i++) {
		store_look_at_domain(daemon, kind, domains[i]);
	}
	free(domains);
	for (device = daemon->devices; device != NULL; device = next) {
		next = device->next;
		if (!device->is_listed && !device->is_gone) {
			back_device_remove(device);
		}
	}
}

static void store_notice(struct back_daemon *daemon, const struct back_kind *kind, const char *domid,
			 const char *number, const char *node)
{
	struct back_device *device;
	uint32_t domain, index;

	if (kind->notice == NULL || !back_parse_number(domid, &domain) ||
	    !back_parse_number(number, &index)) {
		return;
	}
	device = back_device_find(daemon, kind, (uint16_t)domain, index);
	if (device != NULL) {
		kind->notice(device, node);
	}
}

/* "DOMID/NUMBER[/NODE]" below the back ends' folder. Our own nodes but state are no news. */
static void store_back_event(struct back_daemon *daemon, const struct back_kind *kind,
			     const char *rest)
{
	char domid[16], number[16], node[32] = "";
	int fields = sscanf(rest, "/%15[0-9]/%15[0-9]/%31s", domid, number, node);

	if (fields < 2) {
		store_look_at_all(daemon, kind);
		return;
	}
	if (fields == 3 && strcmp(node, "state") != 0 && strcmp(node, "online") != 0) {
		store_notice(daemon, kind, domid, number, node);
		return;
	}
	store_look_at(daemon, kind, domid, number);
}

static void store_event(struct back_daemon *daemon, const char *path, const char *token)
{
	unsigned int kind, domid, number, kinds = 0;

	while (daemon->kinds[kinds] != NULL) {
		kinds++;
	}
	if (sscanf(token, "back %u", &kind) == 1 && kind < kinds) {
		const char *folder = daemon->kinds[kind]->folder;

		if (strncmp(path, folder, strlen(folder)) == 0) {
			store_back_event(daemon, daemon->kinds[kind], path + strlen(folder));
		}
	} else if (sscanf(token, "front %u %u %u", &kind, &domid, &number) == 3 && kind < kinds) {
		struct back_device *device = back_device_find(daemon, daemon->kinds[kind],
							      (uint16_t)domid, number);

		if (device != NULL) {
			device->kind->update(device);
		}
	}
}

static void store_ready(unsigned int events, void *opaque)
{
	struct back_daemon *daemon = opaque;
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
	if (daemon->flush != NULL) {
		daemon->flush(daemon);
	}
}

static bool store_watch_folders(struct back_daemon *daemon)
{
	char token[16];
	unsigned int i;

	for (i = 0; daemon->kinds[i] != NULL; i++) {
		snprintf(token, sizeof(token), "back %u", i);
		if (!xs_watch(daemon->store, daemon->kinds[i]->folder, token)) {
			return false;
		}
	}
	return true;
}

static bool store_connect(struct back_daemon *daemon)
{
	daemon->store = xs_open(XS_OPEN_SOCKETONLY);
	if (daemon->store == NULL) {
		return false;
	}
	if (!store_watch_folders(daemon)) {
		log_warning("the store refuses the watch: %s", strerror(errno));
		xs_close(daemon->store);
		daemon->store = NULL;
		return false;
	}
	daemon->store_watch = loop_add_fd(daemon->loop, xs_fileno(daemon->store), LOOP_READ,
					  store_ready, daemon);
	return true;
}

/* A new connection: known devices are watched again, and all is looked at. */
static void store_begin(struct back_daemon *daemon)
{
	struct back_device *device;
	unsigned int i;

	for (device = daemon->devices; device != NULL; device = device->next) {
		back_store_watch_front(device);
	}
	for (i = 0; daemon->kinds[i] != NULL; i++) {
		store_look_at_all(daemon, daemon->kinds[i]);
	}
}

static void store_try(unsigned int events, void *opaque)
{
	struct back_daemon *daemon = opaque;
	struct back_device *device, *next;

	(void)events;
	if (daemon->store == NULL) {
		if (!store_connect(daemon)) {
			loop_arm_timer(daemon->retry_timer, STORE_RETRY_MS);
			return;
		}
		store_begin(daemon);
		store_ready(0, daemon);
		return;
	}
	for (device = daemon->devices; device != NULL; device = next) {
		next = device->next;
		if (device->must_retry && !device->is_gone) {
			device->kind->update(device);
		}
	}
	/* Events that came with answers do not make the descriptor readable. */
	store_ready(0, daemon);
}

void back_store_start(struct back_daemon *daemon)
{
	daemon->retry_timer = loop_add_timer(daemon->loop, store_try, daemon);
	if (daemon->retry_timer == NULL) {
		log_error("no memory for a timer");
		return;
	}
	store_try(0, daemon);
}
