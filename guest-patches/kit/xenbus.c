/* SPDX-License-Identifier: MIT */
/*
 * xenbus: see xenbus.h.
 */
#include "xenbus.h"

#include <public/event_channel.h>
#include "event.h"
#include "grant.h"
#include "hypercall.h"
#include "printf.h"
#include "string.h"
#include "xenstore.h"

#define NAMES_BYTES 512

static void path_join(char *path, const char *half, const char *node)
{
	kit_snprintf(path, XENBUS_PATH_BYTES, "%s/%s", half, node);
}

int xenbus_text(const char *half, const char *node, char *value, unsigned int bytes)
{
	char path[XENBUS_PATH_BYTES];

	path_join(path, half, node);
	return xenstore_read(path, value, bytes);
}

uint64_t xenbus_number(const char *half, const char *node, uint64_t otherwise)
{
	char text[24];
	const char *at = text;
	uint64_t value = 0;

	if (xenbus_text(half, node, text, sizeof(text)) <= 0) {
		return otherwise;
	}
	for (; *at >= '0' && *at <= '9'; at++) {
		value = value * 10 + (uint64_t)(*at - '0');
	}
	return *at ? otherwise : value;
}

bool xenbus_write(const struct xenbus_device *device, const char *node, const char *value)
{
	char path[XENBUS_PATH_BYTES];

	path_join(path, device->path, node);
	return xenstore_write(path, value) >= 0;
}

bool xenbus_write_number(const struct xenbus_device *device, const char *node, uint64_t value)
{
	char text[24];

	kit_snprintf(text, sizeof(text), "%lu", value);
	return xenbus_write(device, node, text);
}

bool xenbus_set_state(const struct xenbus_device *device, enum xenbus_state state)
{
	return xenbus_write_number(device, "state", state);
}

bool xenbus_find(struct xenbus_device *device, const char *kind, unsigned int place)
{
	char names[NAMES_BYTES], base[XENBUS_PATH_BYTES];
	int bytes, at = 0;

	path_join(base, "device", kind);
	bytes = xenstore_directory(base, names, sizeof(names));
	/* Names end with a NUL each. */
	for (; at < bytes && place > 0; place--) {
		at += (int)strlen(names + at) + 1;
	}
	if (at >= bytes) {
		return false;
	}
	path_join(device->path, base, names + at);
	device->backend_domid = (uint16_t)xenbus_number(device->path, "backend-id", 0);
	return xenbus_text(device->path, "backend", device->backend, sizeof(device->backend)) > 0;
}

static void on_event(uint32_t port)
{
	(void)port;		/* waking up is all that is needed */
}

bool xenbus_open_port(struct xenbus_device *device)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF, .remote_dom = device->backend_domid,
	};

	if (hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &alloc)) {
		return false;
	}
	device->port = alloc.port;
	event_bind(device->port, on_event);
	return xenbus_write_number(device, "event-channel", device->port);
}

bool xenbus_share_ring(const struct xenbus_device *device, const char *node, const void *page)
{
	uint32_t ref = grant_give(page, device->backend_domid, false);

	return ref && xenbus_write_number(device, node, ref);
}

void xenbus_sleep_unless(bool (*ready)(void *arg), void *arg)
{
	/* The one safe order: mask, look, sleep, which unmasks and looks again. */
	event_disable();
	if (ready(arg)) {
		event_enable();
	} else {
		event_wait();
	}
}

static bool watch_fired(void *arg)
{
	(void)arg;
	return xenstore_watch_fired();
}

bool xenbus_wait(const struct xenbus_device *device, enum xenbus_state state)
{
	char path[XENBUS_PATH_BYTES];
	uint64_t now;

	path_join(path, device->backend, "state");
	/* Refused when it is there already, from an earlier wait: as good. */
	xenstore_watch(path, "back");
	for (;;) {
		now = xenbus_number(device->backend, "state", XENBUS_UNKNOWN);
		if (now == state) {
			return true;
		}
		if (now >= XENBUS_CLOSING || (now == XENBUS_UNKNOWN && state != XENBUS_INIT_WAIT)) {
			return false;
		}
		xenbus_sleep_unless(watch_fired, NULL);
	}
}
