/* SPDX-License-Identifier: MIT */
/*
 * net_front: network interfaces. One queue, one frame per page, no offloads: checksums arrive and leave finished.
 *
 * Frames are copied from and to the caller's memory, so no page of the caller is ever lent. Frames
 * that do not fit in a page are dropped by the back end, which was told so.
 */
#ifndef KIT_NET_FRONT_H
#define KIT_NET_FRONT_H

#include <stdbool.h>
#include <stdint.h>
#include "drivers/net/protocol.h"
#include "drivers/ring/ring.h"
#include "xenbus.h"

#define NET_FRONT_PAGES 32u		/* each way */
#define NET_FRONT_FRAME_BYTES 1514u	/* longest frame, without its checksum */

struct net_front {
	struct xenbus_device bus;
	struct ring_front tx, rx;
	void *tx_pages[NET_FRONT_PAGES], *rx_pages[NET_FRONT_PAGES];
	uint32_t tx_refs[NET_FRONT_PAGES], rx_refs[NET_FRONT_PAGES];
	uint32_t tx_busy;		/* bit i: page i is on its way */
	uint8_t mac[6];
	bool is_broken;
	uint64_t sent, received, dropped;	/* frames */
};
_Static_assert(NET_FRONT_PAGES <= 32, "bits of tx_busy");

/* Connects the interface with that place among ours. False: there is none, or its back end closes. */
bool net_front_open(struct net_front *front, unsigned int place);

/* Sends a frame that begins with its Ethernet header. False: no page is free, or the frame is too long. */
bool net_front_send(struct net_front *front, const void *frame, uint32_t bytes);

/* The next frame that arrived; its bytes, 0 when there is none. @room: at least NET_FRONT_FRAME_BYTES. */
uint32_t net_front_receive(struct net_front *front, void *frame, uint32_t room);

/* Whether there is something to receive; asks for an event otherwise. For xenbus_sleep_unless(). */
bool net_front_is_ready(void *front);

#endif
