// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients of the socket: "DOMID\n" attaches to a console, "gone DOMID\n" says that a domain was
 * destroyed while no store could announce it. A reader that does not keep up loses output, is told
 * so, and slows nobody down. One whose input does not fit the guest's ring is not read until it
 * does.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/console.h"
#include "lib/paths.h"
#include "sys/error.h"
#include "sys/log.h"

#define READER_REQUEST_BYTES 32u
#define READER_INPUT_BYTES 1024u

struct console_reader {
	struct console_daemon *daemon;
	struct console_guest *guest;	/* NULL until attached */
	struct console_reader *next;	/* of the same guest */
	struct loop_watch *watch;
	int fd;
	bool is_paused;
	bool has_lost;
	uint32_t request_bytes;
	char request[READER_REQUEST_BYTES];
};

static void reader_free(struct console_reader *reader)
{
	if (reader->guest != NULL) {
		struct console_reader **at = &reader->guest->readers;

		while (*at != reader) {
			at = &(*at)->next;
		}
		*at = reader->next;
	}
	loop_remove(reader->watch);
	close(reader->fd);
	reader->daemon->readers--;
	free(reader);
}

static void reader_send(struct console_reader *reader, const char *data, size_t bytes)
{
	static const char lost[] = "\r\n[output lost: this reader was too slow]\r\n";
	ssize_t n;

	if (reader->has_lost) {
		if (send(reader->fd, lost, sizeof(lost) - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			return;
		}
		reader->has_lost = false;
	}
	n = send(reader->fd, data, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
	reader->has_lost = n < (ssize_t)bytes;
}

static void reader_answer(struct console_reader *reader, const char *text)
{
	reader_send(reader, text, strlen(text));
}

static void reader_send_backlog(struct console_reader *reader)
{
	char *tail = malloc(CONSOLE_BACKLOG_BYTES);
	size_t bytes;

	if (tail == NULL) {
		return;
	}
	bytes = console_log_tail(&reader->guest->log, tail, CONSOLE_BACKLOG_BYTES);
	if (bytes != 0) {
		reader_send(reader, tail, bytes);
	}
	free(tail);
}

/* False when the reader was sent away. */
static bool reader_attach(struct console_reader *reader, uint16_t domid)
{
	struct console_guest *guest = console_guest_find(reader->daemon, domid);

	if (guest == NULL) {
		console_store_look(reader->daemon, domid);
		guest = console_guest_find(reader->daemon, domid);
	}
	if (guest == NULL) {
		reader_answer(reader, "the console daemon serves no such domain\n");
		return false;
	}
	reader->guest = guest;
	reader->next = guest->readers;
	guest->readers = reader;
	reader_answer(reader, "ok\n");
	reader_send_backlog(reader);
	return true;
}

/* A domain that is said to be gone is let go of only when the hypervisor agrees. */
static void reader_gone(struct console_reader *reader, uint16_t domid)
{
	struct console_guest *guest = console_guest_find(reader->daemon, domid);
	struct control_info info;

	if (guest != NULL && (control_info(&reader->daemon->control, domid, &info) < 0 ||
			      (info.flags & CONTROL_INFO_DYING) != 0)) {
		console_guest_remove(guest);
	}
}

/* The request's line is complete. False when the reader was sent away. */
static bool reader_request(struct console_reader *reader)
{
	unsigned int domid;
	char rest;

	if (sscanf(reader->request, "gone %u%c", &domid, &rest) == 1 && domid < 0x7ff0) {
		reader_gone(reader, (uint16_t)domid);
		return false;
	}
	if (sscanf(reader->request, "%u%c", &domid, &rest) == 1 && domid < 0x7ff0) {
		return reader_attach(reader, (uint16_t)domid);
	}
	reader_answer(reader, "that request is not understood\n");
	return false;
}

/* Reads towards the end of the request's line. False when the reader is over. */
static bool reader_read_request(struct console_reader *reader)
{
	uint32_t room = READER_REQUEST_BYTES - 1 - reader->request_bytes;
	ssize_t n = recv(reader->fd, reader->request + reader->request_bytes, room, MSG_DONTWAIT);
	char *end;

	if (n <= 0) {
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	}
	reader->request_bytes += (uint32_t)n;
	reader->request[reader->request_bytes] = '\0';
	end = strchr(reader->request, '\n');
	if (end == NULL) {
		return reader->request_bytes < READER_REQUEST_BYTES - 1;
	}
	*end = '\0';
	if (!reader_request(reader)) {
		return false;
	}
	/* What follows the line is input already. */
	console_guest_input(reader->guest, end + 1,
			    (size_t)(reader->request + reader->request_bytes - end - 1));
	return true;
}

/* False when the reader is over. */
static bool reader_read_input(struct console_reader *reader)
{
	char buffer[READER_INPUT_BYTES];
	size_t room = console_guest_input_room(reader->guest);
	ssize_t n;

	if (room == 0) {
		reader->is_paused = true;
		loop_set_events(reader->watch, 0);
		return true;
	}
	n = recv(reader->fd, buffer, room < sizeof(buffer) ? room : sizeof(buffer), MSG_DONTWAIT);
	if (n <= 0) {
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	}
	console_guest_input(reader->guest, buffer, (size_t)n);
	return true;
}

static void reader_ready(unsigned int events, void *opaque)
{
	struct console_reader *reader = opaque;
	bool going = reader->guest == NULL ? reader_read_request(reader) :
		     reader_read_input(reader);

	(void)events;
	if (!going) {
		reader_free(reader);
	}
}

static void reader_accept(unsigned int events, void *opaque)
{
	struct console_daemon *daemon = opaque;
	int fd = accept4(daemon->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct console_reader *reader;

	(void)events;
	if (fd < 0) {
		return;
	}
	reader = daemon->readers < CONSOLE_MAX_READERS ? calloc(1, sizeof(*reader)) : NULL;
	if (reader != NULL) {
		reader->daemon = daemon;
		reader->fd = fd;
		reader->watch = loop_add_fd(daemon->loop, fd, LOOP_READ, reader_ready, reader);
	}
	if (reader == NULL || reader->watch == NULL) {
		log_warning("a console reader was turned away: there are too many");
		close(fd);
		free(reader);
		return;
	}
	daemon->readers++;
}

void console_reader_output(struct console_guest *guest, const char *data, size_t bytes)
{
	struct console_reader *reader;

	for (reader = guest->readers; reader != NULL; reader = reader->next) {
		reader_send(reader, data, bytes);
	}
}

void console_reader_resume(struct console_guest *guest)
{
	struct console_reader *reader;

	for (reader = guest->readers; reader != NULL; reader = reader->next) {
		if (reader->is_paused) {
			reader->is_paused = false;
			loop_set_events(reader->watch, LOOP_READ);
		}
	}
}

void console_reader_close_all(struct console_guest *guest)
{
	while (guest->readers != NULL) {
		reader_free(guest->readers);
	}
}

int console_reader_listen(struct console_daemon *daemon, struct error *error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = LAMINA_CONSOLE_SOCKET };
	mode_t mask = umask(0177);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc = fd < 0 ? -errno : 0;

	/* The lock on our name is ours: what stands there is a dead daemon's. */
	unlink(LAMINA_CONSOLE_SOCKET);
	if (rc == 0 && (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
			listen(fd, 64) < 0)) {
		rc = -errno;
	}
	umask(mask);
	daemon->listen_fd = fd;
	if (rc == 0 && loop_add_fd(daemon->loop, fd, LOOP_READ, reader_accept, daemon) == NULL) {
		rc = -ENOMEM;
	}
	return rc < 0 ? error_set(error, -rc, LAMINA_CONSOLE_SOCKET, "cannot listen there: %s",
				  strerror(-rc)) : 0;
}
