// SPDX-License-Identifier: GPL-2.0-only
/*
 * Announcements: /tool/lamina/console/N holds "PORT NAME" while domain N's console is to be served.
 * The watch names the node that changed, so nothing is scanned; only after a (re)connection the
 * whole list is compared with what is served. A store that came back empty does not end the
 * service of guests that still live.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/console.h"
#include "lib/store_entries.h"
#include "sys/log.h"
#include "xenbus/client/xenstore.h"

#define STORE_RETRY_MS 200
#define STORE_TOKEN "console"

static void store_lost(struct console_daemon *daemon)
{
	log_warning("the store is not there; consoles of known guests go on");
	loop_remove(daemon->store_watch);
	daemon->store_watch = NULL;
	xs_close(daemon->store);
	daemon->store = NULL;
	loop_arm_timer(daemon->store_retry, STORE_RETRY_MS);
}

/* Reads one announcement: 1, 0 when there is none, -errno when the store does not tell. */
static int store_read(struct console_daemon *daemon, uint16_t domid, uint32_t *port,
		      char name[DOMAIN_NAME_BYTES])
{
	char path[64];
	unsigned int length;
	char *value;
	bool good;

	snprintf(path, sizeof(path), STORE_CONSOLES "/%u", domid);
	value = xs_read(daemon->store, XBT_NULL, path, &length);
	if (value == NULL) {
		return errno == ENOENT ? 0 : -errno;
	}
	good = sscanf(value, "%u %79s", port, name) == 2;
	free(value);
	return good ? 1 : 0;
}

static void store_update(struct console_daemon *daemon, uint16_t domid)
{
	struct console_guest *guest = console_guest_find(daemon, domid);
	char name[DOMAIN_NAME_BYTES] = "";
	uint32_t port = 0;
	int announced = store_read(daemon, domid, &port, name);

	if (announced < 0) {
		return;
	}
	if (guest != NULL && (announced == 0 || guest->remote_port != port ||
			      strcmp(guest->name, name) != 0)) {
		console_guest_remove(guest);
		guest = NULL;
	}
	if (guest == NULL && announced == 1) {
		console_guest_add(daemon, domid, port, name);
	} else if (guest != NULL) {
		guest->is_listed = true;
	}
}

void console_store_look(struct console_daemon *daemon, uint16_t domid)
{
	if (daemon->store != NULL) {
		store_update(daemon, domid);
	}
}

static bool store_domid(const char *text, uint16_t *domid)
{
	char *stop;
	unsigned long number = strtoul(text, &stop, 10);

	*domid = (uint16_t)number;
	return stop != text && *stop == '\0' && number < 0x7ff0;
}

/* Guests that the list does not have go, unless the hypervisor still has them. */
static void store_drop_unlisted(struct console_daemon *daemon)
{
	struct console_guest *guest = daemon->guests;

	while (guest != NULL) {
		struct console_guest *next = guest->next;
		struct control_info info;

		if (!guest->is_listed && (control_info(&daemon->control, guest->domid, &info) < 0 ||
					  (info.flags & CONTROL_INFO_DYING) != 0)) {
			console_guest_remove(guest);
		}
		guest = next;
	}
}

static void store_compare(struct console_daemon *daemon)
{
	struct console_guest *guest;
	unsigned int count = 0;
	char **names = xs_directory(daemon->store, XBT_NULL, STORE_CONSOLES, &count);
	unsigned int i;

	for (guest = daemon->guests; guest != NULL; guest = guest->next) {
		guest->is_listed = false;
	}
	for (i = 0; names != NULL && i < count; i++) {
		uint16_t domid;

		if (store_domid(names[i], &domid)) {
			store_update(daemon, domid);
		}
	}
	free(names);
	store_drop_unlisted(daemon);
}

static void store_event(struct console_daemon *daemon, const char *path)
{
	uint16_t domid;

	if (strcmp(path, STORE_CONSOLES) == 0) {
		store_compare(daemon);
	} else if (strncmp(path, STORE_CONSOLES "/", sizeof(STORE_CONSOLES)) == 0 &&
		   store_domid(path + sizeof(STORE_CONSOLES), &domid)) {
		store_update(daemon, domid);
	}
}

static void store_ready(unsigned int events, void *opaque)
{
	struct console_daemon *daemon = opaque;
	char **event;

	(void)events;
	while (daemon->store != NULL && (event = xs_check_watch(daemon->store)) != NULL) {
		store_event(daemon, event[XS_WATCH_PATH]);
		free(event);
	}
	if (daemon->store != NULL && errno != EAGAIN) {
		store_lost(daemon);
	}
}

static bool store_connect_now(struct console_daemon *daemon)
{
	if (store_connect(&daemon->store, NULL) < 0) {
		return false;
	}
	if (!xs_watch(daemon->store, STORE_CONSOLES, STORE_TOKEN)) {
		log_warning("the store refuses the watch: %s", strerror(errno));
		xs_close(daemon->store);
		daemon->store = NULL;
		return false;
	}
	daemon->store_watch = loop_add_fd(daemon->loop, xs_fileno(daemon->store), LOOP_READ,
					  store_ready, daemon);
	/* Events that came with the answer to the watch do not make the descriptor readable. */
	store_ready(0, daemon);
	return true;
}

static void store_try(unsigned int events, void *opaque)
{
	struct console_daemon *daemon = opaque;

	(void)events;
	if (!store_connect_now(daemon) && daemon->store == NULL) {
		loop_arm_timer(daemon->store_retry, STORE_RETRY_MS);
	}
}

void console_store_start(struct console_daemon *daemon)
{
	daemon->store_retry = loop_add_timer(daemon->loop, store_try, daemon);
	if (daemon->store_retry == NULL) {
		log_error("no memory for a timer");
		return;
	}
	store_try(0, daemon);
}
