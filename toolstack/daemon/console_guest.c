// SPDX-License-Identifier: GPL-2.0-only
/*
 * One guest's console. The ring page belongs to the guest: a broken ring is left alone, a guest
 * that dies keeps its page until we unmap it, so it can be read to the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "daemon/console.h"
#include "drivers/console/console_ring.h"
#include "sys/log.h"

#define CONSOLE_MAX_PORT 131072u
#define CONSOLE_GRANT_REF 0

static struct xencons_interface *console_guest_ring(const struct console_guest *guest)
{
	return guest->mapping.address;
}

struct console_guest *console_guest_find(struct console_daemon *daemon, uint16_t domid)
{
	struct console_guest *guest;

	for (guest = daemon->guests; guest != NULL; guest = guest->next) {
		if (guest->domid == domid) {
			return guest;
		}
	}
	return NULL;
}

static int console_note_port(struct console_daemon *daemon, uint32_t port,
			     struct console_guest *guest)
{
	if (port >= CONSOLE_MAX_PORT) {
		return -ERANGE;
	}
	if (port >= daemon->by_port_count) {
		uint32_t count = port + 64;
		struct console_guest **grown = realloc(daemon->by_port, count * sizeof(*grown));

		if (grown == NULL) {
			return -ENOMEM;
		}
		memset(grown + daemon->by_port_count, 0,
		       (count - daemon->by_port_count) * sizeof(*grown));
		daemon->by_port = grown;
		daemon->by_port_count = count;
	}
	daemon->by_port[port] = guest;
	return 0;
}

static void console_guest_break(struct console_guest *guest)
{
	if (!guest->is_broken) {
		log_warning("domain %u (%s): impossible indices in its console ring; it is ignored",
			    guest->domid, guest->name);
		guest->is_broken = true;
	}
}

/* Empties the output ring into log and readers; whether there was anything. */
static bool console_guest_drain(struct console_guest *guest)
{
	char buffer[CONSOLE_RING_OUT_BYTES];
	int bytes;

	if (guest->is_broken) {
		return false;
	}
	bytes = console_ring_take(console_guest_ring(guest), buffer);
	if (bytes < 0) {
		console_guest_break(guest);
		return false;
	}
	if (bytes > 0) {
		evtchn_notify(&guest->daemon->evtchn, guest->port);
		console_log_add(&guest->log, guest->daemon->log_folder, guest->name, buffer,
				(size_t)bytes);
		console_reader_output(guest, buffer, (size_t)bytes);
	}
	return bytes > 0;
}

static void console_guest_hold(struct console_guest *guest)
{
	struct console_daemon *daemon = guest->daemon;

	if (guest->is_held) {
		return;
	}
	guest->is_held = true;
	guest->next_held = daemon->held;
	if (daemon->held == NULL) {
		loop_arm_timer(daemon->hold_timer, CONSOLE_HOLD_MS);
	}
	daemon->held = guest;
}

static void console_guest_unhold(struct console_guest *guest)
{
	struct console_guest **at = &guest->daemon->held;

	while (*at != NULL && *at != guest) {
		at = &(*at)->next_held;
	}
	if (*at == guest) {
		*at = guest->next_held;
	}
	guest->is_held = false;
}

static void console_guest_event(struct console_guest *guest)
{
	console_reader_resume(guest);
	console_guest_drain(guest);
	console_guest_hold(guest);
}

void console_guest_events(unsigned int events, void *opaque)
{
	struct console_daemon *daemon = opaque;
	uint32_t ports[64];
	int count = evtchn_read(&daemon->evtchn, ports, 64);
	int i;

	(void)events;
	for (i = 0; i < count; i++) {
		struct console_guest *guest =
			ports[i] < daemon->by_port_count ? daemon->by_port[ports[i]] : NULL;

		if (guest != NULL && !guest->is_broken) {
			console_guest_event(guest);
		}
	}
}

