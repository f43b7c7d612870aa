/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside the client library: a handle, and how requests travel.
 *
 * Requests of several threads are in flight together and are matched to replies by req_id. There
 * is no reader thread: whichever caller waits first reads for all (has_reader), hands out what it
 * reads, and passes the role on when its own answer has come.
 */
#ifndef XENBUS_CLIENT_XENSTORE_INTERNAL_H
#define XENBUS_CLIENT_XENSTORE_INTERNAL_H

#include <pthread.h>
#include <sys/uio.h>

#include "xenbus/client/xenstore.h"

#define XS_BUFFER_BYTES 8192
#define XS_MESSAGE_BYTES (sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX)

/* One request on its way; lives with the caller. */
struct xs_reply {
	struct xs_reply *next;
	uint32_t req_id;
	uint32_t type;	      /* of the request */
	int error;	      /* positive errno of the answer */
	bool is_done;
	char *payload;	      /* malloc'ed, a NUL after its last byte */
	uint32_t bytes;
};

struct xs_event {
	struct xs_event *next;
	uint32_t bytes;
	char payload[];
};

struct xs_handle {
	int fd;
	int poll_fd;	      /* epoll of fd and event_fd; -1 until asked for */
	int event_fd;	      /* readable while events are queued; -1 likewise */
	bool is_socket;
	bool must_filter;
	pthread_mutex_t lock; /* all below */
	pthread_cond_t changed;
	pthread_mutex_t write_lock;
	bool has_reader;
	int error;	      /* the connection broke, with this errno */
	uint32_t last_req_id;
	struct xs_reply *waiting;
	struct xs_event *first_event;
	struct xs_event **last_event;
	size_t used;
	char buffer[XS_BUFFER_BYTES];
};

/* Registers @reply and gives it its number; call before its bytes are sent. */
void xs_expect(struct xs_handle *h, struct xs_reply *reply, uint32_t type);
/* Waits until @reply is done. Returns true, or false with errno; then there is no payload. */
bool xs_await(struct xs_handle *h, struct xs_reply *reply);
/* Takes back a reply that will not be waited for. */
void xs_forget(struct xs_handle *h, struct xs_reply *reply);
/* Sends whole messages. False with errno when the connection broke. */
bool xs_send(struct xs_handle *h, const void *data, size_t bytes);
/* One request and its reply: the payload, or NULL with errno. *@bytes may be NULL. */
void *xs_talk(struct xs_handle *h, const struct xsd_sockmsg *header, const struct iovec *parts,
	      unsigned int count, unsigned int *bytes);
/* Reads what has come; waits for something when @must_wait. Call with the lock held. */
int xs_pump(struct xs_handle *h, bool must_wait);

#endif
