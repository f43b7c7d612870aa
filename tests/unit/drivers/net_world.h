/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network back end's surroundings in a test: a guest's pair of rings, a tap device whose frames
 * are kept in memory. Takes the place of net_tap and net_link; guest and its pages are those of
 * back_world.h.
 */
#ifndef TESTS_UNIT_DRIVERS_NET_WORLD_H
#define TESTS_UNIT_DRIVERS_NET_WORLD_H

#include "drivers/net/netd.h"
#include "tests/unit/drivers/back_world.h"

#define NET_WORLD_FRAMES 8u
#define NET_WORLD_FRAME_BYTES 65550u

struct net_world_frame {
	struct virtio_net_hdr header;
	uint32_t bytes;
	uint8_t data[NET_WORLD_FRAME_BYTES];
};

struct net_world {
	struct back_daemon daemon;
	struct net_device device;
	struct ring_front tx;
	struct ring_front rx;
	uint8_t rings[2][4096];
	uint8_t pages[BACK_WORLD_PAGES][4096];
	struct net_world_frame sent;			/* the latest */
	uint32_t sent_count;
	int send_rc;
	struct net_world_frame waiting[NET_WORLD_FRAMES];	/* to be received */
	uint32_t waiting_first;
	uint32_t waiting_count;
};

extern struct net_world net_world;

/* A connected interface with one queue and empty rings; the guest takes all that is offered. */
void net_world_start(void);
/* The same rings by a new process. */
void net_world_kill(void);
void net_world_end(void);
/* A kick of the guest, frames from the tap, and turns of the loop until nothing moves. */
void net_world_kick(void);
/* Rings as a new connection finds them. */
void net_world_clear_rings(void);
/* The only queue, NULL when the device was stopped. */
struct net_queue *net_world_queue(void);

#endif