/* The hold is over: a quiet guest is unmasked, a talking one stays held. */
void console_guest_hold_over(unsigned int events, void *opaque)
{
	struct console_daemon *daemon = opaque;
	struct console_guest *guest = daemon->held;

	(void)events;
	daemon->held = NULL;
	while (guest != NULL) {
		struct console_guest *next = guest->next_held;

		guest->is_held = false;
		console_reader_resume(guest);
		if (console_guest_drain(guest)) {
			console_guest_hold(guest);
		} else if (!guest->is_broken) {
			evtchn_unmask(&daemon->evtchn, guest->port);
		}
		guest = next;
	}
}

static int console_guest_map(struct console_guest *guest)
{
	static const uint32_t ref = CONSOLE_GRANT_REF;
	struct gntdev_refs refs = { .domid = guest->domid, .count = 1, .refs = &ref };

	return gntdev_map(&guest->daemon->gntdev, &refs, PROT_READ | PROT_WRITE, &guest->mapping);
}

static int console_guest_bind(struct console_guest *guest)
{
	int port = evtchn_bind_interdomain(&guest->daemon->evtchn, guest->domid,
					   guest->remote_port);
	int rc;

	if (port < 0) {
		return port;
	}
	guest->port = (uint32_t)port;
	rc = console_note_port(guest->daemon, guest->port, guest);
	if (rc < 0) {
		evtchn_unbind(&guest->daemon->evtchn, guest->port);
	}
	return rc;
}

static int console_guest_connect(struct console_guest *guest)
{
	int rc = console_guest_map(guest);

	if (rc < 0) {
		log_warning("domain %u (%s): its console ring cannot be mapped: %s", guest->domid,
			    guest->name, strerror(-rc));
		return rc;
	}
	rc = console_guest_bind(guest);
	if (rc < 0) {
		log_warning("domain %u (%s): its console's event channel cannot be bound: %s",
			    guest->domid, guest->name, strerror(-rc));
		gntdev_unmap(&guest->daemon->gntdev, &guest->mapping);
	}
	return rc;
}

void console_guest_add(struct console_daemon *daemon, uint16_t domid, uint32_t remote_port,
		       const char *name)
{
	struct console_guest *guest = calloc(1, sizeof(*guest));
	int rc;

	if (guest == NULL) {
		log_error("domain %u: no memory to serve its console", domid);
		return;
	}
	guest->daemon = daemon;
	guest->domid = domid;
	guest->remote_port = remote_port;
	guest->is_listed = true;
	strncpy(guest->name, name, sizeof(guest->name) - 1);
	if (console_guest_connect(guest) < 0) {
		free(guest);
		return;
	}
	rc = console_log_open(&guest->log, daemon->log_folder, guest->name);
	if (rc < 0) {
		log_warning("domain %u (%s): its console is not logged: %s", domid, guest->name,
			    strerror(-rc));
	}
	guest->next = daemon->guests;
	daemon->guests = guest;
	/* It may have printed before we were here. */
	if (console_guest_drain(guest)) {
		console_guest_hold(guest);
	}
}

void console_guest_remove(struct console_guest *guest)
{
	struct console_daemon *daemon = guest->daemon;
	struct console_guest **at = &daemon->guests;

	console_guest_drain(guest);
	console_guest_unhold(guest);
	console_reader_close_all(guest);
	while (*at != guest) {
		at = &(*at)->next;
	}
	*at = guest->next;
	daemon->by_port[guest->port] = NULL;
	evtchn_unbind(&daemon->evtchn, guest->port);
	gntdev_unmap(&daemon->gntdev, &guest->mapping);
	console_log_close(&guest->log);
	free(guest);
}

size_t console_guest_input_room(struct console_guest *guest)
{
	int room = guest->is_broken ? 0 : console_ring_room(console_guest_ring(guest));

	if (room < 0) {
		console_guest_break(guest);
		return 0;
	}
	return (size_t)room;
}

size_t console_guest_input(struct console_guest *guest, const char *from, size_t bytes)
{
	size_t room = console_guest_input_room(guest);

	if (bytes > room) {
		bytes = room;
	}
	if (bytes != 0) {
		console_ring_put(console_guest_ring(guest), from, (uint32_t)bytes);
		evtchn_notify(&guest->daemon->evtchn, guest->port);
	}
	return bytes;
}
