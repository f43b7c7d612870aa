// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which device a port belongs to, and whose turn it is. A port that fired stays masked until it was
 * looked at; one that fires again and again for nothing stays masked for a while, so that a guest
 * that only kicks costs little.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/back/back.h"

#define PORT_EVENTS_AT_ONCE 64u
#define PORT_PAUSE_MS 4u

int back_port_note(struct back_port *port, struct back_daemon *daemon, uint32_t number)
{
	port->daemon = daemon;
	port->number = number;
	if (number >= BACK_MAX_PORT) {
		return -ERANGE;
	}
	if (number >= daemon->by_port_count) {
		uint32_t count = number + 64;
		struct back_port **grown = realloc(daemon->by_port, count * sizeof(*grown));

		if (grown == NULL) {
			return -ENOMEM;
		}
		memset(grown + daemon->by_port_count, 0,
		       (count - daemon->by_port_count) * sizeof(*grown));
		daemon->by_port = grown;
		daemon->by_port_count = count;
	}
	daemon->by_port[number] = port;
	return 0;
}

int back_port_bind(struct back_port *port, struct back_daemon *daemon, uint16_t domid,
		   uint32_t remote)
{
	int rc = evtchn_bind_interdomain(&daemon->evtchn, domid, remote);

	return rc < 0 ? rc : back_port_note(port, daemon, (uint32_t)rc);
}

static bool port_unlink(struct back_port **list, struct back_port *port)
{
	while (*list != NULL && *list != port) {
		list = &(*list)->next_ready;
	}
	if (*list == NULL) {
		return false;
	}
	*list = port->next_ready;
	return true;
}

void back_port_close(struct back_port *port)
{
	struct back_daemon *daemon = port->daemon;

	if (port->number == 0) {
		return;
	}
	if (port->is_ready && !port_unlink(&daemon->ready, port)) {
		port_unlink(&daemon->turn, port);
	}
	port->is_ready = false;
	if (daemon->held_notify == port->number) {
		back_port_send_held(daemon);
	}
	if (port->number < daemon->by_port_count) {
		daemon->by_port[port->number] = NULL;
	}
	evtchn_unbind(&daemon->evtchn, port->number);
	port->number = 0;
}

void back_port_notify(struct back_port *port)
{
	struct back_daemon *daemon = port->daemon;

	if (daemon->holds_notify && daemon->held_notify == 0) {
		daemon->held_notify = port->number;
	} else if (daemon->held_notify != port->number) {
		evtchn_notify(&daemon->evtchn, port->number);
	}
}

void back_port_send_held(struct back_daemon *daemon)
{
	if (daemon->held_notify != 0) {
		evtchn_notify(&daemon->evtchn, daemon->held_notify);
		daemon->held_notify = 0;
	}
}

void back_port_later(struct back_port *port, uint32_t delay_ms)
{
	struct back_daemon *daemon = port->daemon;

	if (port->number == 0) {
		return;
	}
	/* Somebody's pause never delays those who go on at once. */
	if (delay_ms == 0 || daemon->ready == NULL) {
		loop_arm_timer(daemon->turn_timer, delay_ms);
	}
	if (!port->is_ready) {
		port->is_ready = true;
		port->next_ready = daemon->ready;
		daemon->ready = port;
	}
}

/* After a look at it, a port may fire again, unless it did so for nothing too often. */
static void port_unmask(struct back_daemon *daemon, uint32_t number)
{
	struct back_port *port = daemon->by_port[number];

	if (port == NULL) {
		return;
	}
	if (port->wasted_kicks >= BACK_WASTED_KICKS) {
		back_port_later(port, PORT_PAUSE_MS);
		return;
	}
	evtchn_unmask(&daemon->evtchn, number);
}

void back_flush(struct back_daemon *daemon)
{
	if (daemon->flush != NULL) {
		daemon->flush(daemon);
	}
}

void back_port_ready(unsigned int events, void *opaque)
{
	struct back_daemon *daemon = opaque;
	uint32_t ports[PORT_EVENTS_AT_ONCE];
	int count = evtchn_read(&daemon->evtchn, ports, PORT_EVENTS_AT_ONCE);
	int i;

	(void)events;
	daemon->holds_notify = back_linger_may(daemon);
	for (i = 0; i < count; i++) {
		if (ports[i] < daemon->by_port_count && daemon->by_port[ports[i]] != NULL) {
			daemon->by_port[ports[i]]->run(daemon->by_port[ports[i]]);
		}
	}
	back_flush(daemon);
	if (count > 0) {
		back_linger(daemon, ports, (uint32_t)count);
	}
	daemon->holds_notify = false;
	back_port_send_held(daemon);
	for (i = 0; i < count; i++) {
		if (ports[i] < daemon->by_port_count) {
			port_unmask(daemon, ports[i]);
		}
	}
}

void back_port_turn(unsigned int events, void *opaque)
{
	struct back_daemon *daemon = opaque;
	struct back_port *port;

	(void)events;
	/* Who is put on the list again meanwhile waits for the next turn. */
	daemon->turn = daemon->ready;
	daemon->ready = NULL;
	while ((port = daemon->turn) != NULL) {
		daemon->turn = port->next_ready;
		port->is_ready = false;
		if (port->wasted_kicks >= BACK_WASTED_KICKS) {
			port->wasted_kicks = BACK_WASTED_KICKS - 1;
			evtchn_unmask(&daemon->evtchn, port->number);
		}
		port->run(port);
	}
	back_flush(daemon);
}
