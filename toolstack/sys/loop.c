// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event loop on libevent (epoll: cost per ready descriptor, not per watched one).
 *
 * A watch owns one libevent event. Freeing an event inside its own callback is allowed by
 * libevent as long as the callback does not touch it afterwards; the trampoline below keeps to
 * that by reading all it needs first.
 */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

struct loop {
	struct event_base *base;
};

struct loop_watch {
	struct loop *loop;
	struct event *event;
	loop_callback *callback;
	void *arg;
	unsigned int events;
};

struct loop *loop_create(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL) {
		return NULL;
	}
	loop->base = event_base_new();
	if (loop->base == NULL) {
		free(loop);
		return NULL;
	}
	return loop;
}

void loop_destroy(struct loop *loop)
{
	if (loop != NULL) {
		event_base_free(loop->base);
		free(loop);
	}
}

int loop_run(struct loop *loop)
{
	return event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0 ? -EIO : 0;
}

int loop_run_once(struct loop *loop, int wait)
{
	int flags = wait ? EVLOOP_ONCE : EVLOOP_NONBLOCK;

	return event_base_loop(loop->base, flags) < 0 ? -EIO : 0;
}

void loop_stop(struct loop *loop)
{
	event_base_loopbreak(loop->base);
}

static void loop_dispatch(evutil_socket_t fd, short what, void *arg)
{
	struct loop_watch *watch = arg;
	unsigned int events = 0;

	(void)fd;
	if (what & EV_READ) {
		events |= LOOP_READ;
	}
	if (what & EV_WRITE) {
		events |= LOOP_WRITE;
	}
	watch->callback(events, watch->arg);
}

static short loop_flags(unsigned int events)
{
	short flags = EV_PERSIST;

	if (events & LOOP_READ) {
		flags |= EV_READ;
	}
	if (events & LOOP_WRITE) {
		flags |= EV_WRITE;
	}
	return flags;
}

static struct loop_watch *loop_new_watch(struct loop *loop, int fd, short flags,
					 loop_callback *callback, void *arg)
{
	struct loop_watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL) {
		return NULL;
	}
	watch->loop = loop;
	watch->callback = callback;
	watch->arg = arg;
	watch->event = event_new(loop->base, fd, flags, loop_dispatch, watch);
	if (watch->event == NULL) {
		free(watch);
		return NULL;
	}
	return watch;
}

struct loop_watch *loop_add_fd(struct loop *loop, int fd, unsigned int events,
			       loop_callback *callback, void *arg)
{
	struct loop_watch *watch = loop_new_watch(loop, fd, loop_flags(events), callback, arg);

	if (watch == NULL) {
		return NULL;
	}
	watch->events = events;
	if (events != 0 && event_add(watch->event, NULL) < 0) {
		loop_remove(watch);
		return NULL;
	}
	return watch;
}

int loop_set_events(struct loop_watch *watch, unsigned int events)
{
	int fd = event_get_fd(watch->event);

	if (watch->events == events) {
		return 0;
	}
	event_del(watch->event);
	watch->events = 0;
	if (event_assign(watch->event, watch->loop->base, fd, loop_flags(events), loop_dispatch,
			 watch) < 0) {
		return -ENOMEM;
	}
	if (events != 0 && event_add(watch->event, NULL) < 0) {
		return -ENOMEM;
	}
	watch->events = events;
	return 0;
}

struct loop_watch *loop_add_timer(struct loop *loop, loop_callback *callback, void *arg)
{
	return loop_new_watch(loop, -1, 0, callback, arg);
}

int loop_arm_timer(struct loop_watch *timer, uint64_t delay_ms)
{
	struct timeval delay = {
		.tv_sec = (time_t)(delay_ms / 1000),
		.tv_usec = (suseconds_t)(delay_ms % 1000) * 1000,
	};

	return event_add(timer->event, &delay) < 0 ? -ENOMEM : 0;
}

void loop_disarm_timer(struct loop_watch *timer)
{
	event_del(timer->event);
}

struct loop_watch *loop_add_signal(struct loop *loop, int signal, loop_callback *callback,
				   void *arg)
{
	struct loop_watch *watch =
		loop_new_watch(loop, signal, EV_SIGNAL | EV_PERSIST, callback, arg);

	if (watch != NULL && event_add(watch->event, NULL) < 0) {
		loop_remove(watch);
		return NULL;
	}
	return watch;
}

void loop_remove(struct loop_watch *watch)
{
	if (watch != NULL) {
		event_free(watch->event);
		free(watch);
	}
}
