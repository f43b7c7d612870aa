/* SPDX-License-Identifier: MIT */
/*
 * Network devices between domains: what stands in the slots of a queue's two rings.
 *
 * Transmit (front end to network): a packet is a chain of requests. The first names its bytes in
 * all, each further one those of its own part; what the parts do not hold is in the first. Slots
 * with extra information stand right behind the first request. Each slot gets a response: an extra
 * one NET_STATUS_NULL.
 *
 * Receive (network to front end): a request offers a page. A packet is a chain of responses, one
 * per page; an extra one stands behind the first and uses up a page that stays empty.
 *
 * Slots are moved by words of four bytes, so each structure here begins at one.
 */
#ifndef DRIVERS_NET_PROTOCOL_H
#define DRIVERS_NET_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

/* Parts of one packet that every back end takes. */
#define NET_SLOTS_MIN 18u

enum net_tx_flags {
	NET_TX_CSUM_BLANK = 1,		/* the checksum field holds the pseudo header's sum only */
	NET_TX_DATA_VALIDATED = 2,
	NET_TX_MORE_DATA = 4,
	NET_TX_EXTRA_INFO = 8,
};

enum net_rx_flags {
	NET_RX_DATA_VALIDATED = 1,
	NET_RX_CSUM_BLANK = 2,
	NET_RX_MORE_DATA = 4,
	NET_RX_EXTRA_INFO = 8,
};

enum net_status {
	NET_STATUS_DROPPED = -2,
	NET_STATUS_ERROR = -1,
	NET_STATUS_OKAY = 0,
	NET_STATUS_NULL = 1,
};

enum net_extra_type {
	NET_EXTRA_GSO = 1,
};

enum net_extra_flags {
	NET_EXTRA_MORE = 1,
};

enum net_gso_type {
	NET_GSO_TCPV4 = 1,
	NET_GSO_TCPV6 = 2,
};

struct net_wire_tx_request {
	uint32_t ref;
	uint16_t offset;
	uint16_t flags;
	uint16_t id;
	uint16_t bytes;
};

/* A large packet that the receiver's side cuts into segments of so many bytes. */
struct net_wire_extra {
	_Alignas(4) uint8_t type;
	uint8_t flags;
	uint16_t gso_bytes;
	uint8_t gso_type;
	uint8_t pad;
	uint16_t features;
};

union net_wire_tx_slot {
	struct net_wire_tx_request request;
	struct net_wire_extra extra;
};

struct net_wire_tx_response {
	_Alignas(4) uint16_t id;
	int16_t status;
};

struct net_wire_rx_request {
	uint16_t id;
	uint16_t pad;
	uint32_t ref;
};

struct net_wire_rx_response {
	_Alignas(4) uint16_t id;
	uint16_t offset;
	uint16_t flags;
	int16_t status;			/* bytes, or a net_status below 0 */
};

union net_wire_rx_slot {
	struct net_wire_rx_request request;
	struct net_wire_rx_response response;
	struct net_wire_extra extra;
};

_Static_assert(sizeof(struct net_wire_tx_request) == 12, "net tx request");
_Static_assert(offsetof(struct net_wire_tx_request, id) == 8, "net tx request id");
_Static_assert(offsetof(struct net_wire_tx_request, bytes) == 10, "net tx request bytes");
_Static_assert(sizeof(struct net_wire_extra) == 8, "net extra");
_Static_assert(offsetof(struct net_wire_extra, gso_type) == 4, "net extra gso type");
_Static_assert(sizeof(union net_wire_tx_slot) == 12, "net tx slot");
_Static_assert(sizeof(struct net_wire_tx_response) == 4, "net tx response");
_Static_assert(sizeof(struct net_wire_rx_request) == 8, "net rx request");
_Static_assert(offsetof(struct net_wire_rx_request, ref) == 4, "net rx request ref");
_Static_assert(sizeof(struct net_wire_rx_response) == 8, "net rx response");
_Static_assert(offsetof(struct net_wire_rx_response, status) == 6, "net rx response status");
_Static_assert(sizeof(union net_wire_rx_slot) == 8, "net rx slot");

#endif
