/* SPDX-License-Identifier: MIT */
/*
 * xenstore: see xenstore.h. Messages are written and read in pieces, since one may be longer than
 * the ring. The peer's indices are checked: more than a ring's worth in flight means that the ring
 * is broken, and everything after that fails.
 *
 * Waiting follows the one safe order: mask events, look, sleep (which unmasks and looks again).
 */
#include "xenstore.h"

#include <stddef.h>
#include <stdint.h>
#include <public/event_channel.h>
#include <public/io_xenstore.h>
#include "boot.h"
#include "event.h"
#include "mm.h"
#include "string.h"

static volatile struct xenstore_domain_interface *ring;
static uint32_t port;
static uint32_t request_id;
static bool watch_fired;
static bool broken;

static void on_event(uint32_t event_port)
{
	(void)event_port;		/* waking up is all that is needed */
}

bool xenstore_init(void)
{
	if (kit_is_dom0() || !kit_start_info->store_mfn) {
		return false;
	}
	ring = mfn_to_virt(kit_start_info->store_mfn);
	port = kit_start_info->store_evtchn;
	event_bind(port, on_event);
	return true;
}

static uint32_t room(void)
{
	uint32_t used = ring->req_prod - ring->req_cons;

	broken |= used > XENSTORE_RING_SIZE;
	return broken ? 0 : XENSTORE_RING_SIZE - used;
}

static uint32_t available(void)
{
	uint32_t used = ring->rsp_prod - ring->rsp_cons;

	broken |= used > XENSTORE_RING_SIZE;
	return broken ? 0 : used;
}

static bool wait_until(uint32_t (*condition)(void))
{
	for (;;) {
		event_disable();
		if (broken || condition()) {
			event_enable();
			return !broken;
		}
		event_wait();
	}
}

static bool put(const void *data, uint32_t bytes)
{
	const char *from = data;

	while (bytes) {
		uint32_t at = ring->req_prod, count;

		if (!wait_until(room)) {
			return false;
		}
		for (count = room(); count && bytes; count--, bytes--) {
			ring->req[MASK_XENSTORE_IDX(at++)] = *from++;
		}
		asm volatile("" : : : "memory");
		ring->req_prod = at;
		event_send(port);
	}
	return true;
}

/* Takes bytes out of the ring; those beyond what `to` can hold are dropped. */
static bool get(void *data, uint32_t bytes, uint32_t keep)
{
	char *to = data;

	while (bytes) {
		uint32_t at = ring->rsp_cons, count;

		if (!wait_until(available)) {
			return false;
		}
		for (count = available(); count && bytes; count--, bytes--, at++) {
			if (keep) {
				*to++ = ring->rsp[MASK_XENSTORE_IDX(at)];
				keep--;
			}
		}
		asm volatile("" : : : "memory");
		ring->rsp_cons = at;
		event_send(port);
	}
	return true;
}

/* One whole message; returns its type, or XS_INVALID when the ring broke. */
static uint32_t receive(char *payload, uint32_t keep, uint32_t *bytes)
{
	struct xsd_sockmsg header;

	if (!get(&header, sizeof(header), sizeof(header))) {
		return XS_INVALID;
	}
	if (header.len > XENSTORE_PAYLOAD_MAX) {
		broken = true;
		return XS_INVALID;
	}
	*bytes = header.len;
	if (!get(payload, header.len, keep)) {
		return XS_INVALID;
	}
	if (header.type == XS_WATCH_EVENT) {
		watch_fired = true;
	}
	return header.type;
}

/* Sends first and second (NUL included where the caller counts it) and waits for the answer. */
static int request(uint32_t type, const char *first, const char *second, uint32_t second_bytes,
		   char *answer, uint32_t keep)
{
	struct xsd_sockmsg header = { .type = type, .req_id = ++request_id };
	uint32_t first_bytes = (uint32_t)strlen(first) + 1, got = 0, bytes;

	header.len = first_bytes + second_bytes;
	if (!ring || !put(&header, sizeof(header)) || !put(first, first_bytes) ||
	    !put(second, second_bytes)) {
		return -1;
	}
	do {
		got = receive(answer, keep, &bytes);
	} while (got == XS_WATCH_EVENT);
	return got == type ? (int)bytes : -1;
}

int xenstore_read(const char *path, char *value, unsigned int bytes)
{
	int length = request(XS_READ, path, "", 0, value, bytes - 1);

	if (length < 0) {
		value[0] = 0;
		return length;
	}
	value[(unsigned int)length < bytes ? (unsigned int)length : bytes - 1] = 0;
	return length;
}

int xenstore_write(const char *path, const char *value)
{
	char answer[4];

	return request(XS_WRITE, path, value, (uint32_t)strlen(value), answer, sizeof(answer));
}

int xenstore_directory(const char *path, char *names, unsigned int bytes)
{
	int length = request(XS_DIRECTORY, path, "", 0, names, bytes - 1);

	if (length < 0) {
		return length;
	}
	length = (unsigned int)length < bytes ? length : (int)bytes - 1;
	names[length] = 0;
	return length;
}

int xenstore_watch(const char *path, const char *token)
{
	char answer[4];

	return request(XS_WATCH, path, token, (uint32_t)strlen(token) + 1, answer, sizeof(answer));
}

bool xenstore_watch_fired(void)
{
	char payload[4];
	uint32_t bytes;
	bool fired;

	while (ring && !broken && available()) {
		receive(payload, sizeof(payload), &bytes);
	}
	fired = watch_fired;
	watch_fired = false;
	return fired;
}
