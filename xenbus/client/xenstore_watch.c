// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Watches. Events that come while a caller waits for a reply are queued; the descriptor of
 * xs_fileno() is readable while any is queued or unread bytes wait.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "xenbus/client/xenstore_internal.h"
#include "xenbus/wire.h"

static bool xs_two_strings(struct xs_handle *h, uint32_t type, const char *path,
			   const char *token)
{
	struct xsd_sockmsg header = { .type = type };
	struct iovec parts[2] = {
		{ (char *)path, strlen(path) + 1 },
		{ (char *)token, strlen(token) + 1 },
	};
	char *reply = xs_talk(h, &header, parts, 2, NULL);

	free(reply);
	return reply != NULL;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	return xs_two_strings(h, XS_WATCH, path, token);
}

/* With the lock held: the events' descriptor says what the queue is. */
static void xs_update_event_fd(struct xs_handle *h)
{
	uint64_t count;
	ssize_t got;

	if (h->event_fd >= 0 && h->first_event == NULL) {
		got = read(h->event_fd, &count, sizeof(count));
		(void)got;
	}
}

static bool xs_event_strings(const struct xs_event *event, const char **strings)
{
	return wire_split_strings(event->payload, event->bytes, strings, 2) != 0;
}

static void xs_drop_events(struct xs_handle *h, const char *path, const char *token)
{
	struct xs_event **link = &h->first_event;

	pthread_mutex_lock(&h->lock);
	while (*link != NULL) {
		struct xs_event *event = *link;
		const char *strings[2];

		if (xs_event_strings(event, strings) && strcmp(strings[1], token) == 0 &&
		    xs_path_is_subpath(path, strings[0])) {
			*link = event->next;
			free(event);
		} else {
			link = &event->next;
		}
	}
	h->last_event = link;
	xs_update_event_fd(h);
	pthread_mutex_unlock(&h->lock);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	bool is_done = xs_two_strings(h, XS_UNWATCH, path, token);

	if (is_done && h->must_filter) {
		xs_drop_events(h, path, token);
	}
	return is_done;
}

static int xs_make_poll_fd(struct xs_handle *h)
{
	struct epoll_event wanted = { .events = EPOLLIN };

	h->event_fd = eventfd(h->first_event != NULL, EFD_CLOEXEC | EFD_NONBLOCK);
	h->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (h->event_fd < 0 || h->poll_fd < 0 ||
	    epoll_ctl(h->poll_fd, EPOLL_CTL_ADD, h->fd, &wanted) < 0 ||
	    epoll_ctl(h->poll_fd, EPOLL_CTL_ADD, h->event_fd, &wanted) < 0) {
		close(h->event_fd);
		close(h->poll_fd);
		h->event_fd = -1;
		h->poll_fd = -1;
	}
	return h->poll_fd;
}

int xs_fileno(struct xs_handle *h)
{
	int fd;

	pthread_mutex_lock(&h->lock);
	fd = h->poll_fd >= 0 ? h->poll_fd : xs_make_poll_fd(h);
	pthread_mutex_unlock(&h->lock);
	return fd;
}

/* The oldest event as the caller gets it; NULL and errno when it is malformed. */
static char **xs_take_event_array(struct xs_handle *h)
{
	struct xs_event *event = h->first_event;
	const char *strings[2];
	char **array = NULL;
	char *text;

	h->first_event = event->next;
	if (h->first_event == NULL) {
		h->last_event = &h->first_event;
	}
	xs_update_event_fd(h);
	if (!xs_event_strings(event, strings)) {
		errno = EIO;
	} else {
		array = malloc(2 * sizeof(*array) + event->bytes);
	}
	if (array != NULL) {
		text = (char *)&array[2];
		memcpy(text, event->payload, event->bytes);
		array[XS_WATCH_PATH] = text;
		array[XS_WATCH_TOKEN] = text + (strings[1] - strings[0]);
	}
	free(event);
	return array;
}

static char **xs_next_event(struct xs_handle *h, bool must_wait)
{
	char **array = NULL;
	int error = 0;

	pthread_mutex_lock(&h->lock);
	while (h->first_event == NULL && error == 0) {
		error = h->error != 0 ? h->error : xs_pump(h, must_wait);
		if (error == 0 && !must_wait && h->first_event == NULL) {
			error = EAGAIN;
		}
	}
	if (h->first_event != NULL) {
		array = xs_take_event_array(h);
	} else {
		errno = error;
	}
	pthread_mutex_unlock(&h->lock);
	return array;
}

char **xs_check_watch(struct xs_handle *h)
{
	return xs_next_event(h, false);
}

char **xs_read_watch(struct xs_handle *h, unsigned int *num)
{
	char **array = xs_next_event(h, true);

	if (array != NULL) {
		*num = 2;
	}
	return array;
}
