/* SPDX-License-Identifier: MIT */
/*
 * net: a guest that is reached over the network: answers ARP and ICMP echo ("ping").
 *
 * Its address stands on the command line: addr=10.9.0.5. It sleeps while nothing arrives and takes a
 * frame apart with every length checked: whoever is on the network can send anything.
 */
#include <public/sched.h>
#include "boot.h"
#include "grant.h"
#include "net_front.h"
#include "printf.h"
#include "string.h"
#include "xenstore.h"

#define ETHER_BYTES 14u
#define TYPE_IP 0x0800u
#define TYPE_ARP 0x0806u
#define ARP_BYTES 28u
#define IP_BYTES 20u
#define PROTOCOL_ICMP 1u

static struct net_front net;
static uint8_t address[4];
static uint8_t frame[NET_FRONT_FRAME_BYTES] __attribute__((aligned(4096)));

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void swap(uint8_t *a, uint8_t *b, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++) {
		uint8_t kept = a[i];

		a[i] = b[i];
		b[i] = kept;
	}
}

/* The Internet's checksum (RFC 1071). */
static uint16_t checksum(const uint8_t *data, uint32_t bytes)
{
	uint32_t sum = 0, i;

	for (i = 0; i + 1 < bytes; i += 2) {
		sum += get16(data + i);
	}
	if (i < bytes) {
		sum += (uint32_t)data[i] << 8;
	}
	while (sum >> 16) {
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

/* Makes an answer of the request in the frame. Each returns whether there is one to send. */
static bool answer_arp(uint8_t *arp, uint32_t bytes)
{
	/* Ethernet, IPv4, a request, for us (RFC 826). */
	static const uint8_t head[8] = { 0, 1, 8, 0, 6, 4, 0, 1 };

	if (bytes < ARP_BYTES || memcmp(arp, head, sizeof(head)) || memcmp(arp + 24, address, 4)) {
		return false;
	}
	arp[7] = 2;
	memcpy(arp + 18, arp + 8, 10);
	memcpy(arp + 8, net.mac, 6);
	memcpy(arp + 14, address, 4);
	return true;
}

static bool answer_icmp(uint8_t *icmp, uint32_t bytes)
{
	if (bytes < 8 || icmp[0] != 8 || icmp[1] != 0) {
		return false;
	}
	icmp[0] = 0;
	put16(icmp + 2, 0);
	put16(icmp + 2, checksum(icmp, bytes));
	return true;
}

static bool answer_ip(uint8_t *ip, uint32_t room)
{
	uint32_t bytes;

	/* Without options, not a fragment, for us (RFC 791). */
	if (room < IP_BYTES || ip[0] != 0x45 || (get16(ip + 6) & 0x3fff) || memcmp(ip + 16, address, 4)) {
		return false;
	}
	bytes = get16(ip + 2);
	if (bytes < IP_BYTES || bytes > room || checksum(ip, IP_BYTES)) {
		return false;
	}
	swap(ip + 12, ip + 16, 4);
	return ip[9] == PROTOCOL_ICMP && answer_icmp(ip + IP_BYTES, bytes - IP_BYTES);
}

static void handle(uint32_t bytes)
{
	uint8_t *payload = frame + ETHER_BYTES;
	uint16_t type;

	if (bytes <= ETHER_BYTES) {
		return;
	}
	type = get16(frame + 12);
	if ((type == TYPE_ARP && answer_arp(payload, bytes - ETHER_BYTES)) ||
	    (type == TYPE_IP && answer_ip(payload, bytes - ETHER_BYTES))) {
		memcpy(frame, frame + 6, 6);
		memcpy(frame + 6, net.mac, 6);
		/* No room means that the network does not take what we send: lost, as on any network. */
		net_front_send(&net, frame, bytes);
	}
}

static bool parse_address(const char *text)
{
	unsigned int i, digits;

	for (i = 0; i < 4; i++) {
		unsigned int value = 0;

		for (digits = 0; *text >= '0' && *text <= '9' && digits < 3; digits++) {
			value = value * 10 + (unsigned int)(*text++ - '0');
		}
		if (!digits || value > 255 || *text != (i < 3 ? '.' : 0)) {
			return false;
		}
		address[i] = (uint8_t)value;
		text += i < 3;
	}
	return true;
}

void kit_main(void)
{
	char text[20];

	if (!kit_option_value("addr", text, sizeof(text)) || !parse_address(text)) {
		kprintf("NET BAD: the command line has no addr=A.B.C.D\n");
		return;
	}
	if (!xenstore_init() || !grant_init() || !net_front_open(&net, 0)) {
		kprintf("NET BAD: there is no network\n");
		return;
	}
	kprintf("NET %s at %02x:%02x:%02x:%02x:%02x:%02x\n", text, net.mac[0], net.mac[1], net.mac[2],
		net.mac[3], net.mac[4], net.mac[5]);
	while (!net.is_broken) {
		uint32_t bytes = net_front_receive(&net, frame, sizeof(frame));

		if (bytes) {
			handle(bytes);
		} else {
			xenbus_sleep_unless(net_front_is_ready, &net);
		}
	}
	kprintf("NET BAD: the back end broke its ring\n");
}
