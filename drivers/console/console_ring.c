// SPDX-License-Identifier: GPL-2.0-only
/*
 * Barriers pair with those of the guest's driver: data is read after the producer index was, and
 * the consumer index is published after the data was read; for input the other way round.
 */
#include "drivers/console/console_ring.h"

#include <errno.h>
#include <string.h>

static uint32_t console_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void console_publish(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

int console_ring_take(struct xencons_interface *ring, char *buffer)
{
	uint32_t prod = console_load(&ring->out_prod);
	uint32_t cons = console_load(&ring->out_cons);
	uint32_t used = prod - cons;
	uint32_t at = cons & (CONSOLE_RING_OUT_BYTES - 1);
	uint32_t first = CONSOLE_RING_OUT_BYTES - at;

	if (used > CONSOLE_RING_OUT_BYTES) {
		return -EPROTO;
	}
	if (first > used) {
		first = used;
	}
	memcpy(buffer, ring->out + at, first);
	memcpy(buffer + first, ring->out, used - first);
	console_publish(&ring->out_cons, prod);
	return (int)used;
}

int console_ring_room(struct xencons_interface *ring)
{
	uint32_t used = console_load(&ring->in_prod) - console_load(&ring->in_cons);

	return used > CONSOLE_RING_IN_BYTES ? -EPROTO : (int)(CONSOLE_RING_IN_BYTES - used);
}

void console_ring_put(struct xencons_interface *ring, const char *from, uint32_t bytes)
{
	uint32_t prod = console_load(&ring->in_prod);
	uint32_t i;

	for (i = 0; i < bytes; i++) {
		ring->in[(prod + i) & (CONSOLE_RING_IN_BYTES - 1)] = from[i];
	}
	console_publish(&ring->in_prod, prod + bytes);
}
