// SPDX-License-Identifier: MIT
/*
 * Orders of memory, in pairs: the producer's release store of its index meets the consumer's
 * acquire load; the full fence between publishing and reading the other's event index meets the
 * one between writing the event index and looking at the producer again, so that never both ends
 * miss each other.
 */
#include "ring.h"

static uint32_t ring_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void ring_store(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static void ring_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static volatile uint32_t *ring_slot(const struct ring_slots *slots, uint32_t index)
{
	size_t at = (size_t)(index & (slots->count - 1)) * slots->slot_bytes;

	return (volatile uint32_t *)(void *)((uint8_t *)(slots->shared + 1) + at);
}

/* Volatile: each word is read once, whatever the compiler would like to do later. */
static void ring_copy_out(void *to, const volatile uint32_t *from, uint32_t bytes)
{
	uint32_t *words = to;
	uint32_t i;

	for (i = 0; i < bytes / sizeof(*words); i++) {
		words[i] = from[i];
	}
}

static void ring_copy_in(volatile uint32_t *to, const void *from, uint32_t bytes)
{
	const uint32_t *words = from;
	uint32_t i;

	for (i = 0; i < bytes / sizeof(*words); i++) {
		to[i] = words[i];
	}
}

/* Did [old, new) step over the index at which the other end wants to be woken? */
static bool ring_must_notify(uint32_t old, uint32_t new, uint32_t event)
{
	return new - event < new - old;
}

uint32_t ring_slot_count(size_t ring_bytes, uint32_t slot_bytes)
{
	size_t fit = ring_bytes > sizeof(struct ring_shared) ?
		     (ring_bytes - sizeof(struct ring_shared)) / slot_bytes : 0;
	uint32_t count = 1;

	if (fit == 0) {
		return 0;
	}
	while (count <= fit / 2) {
		count *= 2;
	}
	return count;
}

int ring_back_attach(struct ring_back *ring, const struct ring_slots *slots)
{
	ring->slots = *slots;
	ring->rsp_prod = ring_load(&slots->shared->rsp_prod);
	ring->rsp_written = ring->rsp_prod;
	ring->req_cons = ring->rsp_prod;
	return ring_back_waiting(ring) == RING_BROKEN ? RING_BROKEN : 0;
}

int ring_back_waiting(const struct ring_back *ring)
{
	uint32_t req_prod = ring_load(&ring->slots.shared->req_prod);

	/* Requests without a response can never be more than slots, nor fewer than were taken. */
	if (req_prod - ring->rsp_prod > ring->slots.count ||
	    req_prod - ring->rsp_prod < ring->req_cons - ring->rsp_prod) {
		return RING_BROKEN;
	}
	return (int)(req_prod - ring->req_cons);
}

void ring_back_take(struct ring_back *ring, void *request)
{
	ring_copy_out(request, ring_slot(&ring->slots, ring->req_cons), ring->slots.slot_bytes);
	ring->req_cons++;
}

int ring_back_arm(struct ring_back *ring)
{
	ring_store(&ring->slots.shared->req_event, ring->req_cons + 1);
	ring_fence();
	return ring_back_waiting(ring);
}

void ring_back_write(struct ring_back *ring, const void *response, uint32_t bytes)
{
	ring_copy_in(ring_slot(&ring->slots, ring->rsp_written), response, bytes);
	ring->rsp_written++;
}

bool ring_back_publish(struct ring_back *ring)
{
	uint32_t old = ring->rsp_prod;

	ring->rsp_prod = ring->rsp_written;
	ring_store(&ring->slots.shared->rsp_prod, ring->rsp_prod);
	ring_fence();
	return ring_must_notify(old, ring->rsp_prod, ring_load(&ring->slots.shared->rsp_event));
}

void ring_front_start(struct ring_front *ring, const struct ring_slots *slots)
{
	volatile uint8_t *unused = slots->shared->unused;
	uint32_t i;

	*ring = (struct ring_front){ .slots = *slots };
	for (i = 0; i < sizeof(slots->shared->unused); i++) {
		unused[i] = 0;
	}
	ring_store(&slots->shared->req_prod, 0);
	ring_store(&slots->shared->rsp_prod, 0);
	ring_store(&slots->shared->req_event, 1);
	ring_store(&slots->shared->rsp_event, 1);
}

uint32_t ring_front_room(const struct ring_front *ring)
{
	return ring->slots.count - (ring->req_written - ring->rsp_cons);
}

void ring_front_write(struct ring_front *ring, const void *request, uint32_t bytes)
{
	ring_copy_in(ring_slot(&ring->slots, ring->req_written), request, bytes);
	ring->req_written++;
}

bool ring_front_publish(struct ring_front *ring)
{
	uint32_t old = ring->req_prod;

	ring->req_prod = ring->req_written;
	ring_store(&ring->slots.shared->req_prod, ring->req_prod);
	ring_fence();
	return ring_must_notify(old, ring->req_prod, ring_load(&ring->slots.shared->req_event));
}

int ring_front_waiting(const struct ring_front *ring)
{
	uint32_t waiting = ring_load(&ring->slots.shared->rsp_prod) - ring->rsp_cons;

	return waiting > ring->req_prod - ring->rsp_cons ? RING_BROKEN : (int)waiting;
}

void ring_front_take(struct ring_front *ring, void *response, uint32_t bytes)
{
	ring_copy_out(response, ring_slot(&ring->slots, ring->rsp_cons), bytes);
	ring->rsp_cons++;
}

int ring_front_arm(struct ring_front *ring)
{
	ring_store(&ring->slots.shared->rsp_event, ring->rsp_cons + 1);
	ring_fence();
	return ring_front_waiting(ring);
}
