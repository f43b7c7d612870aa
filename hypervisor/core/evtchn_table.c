/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of ports: buckets of EVTCHN_PER_BUCKET struct evtchn behind an array of pointers, both grown when the last port is
 * taken. New numbers come in order; closed ones are reused last in, first out, so that both taking and giving back are O(1).
 *
 * Nothing is allocated inside the evtchn lock, because interrupt handlers take it: evtchn_table_prepare() runs before, and what
 * it has prepared may be gone again when the lock is taken; callers then repeat.
 */
#include "core/evtchn_port.h"
#include "core/ptr_slots.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/string.h"
#include "public/event_channel.h"

#define BUCKET_BYTES (EVTCHN_PER_BUCKET * sizeof(struct evtchn))
#define FIRST_SLOTS  8u

_Static_assert(BUCKET_BYTES <= PAGE_SIZE, "a bucket is one heap object");

u32 evtchn_port_limit(const struct domain *d)
{
	return d->ev.fifo ? d->ev.max_ports : MIN(d->ev.max_ports, (u32)EVTCHN_2L_NR_CHANNELS);
}

/* Room in the buckets that exist; lock held. */
static bool has_room(const struct domain_evtchn *ev, u32 limit)
{
	return ev->free_head || (ev->made < limit && ev->made < ev->bucket_count * EVTCHN_PER_BUCKET);
}

/* Adds @bucket (and @slots, a table of @slot_count, if the table is full). Lock held. */
static void install_bucket(struct domain_evtchn *ev, struct evtchn **bucket, struct evtchn ***slots, u32 slot_count)
{
	if (ev->bucket_count == ev->bucket_slots) {
		struct evtchn **old = ev->buckets;

		if (!*slots || slot_count <= ev->bucket_slots) {
			return;
		}
		if (old) {
			memcpy(*slots, old, ev->bucket_count * sizeof(*old));
		}
		ev->buckets = *slots;
		*slots = old;
		ev->bucket_slots = slot_count;
	}
	ev->buckets[ev->bucket_count++] = *bucket;
	*bucket = NULL;
}

/* One more bucket, unless somebody else was faster. */
static int grow(struct domain_evtchn *ev, u32 bucket_count, u32 slot_count)
{
	bool widen = bucket_count == slot_count;
	u32 new_count = widen ? MAX(slot_count * 2, FIRST_SLOTS) : 0;
	struct evtchn *bucket = heap_alloc(BUCKET_BYTES);
	struct evtchn **slots = widen ? ptr_slots_alloc(new_count) : NULL;
	u32 leftover = new_count;
	int err = 0;
	u64 flags;

	if (!bucket || (widen && !slots)) {
		err = -ENOMEM;
	} else {
		flags = spin_lock_irqsave(&ev->lock);
		if (ev->bucket_count == bucket_count && ev->bucket_slots == slot_count) {
			install_bucket(ev, &bucket, &slots, new_count);
			leftover = widen ? slot_count : 0;
		}
		spin_unlock_irqrestore(&ev->lock, flags);
	}
	if (bucket) {
		heap_free(bucket, BUCKET_BYTES);
	}
	ptr_slots_free(slots, leftover);
	return err;
}

int evtchn_table_prepare(struct domain *d)
{
	struct domain_evtchn *ev = &d->ev;
	u32 buckets, slots, limit;
	bool room, full;
	u64 flags;
	int err;

	for (;;) {
		flags = spin_lock_irqsave(&ev->lock);
		limit = evtchn_port_limit(d);
		room = has_room(ev, limit);
		full = ev->made >= limit;
		buckets = ev->bucket_count;
		slots = ev->bucket_slots;
		spin_unlock_irqrestore(&ev->lock, flags);
		if (room) {
			return 0;
		}
		if (full) {
			return -ENOSPC;
		}
		err = grow(ev, buckets, slots);
		if (err) {
			return err;
		}
	}
}

struct evtchn *evtchn_table_take(struct domain *d, enum evtchn_state state)
{
	struct domain_evtchn *ev = &d->ev;
	struct evtchn *chn;

	if (!has_room(ev, evtchn_port_limit(d))) {
		return NULL;
	}
	if (ev->free_head) {
		chn = evtchn_lookup(d, ev->free_head);
		BUG_ON(!chn || chn->state != EVTCHN_FREE);
		ev->free_head = chn->next_free;
	} else {
		u32 port = ev->made++;

		chn = &ev->buckets[port / EVTCHN_PER_BUCKET][port % EVTCHN_PER_BUCKET];
		memset(chn, 0, sizeof(*chn));
		chn->port = port;
	}
	ev->active++;
	chn->reserved = 1;
	chn->shareable = 0;
	chn->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
	chn->vcpu = 0;
	chn->peer_domain = NULL;
	chn->peer = NULL;
	chn->state = state;
	return chn;
}

void evtchn_table_give(struct domain *d, struct evtchn *chn)
{
	BUG_ON(chn->state == EVTCHN_FREE || d->ev.active == 0);
	chn->state = EVTCHN_FREE;
	chn->reserved = 0;
	chn->peer_domain = NULL;
	chn->peer = NULL;
	chn->next_free = d->ev.free_head;
	d->ev.free_head = chn->port;
	d->ev.active--;
}

void evtchn_table_free(struct domain *d)
{
	struct domain_evtchn *ev = &d->ev;
	struct evtchn **buckets;
	u32 count, slots, i;
	u64 flags;

	flags = spin_lock_irqsave(&ev->lock);
	BUG_ON(ev->active);
	buckets = ev->buckets;
	count = ev->bucket_count;
	slots = ev->bucket_slots;
	ev->buckets = NULL;
	ev->bucket_count = 0;
	ev->bucket_slots = 0;
	ev->made = 1;
	ev->free_head = 0;
	spin_unlock_irqrestore(&ev->lock, flags);
	for (i = 0; i < count; i++) {
		heap_free(buckets[i], BUCKET_BYTES);
	}
	ptr_slots_free(buckets, slots);
}

u64 evtchn_lock_pair(struct domain *a, struct domain *b)
{
	u64 flags = irq_save();

	spin_lock(a->id.v <= b->id.v ? &a->ev.lock : &b->ev.lock);
	if (a != b) {
		spin_lock(a->id.v <= b->id.v ? &b->ev.lock : &a->ev.lock);
	}
	return flags;
}

void evtchn_unlock_pair(struct domain *a, struct domain *b, u64 flags)
{
	if (a != b) {
		spin_unlock(&b->ev.lock);
	}
	spin_unlock(&a->ev.lock);
	irq_restore(flags);
}
