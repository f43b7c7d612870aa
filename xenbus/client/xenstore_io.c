// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Connection, messages, waiting. The lock is never held over a read or a write that may block.
 *
 * The kernel's device takes one message per write; the socket takes any number.
 */
#include "xenbus/client/xenstore_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "xenbus/wire.h"

static int xs_connect_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, saved;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static int xs_open_device(void)
{
	int fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);

	return fd >= 0 ? fd : open("/proc/xen/xenbus", O_RDWR | O_CLOEXEC);
}

struct xs_handle *xs_open(unsigned long flags)
{
	struct xs_handle *h = calloc(1, sizeof(*h));
	int saved;

	if (h == NULL) {
		return NULL;
	}
	h->fd = xs_connect_socket(xs_daemon_socket());
	h->is_socket = h->fd >= 0;
	saved = errno;
	if (h->fd < 0 && !(flags & XS_OPEN_SOCKETONLY)) {
		h->fd = xs_open_device();
	}
	if (h->fd < 0) {
		free(h);
		errno = saved;
		return NULL;
	}
	h->poll_fd = -1;
	h->event_fd = -1;
	h->must_filter = flags & XS_UNWATCH_FILTER;
	h->last_event = &h->first_event;
	pthread_mutex_init(&h->lock, NULL);
	pthread_mutex_init(&h->write_lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	return h;
}

void xs_close(struct xs_handle *h)
{
	if (h == NULL) {
		return;
	}
	while (h->first_event != NULL) {
		struct xs_event *event = h->first_event;

		h->first_event = event->next;
		free(event);
	}
	if (h->poll_fd >= 0) {
		close(h->poll_fd);
		close(h->event_fd);
	}
	close(h->fd);
	pthread_mutex_destroy(&h->lock);
	pthread_mutex_destroy(&h->write_lock);
	pthread_cond_destroy(&h->changed);
	free(h);
}

struct xs_handle *xs_daemon_open(void)
{
	return xs_open(0);
}

struct xs_handle *xs_domain_open(void)
{
	return xs_open(0);
}

struct xs_handle *xs_daemon_open_readonly(void)
{
	return xs_open(0);
}

void xs_daemon_close(struct xs_handle *h)
{
	xs_close(h);
}

void xs_daemon_destroy_postfork(struct xs_handle *h)
{
	xs_close(h);
}

bool xs_write_all(int fd, const void *data, unsigned int len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t written = write(fd, at, len);

		if (written < 0 && errno != EINTR) {
			return false;
		}
		if (written > 0) {
			at += written;
			len -= (unsigned int)written;
		}
	}
	return true;
}

static bool xs_send_socket(int fd, const char *at, size_t bytes)
{
	while (bytes > 0) {
		ssize_t sent = send(fd, at, bytes, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR) {
			return false;
		}
		if (sent > 0) {
			at += sent;
			bytes -= (size_t)sent;
		}
	}
	return true;
}

bool xs_send(struct xs_handle *h, const void *data, size_t bytes)
{
	const char *at = data;
	bool ok = true;

	pthread_mutex_lock(&h->write_lock);
	if (h->is_socket) {
		ok = xs_send_socket(h->fd, at, bytes);
	} else {
		while (ok && bytes > 0) {
			struct xsd_sockmsg header;
			size_t length;

			memcpy(&header, at, sizeof(header));
			length = sizeof(header) + header.len;
			ok = xs_write_all(h->fd, at, (unsigned int)length);
			at += length;
			bytes -= length;
		}
	}
	pthread_mutex_unlock(&h->write_lock);
	return ok;
}

/* --- receiving ------------------------------------------------------------------------------- */

static void xs_take_event(struct xs_handle *h, const char *payload, uint32_t bytes)
{
	struct xs_event *event = malloc(sizeof(*event) + bytes + 1);
	const uint64_t one = 1;
	ssize_t written;

	if (event == NULL) {
		h->error = ENOMEM;
		return;
	}
	event->next = NULL;
	event->bytes = bytes;
	memcpy(event->payload, payload, bytes);
	event->payload[bytes] = '\0';
	*h->last_event = event;
	h->last_event = &event->next;
	if (h->event_fd >= 0) {
		written = write(h->event_fd, &one, sizeof(one));
		(void)written;
	}
}

static struct xs_reply *xs_take_waiting(struct xs_handle *h, uint32_t req_id)
{
	struct xs_reply **link = &h->waiting;
	struct xs_reply *reply;

	while (*link != NULL && (*link)->req_id != req_id) {
		link = &(*link)->next;
	}
	reply = *link;
	if (reply != NULL) {
		*link = reply->next;
	}
	return reply;
}

