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

ssize_t ring_read(struct xenstore_domain_interface *ring, void *buffer, size_t bytes)
{
	uint32_t prod = __atomic_load_n(&ring->req_prod, __ATOMIC_ACQUIRE);
	uint32_t cons = __atomic_load_n(&ring->req_cons, __ATOMIC_RELAXED);
	uint32_t at = MASK_XENSTORE_IDX(cons);
	size_t part;

	if (prod - cons > XENSTORE_RING_SIZE) {
		return -ERANGE;
	}
	bytes = ring_least(bytes, prod - cons);
	if (bytes == 0) {
		return 0;
	}
	part = ring_least(bytes, XENSTORE_RING_SIZE - at);
	memcpy(buffer, ring->req + at, part);
	memcpy((char *)buffer + part, ring->req, bytes - part);
	__atomic_store_n(&ring->req_cons, cons + (uint32_t)bytes, __ATOMIC_RELEASE);
	return (ssize_t)bytes;
}

ssize_t ring_write(struct xenstore_domain_interface *ring, const void *data, size_t bytes)
{
	uint32_t cons = __atomic_load_n(&ring->rsp_cons, __ATOMIC_ACQUIRE);
	uint32_t prod = __atomic_load_n(&ring->rsp_prod, __ATOMIC_RELAXED);
	uint32_t at = MASK_XENSTORE_IDX(prod);
	size_t part;

	if (prod - cons > XENSTORE_RING_SIZE) {
		return -ERANGE;
	}
	bytes = ring_least(bytes, XENSTORE_RING_SIZE - (prod - cons));
	if (bytes == 0) {
		return 0;
	}
	part = ring_least(bytes, XENSTORE_RING_SIZE - at);
	memcpy(ring->rsp + at, data, part);
	memcpy(ring->rsp, (const char *)data + part, bytes - part);
	__atomic_store_n(&ring->rsp_prod, prod + (uint32_t)bytes, __ATOMIC_RELEASE);
	return (ssize_t)bytes;
}
