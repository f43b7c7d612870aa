/* SPDX-License-Identifier: MIT */
/*
 * The shared ring that every split driver uses: requests from the front end, responses from the
 * back end, in one circle of slots behind a header of 64 bytes.
 *
 * Both ends are here, and both distrust the other: indexes of the other end are read once, compared
 * with private ones, and masked; contents are copied once to private memory before anybody looks
 * at them. What the other end can do is make a function return RING_BROKEN (then the device stops)
 * or hand over any contents: the caller checks those.
 *
 * Indexes run freely over 32 bits. Slots between rsp_prod and req_prod hold requests; a response
 * takes the slot of the oldest of them. A back end that answers strictly in order can therefore be
 * killed at any time and find all that is unanswered in the ring again: ring_back_attach().
 *
 * No lock: one thread per end. Freestanding: guests' kernels and dom0's programs compile it alike.
 */
#ifndef DRIVERS_RING_RING_H
#define DRIVERS_RING_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_BROKEN (-1)

struct ring_shared {
	uint32_t req_prod;	/* front end writes */
	uint32_t req_event;	/* back end: notify me when req_prod reaches this */
	uint32_t rsp_prod;	/* back end writes */
	uint32_t rsp_event;	/* front end: notify me when rsp_prod reaches this */
	uint8_t unused[48];
};
_Static_assert(sizeof(struct ring_shared) == 64, "ring header");
_Static_assert(offsetof(struct ring_shared, rsp_prod) == 8, "ring rsp_prod");

/* How slots lie in memory: the part both ends have in common. */
struct ring_slots {
	struct ring_shared *shared;
	uint32_t slot_bytes;	/* a multiple of 4 */
	uint32_t count;		/* a power of two */
};

struct ring_back {
	struct ring_slots slots;
	uint32_t req_cons;	/* requests taken */
	uint32_t rsp_written;	/* responses written */
	uint32_t rsp_prod;	/* of these, published */
};

struct ring_front {
	struct ring_slots slots;
	uint32_t req_written;
	uint32_t req_prod;
	uint32_t rsp_cons;
};

/* The number of slots that fit: the greatest power of two; 0 when none does. */
uint32_t ring_slot_count(size_t ring_bytes, uint32_t slot_bytes);

/*
 * Takes up a ring of @slots where its responses end: a new one, or one whose back end died.
 * RING_BROKEN when the front end's index lies beyond the ring.
 */
int ring_back_attach(struct ring_back *ring, const struct ring_slots *slots);
/* How many requests wait, or RING_BROKEN. */
int ring_back_waiting(const struct ring_back *ring);
/* Copies the oldest waiting request. Only after ring_back_waiting() said that there is one. */
void ring_back_take(struct ring_back *ring, void *request);
/* Asks for a notification of the next request; what came meanwhile, as ring_back_waiting(). */
int ring_back_arm(struct ring_back *ring);
/* Writes the next response, not published yet. At most as many as requests were taken. */
void ring_back_write(struct ring_back *ring, const void *response, uint32_t bytes);
/* Publishes what was written. True: the front end wants to be notified. */
bool ring_back_publish(struct ring_back *ring);

/* Clears the header: before the back end knows the ring. */
void ring_front_start(struct ring_front *ring, const struct ring_slots *slots);
/* Free slots for requests. */
uint32_t ring_front_room(const struct ring_front *ring);
/* Writes the next request, not published yet. Only while there is room. */
void ring_front_write(struct ring_front *ring, const void *request, uint32_t bytes);
bool ring_front_publish(struct ring_front *ring);
/* How many responses wait, or RING_BROKEN. */
int ring_front_waiting(const struct ring_front *ring);
void ring_front_take(struct ring_front *ring, void *response, uint32_t bytes);
int ring_front_arm(struct ring_front *ring);

#endif
