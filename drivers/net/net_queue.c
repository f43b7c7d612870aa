// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose turn it is: a port of the guest's that fired, or a tap device with packets. With one port
 * for both directions its event may mean either.
 */
#include <stddef.h>

#include "drivers/net/netd.h"

static void queue_stop(struct net_queue *queue, int rc)
{
	back_device_stop(&queue->device->base,
			 rc == RING_BROKEN ? "its ring's indexes or chains are impossible" :
			 "its interface is gone");
}

void net_queue_starve(struct net_queue *queue)
{
	queue->is_starved = true;
	loop_set_events(queue->watch, 0);
}

/*
 * New pages to receive into? Then the tap device is listened to again: 1; 0: none were waited for or
 * there are still too few; or an error of net_rx_run().
 */
static int queue_feed(struct net_queue *queue)
{
	int room = queue->is_starved ? net_rx_has_room(queue) : 0;

	if (room != 1) {
		return room;
	}
	queue->is_starved = false;
	loop_set_events(queue->watch, LOOP_READ);
	room = net_rx_run(queue);
	return room < 0 ? room : 1;
}

void net_queue_tx_event(struct back_port *port)
{
	struct net_queue *queue = (struct net_queue *)port;
	bool was_late = queue->late_packets != 0;
	int taken = net_tx_run(queue);
	int fed = taken == RING_BROKEN ? RING_BROKEN : queue_feed(queue);

	if (fed < 0) {
		queue_stop(queue, fed);
		return;
	}
	port->wasted_kicks = taken > 0 || fed > 0 || was_late ? 0 : (uint16_t)(port->wasted_kicks + 1);
}

void net_queue_rx_event(struct back_port *port)
{
	struct net_queue *queue =
		(struct net_queue *)((char *)port - offsetof(struct net_queue, rx_port));
	int fed = queue_feed(queue);

	if (fed < 0) {
		queue_stop(queue, fed);
		return;
	}
	port->wasted_kicks = fed > 0 ? 0 : (uint16_t)(port->wasted_kicks + 1);
}

void net_queue_tap_event(unsigned int events, void *opaque)
{
	struct net_queue *queue = opaque;
	int rc = net_rx_run(queue);

	(void)events;
	if (rc < 0) {
		queue_stop(queue, rc);
	}
}