static void xs_take_reply(struct xs_handle *h, const struct xsd_sockmsg *header,
			  const char *payload)
{
	struct xs_reply *reply = xs_take_waiting(h, header->req_id);

	if (reply == NULL) {
		return; /* its caller has given up */
	}
	reply->is_done = true;
	if (header->type == XS_ERROR) {
		reply->error = wire_error_number(payload, header->len);
		return;
	}
	if (header->type != reply->type) {
		reply->error = EIO;
		return;
	}
	reply->payload = malloc(header->len + 1);
	if (reply->payload == NULL) {
		reply->error = ENOMEM;
		return;
	}
	memcpy(reply->payload, payload, header->len);
	reply->payload[header->len] = '\0';
	reply->bytes = header->len;
}

static void xs_parse(struct xs_handle *h)
{
	size_t at = 0;

	while (h->used - at >= sizeof(struct xsd_sockmsg)) {
		struct xsd_sockmsg header;
		const char *payload = h->buffer + at + sizeof(header);

		memcpy(&header, h->buffer + at, sizeof(header));
		if (header.len > XENSTORE_PAYLOAD_MAX) {
			h->error = EIO;
			return;
		}
		if (h->used - at < sizeof(header) + header.len) {
			break;
		}
		if (header.type == XS_WATCH_EVENT) {
			xs_take_event(h, payload, header.len);
		} else {
			xs_take_reply(h, &header, payload);
		}
		at += sizeof(header) + header.len;
	}
	h->used -= at;
	memmove(h->buffer, h->buffer + at, h->used);
}

int xs_pump(struct xs_handle *h, bool must_wait)
{
	struct pollfd poll_for = { .fd = h->fd, .events = POLLIN };
	ssize_t got;
	int ready;

	if (h->has_reader) {
		if (must_wait) {
			pthread_cond_wait(&h->changed, &h->lock);
		}
		return h->error;
	}
	h->has_reader = true;
	pthread_mutex_unlock(&h->lock);
	ready = must_wait ? 1 : poll(&poll_for, 1, 0);
	got = ready > 0 ? read(h->fd, h->buffer + h->used, sizeof(h->buffer) - h->used) : 0;
	pthread_mutex_lock(&h->lock);
	h->has_reader = false;
	if (got > 0) {
		h->used += (size_t)got;
		xs_parse(h);
	} else if (got < 0 ? errno != EINTR && errno != EAGAIN : ready > 0) {
		h->error = got < 0 ? errno : EPIPE;
	}
	pthread_cond_broadcast(&h->changed);
	return h->error;
}

void xs_expect(struct xs_handle *h, struct xs_reply *reply, uint32_t type)
{
	*reply = (struct xs_reply){ .type = type };
	pthread_mutex_lock(&h->lock);
	reply->req_id = ++h->last_req_id;
	reply->next = h->waiting;
	h->waiting = reply;
	pthread_mutex_unlock(&h->lock);
}

void xs_forget(struct xs_handle *h, struct xs_reply *reply)
{
	pthread_mutex_lock(&h->lock);
	xs_take_waiting(h, reply->req_id);
	pthread_mutex_unlock(&h->lock);
	free(reply->payload);
	reply->payload = NULL;
}

bool xs_await(struct xs_handle *h, struct xs_reply *reply)
{
	int error = 0;

	pthread_mutex_lock(&h->lock);
	while (!reply->is_done && error == 0) {
		error = h->error != 0 ? h->error : xs_pump(h, true);
	}
	if (!reply->is_done) {
		xs_take_waiting(h, reply->req_id);
	} else {
		error = reply->error;
	}
	pthread_mutex_unlock(&h->lock);
	if (error != 0) {
		free(reply->payload);
		reply->payload = NULL;
		errno = error;
		return false;
	}
	return true;
}

void *xs_talk(struct xs_handle *h, const struct xsd_sockmsg *header, const struct iovec *parts,
	      unsigned int count, unsigned int *bytes)
{
	char message[XS_MESSAGE_BYTES];
	struct xsd_sockmsg own = *header;
	size_t at = sizeof(own);
	struct xs_reply reply;
	unsigned int i;
	int saved;

	for (i = 0; i < count; i++) {
		if (parts[i].iov_len > sizeof(message) - at) {
			errno = E2BIG;
			return NULL;
		}
		if (parts[i].iov_len != 0) {
			memcpy(message + at, parts[i].iov_base, parts[i].iov_len);
		}
		at += parts[i].iov_len;
	}
	own.len = (uint32_t)(at - sizeof(own));
	xs_expect(h, &reply, own.type);
	own.req_id = reply.req_id;
	memcpy(message, &own, sizeof(own));
	if (!xs_send(h, message, at)) {
		saved = errno;
		xs_forget(h, &reply);
		errno = saved;
		return NULL;
	}
	if (!xs_await(h, &reply)) {
		return NULL;
	}
	if (bytes != NULL) {
		*bytes = reply.bytes;
	}
	return reply.payload;
}
