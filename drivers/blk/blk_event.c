// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which queue a port belongs to, and whose turn it is. A port that fired stays masked until its
 * queue was looked at; one that fires again and again for nothing stays masked for a while, so that
 * a guest that only kicks costs little.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/blk/blkd.h"

#define EVENT_PORTS_AT_ONCE 64u
#define EVENT_WASTED_KICKS 16u
#define EVENT_PAUSE_MS 4u

int blk_event_note_port(struct blk_daemon *daemon, uint32_t port, struct blk_queue *queue)
{
	if (port >= BLK_MAX_PORT) {
		return -ERANGE;
	}
	if (port >= daemon->by_port_count) {
		uint32_t count = port + 64;
		struct blk_queue **grown = realloc(daemon->by_port, count * sizeof(*grown));

		if (grown == NULL) {
			return -ENOMEM;
		}
		memset(grown + daemon->by_port_count, 0,
		       (count - daemon->by_port_count) * sizeof(*grown));
		daemon->by_port = grown;
		daemon->by_port_count = count;
	}
	daemon->by_port[port] = queue;
	return 0;
}

void blk_event_later(struct blk_queue *queue, uint32_t delay_ms)
{
	struct blk_daemon *daemon = queue->device->daemon;

	if (queue->is_closed) {
		return;
	}
	/* Somebody's pause never delays those who go on at once. */
	if (delay_ms == 0 || daemon->ready == NULL) {
		loop_arm_timer(daemon->turn_timer, delay_ms);
	}
	if (!queue->is_ready) {
		queue->is_ready = true;
		queue->next_ready = daemon->ready;
		daemon->ready = queue;
	}
}

static bool event_unlink(struct blk_queue **list, struct blk_queue *queue)
{
	while (*list != NULL && *list != queue) {
		list = &(*list)->next_ready;
	}
	if (*list == NULL) {
		return false;
	}
	*list = queue->next_ready;
	return true;
}

void blk_event_forget(struct blk_queue *queue)
{
	struct blk_daemon *daemon = queue->device->daemon;

	if (queue->is_ready && !event_unlink(&daemon->ready, queue)) {
		event_unlink(&daemon->turn, queue);
	}
	queue->is_ready = false;
	if (queue->port != 0 && queue->port < daemon->by_port_count) {
		daemon->by_port[queue->port] = NULL;
	}
}

/* After a look at the queue: its port may fire again, unless it did so for nothing too often. */
static void event_unmask(struct blk_daemon *daemon, uint32_t port)
{
	struct blk_queue *queue = daemon->by_port[port];

	if (queue == NULL) {
		return;
	}
	if (queue->wasted_kicks >= EVENT_WASTED_KICKS) {
		blk_event_later(queue, EVENT_PAUSE_MS);
		return;
	}
	evtchn_unmask(&daemon->evtchn, port);
}

void blk_event_ready(unsigned int events, void *opaque)
{
	struct blk_daemon *daemon = opaque;
	uint32_t ports[EVENT_PORTS_AT_ONCE];
	int count = evtchn_read(&daemon->evtchn, ports, EVENT_PORTS_AT_ONCE);
	int i;

	(void)events;
	for (i = 0; i < count; i++) {
		if (ports[i] < daemon->by_port_count && daemon->by_port[ports[i]] != NULL) {
			blk_queue_run(daemon->by_port[ports[i]]);
		}
	}
	blk_io_flush(daemon);
	for (i = 0; i < count; i++) {
		if (ports[i] < daemon->by_port_count) {
			event_unmask(daemon, ports[i]);
		}
	}
}

void blk_event_turn(unsigned int events, void *opaque)
{
	struct blk_daemon *daemon = opaque;
	struct blk_queue *queue;

	(void)events;
	/* Who is put on the list again meanwhile waits for the next turn. */
	daemon->turn = daemon->ready;
	daemon->ready = NULL;
	while ((queue = daemon->turn) != NULL) {
		daemon->turn = queue->next_ready;
		queue->is_ready = false;
		if (queue->wasted_kicks >= EVENT_WASTED_KICKS) {
			queue->wasted_kicks = EVENT_WASTED_KICKS - 1;
			evtchn_unmask(&daemon->evtchn, queue->port);
		}
		blk_queue_run(queue);
	}
	blk_io_flush(daemon);
}
