// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring arithmetic. Barriers pair with the guest's: its store of req_prod releases the request
 * bytes we then read; our store of req_cons releases the room it then writes; and the same for
 * replies with the roles exchanged.
 */
#include "xenbus/ring.h"

#include <errno.h>
#include <string.h>

static size_t ring_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void ring_attach(struct ring *ring, struct xenstore_domain_interface *page)
{
	ring->page = page;
	ring->req_cons = __atomic_load_n(&page->req_cons, __ATOMIC_RELAXED);
	ring->rsp_prod = __atomic_load_n(&page->rsp_prod, __ATOMIC_RELAXED);
}

ssize_t ring_read(struct ring *ring, void *buffer, size_t bytes)
{
	uint32_t waiting = __atomic_load_n(&ring->page->req_prod, __ATOMIC_ACQUIRE) - ring->req_cons;
	uint32_t at = MASK_XENSTORE_IDX(ring->req_cons);
	size_t part;

	if (waiting > XENSTORE_RING_SIZE) {
		return -ERANGE;
	}
	bytes = ring_least(bytes, waiting);
	if (bytes == 0) {
		return 0;
	}
	part = ring_least(bytes, XENSTORE_RING_SIZE - at);
	memcpy(buffer, ring->page->req + at, part);
	memcpy((char *)buffer + part, ring->page->req, bytes - part);
	ring->req_cons += (uint32_t)bytes;
	return (ssize_t)bytes;
}

void ring_publish(struct ring *ring)
{
	__atomic_store_n(&ring->page->req_cons, ring->req_cons, __ATOMIC_RELEASE);
}

ssize_t ring_write(struct ring *ring, const void *data, size_t bytes)
{
	uint32_t used = ring->rsp_prod - __atomic_load_n(&ring->page->rsp_cons, __ATOMIC_ACQUIRE);
	uint32_t at = MASK_XENSTORE_IDX(ring->rsp_prod);
	size_t part;

	if (used > XENSTORE_RING_SIZE) {
		return -ERANGE;
	}
	bytes = ring_least(bytes, XENSTORE_RING_SIZE - used);
	if (bytes == 0) {
		return 0;
	}
	part = ring_least(bytes, XENSTORE_RING_SIZE - at);
	memcpy(ring->page->rsp + at, data, part);
	memcpy(ring->page->rsp, (const char *)data + part, bytes - part);
	ring->rsp_prod += (uint32_t)bytes;
	__atomic_store_n(&ring->page->rsp_prod, ring->rsp_prod, __ATOMIC_RELEASE);
	return (ssize_t)bytes;
}
