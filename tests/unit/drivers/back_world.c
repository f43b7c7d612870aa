// SPDX-License-Identifier: GPL-2.0-only
/*
 * See back_world.h. Every access is asserted to lie within its page: what slips through the checks
 * of a back end ends the test.
 */
#include "tests/unit/drivers/back_world.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "sys/evtchn.h"
#include "sys/gntdev.h"

struct back_world back_world;

int gntdev_map(struct gntdev *gntdev, const struct gntdev_refs *refs, int prot,
	       struct gntdev_mapping *mapping)
{
	(void)gntdev;
	(void)prot;
	mapping->address = back_world.ring;
	mapping->count = refs->count;
	return 0;
}

void gntdev_unmap(struct gntdev *gntdev, struct gntdev_mapping *mapping)
{
	(void)gntdev;
	if (mapping->address != NULL) {
		mapping->address = NULL;
		back_world.unmapped++;
	}
}

static uint8_t *world_at(const struct gntdev_copy_end *end, bool is_foreign, uint16_t len)
{
	if (!is_foreign) {
		return end->virt;
	}
	assert(end->foreign.offset + len <= 4096);
	assert(end->foreign.domid == BACK_WORLD_DOMID);
	if (end->foreign.ref == 0 || end->foreign.ref >= BACK_WORLD_PAGES) {
		return NULL;
	}
	return back_world.pages[end->foreign.ref] + end->foreign.offset;
}

int gntdev_copy(struct gntdev *gntdev, struct gntdev_copy_segment *segments, uint32_t count)
{
	uint32_t i;

	(void)gntdev;
	for (i = 0; i < count; i++) {
		uint16_t flags = segments[i].flags;
		uint8_t *from = world_at(&segments[i].source, flags & GNTDEV_COPY_SOURCE_GREF,
					 segments[i].len);
		uint8_t *to = world_at(&segments[i].dest, flags & GNTDEV_COPY_DEST_GREF,
				       segments[i].len);

		segments[i].status = from == NULL || to == NULL ? -3 : 0;
		if (segments[i].status == 0) {
			memcpy(to, from, segments[i].len);
		}
	}
	return 0;
}

int evtchn_bind_interdomain(struct evtchn *evtchn, uint16_t domid, uint32_t remote_port)
{
	(void)evtchn;
	(void)domid;
	return (int)remote_port;
}

int evtchn_unbind(struct evtchn *evtchn, uint32_t port)
{
	(void)evtchn;
	(void)port;
	return 0;
}

int evtchn_notify(struct evtchn *evtchn, uint32_t port)
{
	(void)evtchn;
	(void)port;
	back_world.notified++;
	return 0;
}

int evtchn_read(struct evtchn *evtchn, uint32_t *ports, unsigned int count)
{
	(void)evtchn;
	if (back_world.fired == 0 || count == 0) {
		return -EAGAIN;
	}
	ports[0] = back_world.fired;
	back_world.fired = 0;
	return 1;
}

int evtchn_unmask(struct evtchn *evtchn, uint32_t port)
{
	(void)evtchn;
	(void)port;
	back_world.unmasked++;
	return 0;
}

int evtchn_wait(struct evtchn *evtchn, struct evtchn_wait *wait)
{
	(void)evtchn;
	back_world.waits++;
	if (wait->notify != 0) {
		back_world.notified++;
	}
	wait->taken = back_world.fires_again != NULL ? back_world.fires_again(wait) : 0;
	return 0;
}
