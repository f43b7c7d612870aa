/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network back end's own structures; what it shares with other back ends is in drivers/back.
 *
 * daemon - devices (one per virtual interface of a guest) - queues (a pair of rings, one or two
 * ports, one queue of the tap device). A queue lives from the front end's connection until it is
 * closed. Nothing is ever in flight between two turns of the loop: what is taken off a ring or off
 * a tap device is copied, handed on and answered before the function returns.
 *
 * Data moves by grant copy between guest pages and this process's pages, many slots in one call, and
 * between those and the tap device by one system call per packet. No guest page but the rings' is
 * mapped.
 *
 * Crash-only. Answers are in ring order and published packet by packet, so that a killed process
 * can have spoilt the oldest packet without an answer and no other: net_resume() gives that one up
 * and the rest is served. The tap device is persistent and stays on its bridge meanwhile.
 *
 * Bounds: slots per packet, packets per turn, the tap device's own queue, and a pause for guests
 * that kick without asking for anything.
 */
#ifndef DRIVERS_NET_NETD_H
#define DRIVERS_NET_NETD_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "drivers/back/back.h"
#include "drivers/net/protocol.h"
#include "drivers/ring/ring.h"

#define NET_MAX_QUEUES 4u
/* Slots of one packet, and of these the most with extra information. */
#define NET_MAX_PARTS 20u
#define NET_MAX_EXTRAS 4u
/* A packet of 64 KiB and its headers, in pages. */
#define NET_PACKET_PAGES 17u
/* Receive slots that the greatest packet takes: its pages and an extra one. */
#define NET_MAX_RX_SLOTS (NET_PACKET_PAGES + 1)
/* One batch: pages of this process that packets lie in, and packets. */
#define NET_BATCH_PAGES 256u
#define NET_BATCH_PACKETS 64u
/* Batches taken from one queue before the others have their turn. */
#define NET_QUEUE_BATCHES 4u
#define NET_NAME_BYTES 16u
#define NET_ETHERNET_BYTES 14u
/* Packets that wait in dom0 for a guest; more are dropped. */
#define NET_TAP_PACKETS 256u

#define NET_STORE_BACKEND "/local/domain/0/backend/qnic"
#define NET_STORE_KERNEL_BACKEND "/local/domain/0/backend/vif"
/* What links of ours carry as their alias, before "DOMID/NUMBER". */
#define NET_ALIAS "lam-netd "

struct net_device;

struct net_queue {
	struct back_port tx_port;	/* the only one when the front end has one for both */
	struct back_port rx_port;
	struct net_device *device;
	struct ring_back tx;
	struct ring_back rx;
	struct gntdev_mapping mapping;	/* of both rings' pages */
	int fd;				/* of the tap device; -1: none */
	struct loop_watch *watch;
	uint16_t index;
	bool is_starved;		/* waits for pages to receive into; the tap is not watched */
	uint16_t late_packets;		/* answered without a notification that is due */
};

/* Bytes per time that the guest may send. bytes 0: any number. */
struct net_rate {
	uint64_t bytes;
	uint64_t interval_ns;
	int64_t credit;			/* below 0: a packet took more than was left */
	uint64_t next_ns;		/* when credit comes next */
};

/* What the front end said it can receive. */
struct net_features {
	bool has_sg;
	bool has_csum4;
	bool has_csum6;
	bool has_gso4;
	bool has_gso6;
};

/* A user's script. */
struct net_hook {
	char *script;			/* NULL: none */
	pid_t pid;			/* runs now; 0: none */
	bool is_online;			/* has ended well */
	bool has_failed;
	int status;			/* then: as wait() tells it */
};

struct net_device {
	struct back_device base;
	char link[NET_NAME_BYTES];	/* the interface's name in dom0 */
	bool has_link;			/* made by us, or taken up */
	struct net_hook hook;
	struct net_rate rate;
	struct net_features features;
	struct net_queue *queues[NET_MAX_QUEUES];
	uint32_t queue_count;
	uint32_t max_queues;
	uint32_t rx_slots;		/* free ones that receiving needs */
};

/* One batch of packets: the process has one thread and nothing in flight between turns. */
struct net_batch {
	struct gntdev_copy_segment copies[NET_BATCH_PAGES];
	uint32_t copy_count;
	uint32_t page_count;		/* of net_pages, used */
	uint32_t packet_count;
};

extern struct net_batch net_batch;
extern uint8_t net_pages[NET_BATCH_PAGES][BACK_PAGE_BYTES];

/* --- net_batch.c --- */
void net_batch_begin(void);
/* Runs the copies collected. False: none was made. Each one's status says how it went. */
bool net_batch_copy(struct net_device *device);
/* Whether @count copies from @first on went well. */
bool net_batch_is_copied(uint32_t first, uint32_t count);

/* --- net_frame.c: headers of Ethernet frames; no I/O, no memory --- */
struct net_offload {
	uint16_t flags;			/* NET_TX_CSUM_BLANK and NET_TX_DATA_VALIDATED count */
	uint8_t gso_type;		/* 0: none */
	uint16_t gso_bytes;
};

/*
 * Fills the header that the tap device takes. @head: the first @head_bytes of a frame of @bytes.
 * 0, or -EPROTO when the frame is not what @offload says.
 */
