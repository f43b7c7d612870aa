// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a frame's transport header begins, so that dom0's kernel or the receiver can finish its
 * checksum or cut it into segments. Every length in it is the guest's and is checked against what is
 * there; the kernel checks again what it is told.
 */
#include <errno.h>
#include <string.h>

#include "drivers/net/netd.h"

#define FRAME_VLANS 2u
#define FRAME_IPV6_OPTIONS 8u

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_SERVICE_VLAN = 0x88a8,
};

enum {
	PROTOCOL_HOP_OPTIONS = 0,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_OPTIONS = 60,
};

/* What is known of a frame: its transport header stands at @at and is of @protocol. */
struct frame {
	const uint8_t *head;
	uint32_t bytes;
	uint32_t at;
	uint16_t ethertype;
	uint8_t protocol;
};

static uint16_t frame_word(const struct frame *frame, uint32_t at)
{
	return (uint16_t)(frame->head[at] << 8 | frame->head[at + 1]);
}

static bool frame_has(const struct frame *frame, uint32_t bytes)
{
	return frame->at + bytes <= frame->bytes;
}

static bool frame_skip_ethernet(struct frame *frame)
{
	uint32_t tags = 0;

	frame->at = NET_ETHERNET_BYTES;
	if (!frame_has(frame, 0)) {
		return false;
	}
	frame->ethertype = frame_word(frame, 12);
	while (frame->ethertype == ETHERTYPE_VLAN || frame->ethertype == ETHERTYPE_SERVICE_VLAN) {
		if (tags++ == FRAME_VLANS || !frame_has(frame, 4)) {
			return false;
		}
		frame->ethertype = frame_word(frame, frame->at + 2);
		frame->at += 4;
	}
	return true;
}

/* A fragment has no checksum of its own: false. */
static bool frame_skip_ipv4(struct frame *frame)
{
	uint32_t bytes;

	if (!frame_has(frame, 20)) {
		return false;
	}
	bytes = (frame->head[frame->at] & 0xfu) * 4;
	if (bytes < 20 || (frame_word(frame, frame->at + 6) & 0x3fff) != 0) {
		return false;
	}
	frame->protocol = frame->head[frame->at + 9];
	frame->at += bytes;
	return true;
}

static bool frame_is_ipv6_option(uint8_t protocol)
{
	return protocol == PROTOCOL_HOP_OPTIONS || protocol == PROTOCOL_ROUTING ||
	       protocol == PROTOCOL_OPTIONS;
}

static bool frame_skip_ipv6(struct frame *frame)
{
	uint32_t options = 0;

	if (!frame_has(frame, 40)) {
		return false;
	}
	frame->protocol = frame->head[frame->at + 6];
	frame->at += 40;
	while (frame_is_ipv6_option(frame->protocol)) {
		if (options++ == FRAME_IPV6_OPTIONS || !frame_has(frame, 8)) {
			return false;
		}
		frame->protocol = frame->head[frame->at];
		frame->at += (frame->head[frame->at + 1] + 1u) * 8;
	}
	return true;
}

static bool frame_find_transport(struct frame *frame)
{
	if (!frame_skip_ethernet(frame)) {
		return false;
	}
	switch (frame->ethertype) {
	case ETHERTYPE_IPV4:
		return frame_skip_ipv4(frame);
	case ETHERTYPE_IPV6:
		return frame_skip_ipv6(frame);
	default:
		return false;
	}
}

/* A TCP header that fits the kind of segments asked for. */
static bool frame_describe_gso(const struct frame *frame, const struct net_offload *offload,
			       struct virtio_net_hdr *header)
{
	bool is_ipv4 = offload->gso_type == NET_GSO_TCPV4;

	if (frame->protocol != PROTOCOL_TCP || !frame_has(frame, 20) || offload->gso_bytes == 0 ||
	    frame->ethertype != (is_ipv4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6)) {
		return false;
	}
	header->gso_type = is_ipv4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
	header->gso_size = offload->gso_bytes;
	header->hdr_len = (uint16_t)(frame->at + (frame->head[frame->at + 12] >> 4) * 4u);
	return true;
}

int net_frame_describe(const struct net_offload *offload, const uint8_t *head,
		       uint32_t head_bytes, uint32_t bytes, struct virtio_net_hdr *header)
{
	struct frame frame = { .head = head, .bytes = head_bytes };

	memset(header, 0, sizeof(*header));
	if (!(offload->flags & NET_TX_CSUM_BLANK)) {
		header->flags = offload->flags & NET_TX_DATA_VALIDATED ?
				VIRTIO_NET_HDR_F_DATA_VALID : 0;
		/* Segments need their checksums made. */
		return offload->gso_type == 0 ? 0 : -EPROTO;
	}
	if (!frame_find_transport(&frame)) {
		return -EPROTO;
	}
	header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	header->csum_start = (uint16_t)frame.at;
	switch (frame.protocol) {
	case PROTOCOL_TCP:
		header->csum_offset = 16;
		break;
	case PROTOCOL_UDP:
		header->csum_offset = 6;
		break;
	default:
		return -EPROTO;
	}
	if (frame.at + header->csum_offset + 2u > bytes) {
		return -EPROTO;
	}
	return offload->gso_type == 0 || frame_describe_gso(&frame, offload, header) ? 0 : -EPROTO;
}
