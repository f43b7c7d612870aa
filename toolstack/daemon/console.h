/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console daemon: every guest's console in one process.
 *
 * console_guest   one guest: its ring mapped by grant 0, its event channel, its log, its readers
 * console_reader  one client of the socket, attached to a guest
 * console_store   which guests there are, by the watch on /tool/lamina/console
 *
 * Output: an event masks the guest's port; the ring is emptied at once and again every
 * CONSOLE_HOLD_MS until it stays empty, then the port is unmasked. So a line comes through
 * immediately, and a guest that floods costs a bounded number of wake-ups.
 */
#ifndef TOOLSTACK_DAEMON_CONSOLE_H
#define TOOLSTACK_DAEMON_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/console_log.h"
#include "lib/control.h"
#include "lib/domain_config.h"
#include "sys/evtchn.h"
#include "sys/gntdev.h"
#include "sys/loop.h"

#define CONSOLE_HOLD_MS 5
#define CONSOLE_BACKLOG_BYTES 16384u
#define CONSOLE_MAX_READERS 256u

struct xs_handle;
struct console_guest;
struct console_reader;

struct console_daemon {
	struct loop *loop;
	struct evtchn evtchn;
	struct gntdev gntdev;
	struct control control;
	const char *log_folder;
	struct xs_handle *store;
	struct loop_watch *store_watch;
	struct loop_watch *store_retry;		/* timer while there is no store */
	int listen_fd;
	uint32_t readers;
	struct console_guest **by_port;		/* index: local port */
	uint32_t by_port_count;
	struct console_guest *guests;		/* all */
	struct console_guest *held;		/* with masked port, to be looked at again */
	struct loop_watch *hold_timer;
};

struct console_guest {
	struct console_daemon *daemon;
	struct console_guest *next;
	struct console_guest *next_held;
	struct console_reader *readers;
	struct gntdev_mapping mapping;
	struct console_log log;
	uint32_t remote_port;
	uint32_t port;
	uint16_t domid;
	bool is_held;
	bool is_broken;
	bool is_listed;				/* seen while the store's list is compared */
	char name[DOMAIN_NAME_BYTES];
};

/* --- console_guest.c --- */
struct console_guest *console_guest_find(struct console_daemon *daemon, uint16_t domid);
/* Maps ring and port; a guest that cannot be served is logged and left out. */
void console_guest_add(struct console_daemon *daemon, uint16_t domid, uint32_t remote_port,
		       const char *name);
/* Takes the last output, lets readers go, unmaps. */
void console_guest_remove(struct console_guest *guest);
/* Input for the guest; how many bytes of it were taken. */
size_t console_guest_input(struct console_guest *guest, const char *from, size_t bytes);
size_t console_guest_input_room(struct console_guest *guest);
/* Callback of the event channel's descriptor. */
void console_guest_events(unsigned int events, void *daemon);
void console_guest_hold_over(unsigned int events, void *daemon);

/* --- console_reader.c --- */
int console_reader_listen(struct console_daemon *daemon, struct error *error);
void console_reader_output(struct console_guest *guest, const char *data, size_t bytes);
/* The guest may have made room: readers that wait with input go on. */
void console_reader_resume(struct console_guest *guest);
void console_reader_close_all(struct console_guest *guest);

/* --- console_store.c --- */
/* Connects now or as soon as there is a store; then follows the announcements. */
void console_store_start(struct console_daemon *daemon);
/* Looks for a guest whose announcement may not have been read yet. */
void console_store_look(struct console_daemon *daemon, uint16_t domid);

#endif
