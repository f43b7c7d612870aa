/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What back ends of every kind stand on in a test: a guest's pages by grant reference, event
 * channels that are counted. Takes the place of gntdev and evtchn.
 *
 * Reference r names page r; references from BACK_WORLD_PAGES on, and 0, are not granted.
 */
#ifndef TESTS_UNIT_DRIVERS_BACK_WORLD_H
#define TESTS_UNIT_DRIVERS_BACK_WORLD_H

#include <stdint.h>

struct evtchn_wait;

#define BACK_WORLD_PAGES 64u
#define BACK_WORLD_DOMID 7u

struct back_world {
	uint8_t (*pages)[4096];
	uint8_t *ring;			/* what any mapping yields */
	uint32_t notified;
	uint32_t unmapped;
	uint32_t unmasked;
	uint32_t fired;			/* what evtchn_read() yields next */
	uint32_t waits;			/* calls of evtchn_wait() */
	uint64_t (*fires_again)(struct evtchn_wait *wait);	/* which ports, as it says; NULL: none */
};

extern struct back_world back_world;

#endif