int net_frame_describe(const struct net_offload *offload, const uint8_t *head,
		       uint32_t head_bytes, uint32_t bytes, struct virtio_net_hdr *header);

/* --- net_tx.c: front end to tap --- */
/* Serves what the transmit ring holds; ports' operations are in net_queue.c. Packets taken. */
int net_tx_run(struct net_queue *queue);
/* Gives up the oldest packet of a ring whose back end was killed. RING_BROKEN, or 0. */
int net_tx_resume(struct net_queue *queue);

/* --- net_rx.c: tap to front end --- */
/*
 * Serves what the tap device holds as far as the front end has pages for it. 0, RING_BROKEN, or the
 * -errno of a tap device that is gone.
 */
int net_rx_run(struct net_queue *queue);
/* Whether the front end has pages enough: 1, 0 (then it is asked to kick), or RING_BROKEN. */
int net_rx_has_room(struct net_queue *queue);
/* Gives up the pages that a killed back end may have begun to answer. 0 or RING_BROKEN. */
int net_rx_resume(struct net_queue *queue);

/* --- net_queue.c: whose turn it is --- */
void net_queue_tx_event(struct back_port *port);
void net_queue_rx_event(struct back_port *port);
/* Callback of the tap device's descriptor. */
void net_queue_tap_event(unsigned int events, void *queue);
/* Until more pages come, the tap device is not listened to. */
void net_queue_starve(struct net_queue *queue);

/* --- net_rate.c --- */
/* "BYTES,MICROSECONDS" as the toolstack writes it. 0 or -EINVAL. */
int net_rate_parse(const char *text, struct net_rate *rate);
/* Milliseconds until the next packet may be sent; 0: now. */
uint32_t net_rate_wait(struct net_rate *rate, uint64_t now_ns);
void net_rate_charge(struct net_rate *rate, uint32_t bytes);

/* --- net_tap.c --- */
/* Makes the device, or takes up one that is there; it goes with @fd until net_tap_persist(). */
int net_tap_open(const char *name, bool has_queues);
int net_tap_persist(int fd);
/* Adjusts what the kernel may leave to the receiver: for all queues. */
int net_tap_set_offload(int fd, const struct net_features *features);
/* 0 or -errno. */
int net_tap_send(int fd, const struct iovec *parts, int count);
/* Bytes of the frame, or -errno; -EAGAIN: there is none. */
ssize_t net_tap_receive(int fd, struct virtio_net_hdr *header, void *frame, size_t room);

/* --- net_link.c: interfaces by netlink --- */
struct net_link {
	int index;
	uint32_t mtu;
	bool is_bridge;
	char alias[64];
};

struct net_link_setup {
	const char *alias;		/* NULL: stays */
	const char *name;		/* NULL: stays */
	int bridge;			/* index; 0: none */
	uint32_t mtu;			/* 0: stays */
	uint32_t packets;		/* of its queue; 0: stays */
};

int net_link_open(struct error *error);
/* 0 or -errno; -ENODEV: there is none. */
int net_link_find(const char *name, struct net_link *link);
/* Sets it up as a port of a bridge: an address that no bridge takes for its own, and up. */
int net_link_set_up(int index, const struct net_link_setup *setup);
int net_link_name(int index, const struct net_link_setup *setup);
int net_link_delete(const char *name);
/*
 * Calls @each for every link whose alias begins with NET_ALIAS; it may not use functions of this
 * module.
 */
void net_link_each_ours(void (*each)(const char *name, const char *alias, void *arg), void *arg);

/* --- net_setup.c: an interface from the nodes of its back folder --- */
/* The bridge that node bridge names; all zero without it, and with a script. 0 or -errno. */
int net_setup_find_bridge(struct net_device *device, struct net_link *bridge,
			  struct error *error);
/* Node mtu, or the bridge's own: *@mtu, 0 for neither. 0 or -errno. */
int net_setup_find_mtu(struct net_device *device, const struct net_link *bridge, uint32_t *mtu,
		       struct error *error);
/* Makes the tap device unless it is there, puts it on its bridge. 0 or -errno. */
int net_setup_tap(struct net_device *device, struct error *error);
/* Removes links of ours whose nodes are gone. Once all nodes were looked at. */
void net_setup_sweep(struct back_daemon *daemon);
/* Writes a node of the device's back folder. */
void net_setup_write(struct net_device *device, const char *name, const char *value);

/* --- net_hook.c: a user's script --- */
/* Reads the node script; nodes of back ends that have done with it say so. */
void net_hook_read(struct net_device *device);
/* 0 when it has ended well or there is none, -EINPROGRESS while it runs, or its failure. */
int net_hook_online(struct net_device *device, struct error *error);
/* Runs "offline", if "online" was run, and deletes a link of ours when that has ended. */
void net_hook_offline(struct net_device *device);
/* Callback of SIGCHLD. */
void net_hook_ended(unsigned int events, void *daemon);

/* --- net_connect.c --- */
int net_connect(struct back_device *device);
void net_disconnect(struct back_device *device);

/* --- net_device.c, net_kernel.c: ours, and those that dom0's kernel serves --- */
extern const struct back_kind net_kind;
extern const struct back_kind net_kernel_kind;
/* What both kinds have in common. */
struct back_device *net_device_create(void);
void net_device_free(struct back_device *device);
void net_device_name(struct back_device *device);

#endif
