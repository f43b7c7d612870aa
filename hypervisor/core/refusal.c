// SPDX-License-Identifier: GPL-2.0-only
/*
 * The refusal ring: the last REFUSAL_KEPT refusals of each domain.
 *
 * The ring is allocated at the first refusal; if there is no memory, or the context must not allocate (interrupts off), the
 * record is dropped: recording never fails. Positions count refusals since the domain was created. A refusal that is the same as
 * the one before, arguments included, is counted and takes no new place.
 */
#include "core/refusal.h"

#include "core/domain.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/frame_table.h"
#include "mm/page_alloc.h"
#include "x86/cpu.h"
#include "x86/spinlock.h"
#include "x86/time.h"

#define REFUSAL_KEPT 32

struct refusal_ring {
	spinlock_t lock;              /* irq-safe leaf */
	u64 next;                     /* position of the next record */
	struct refusal_out records[REFUSAL_KEPT];
};

static struct refusal_ring *ring_of(struct domain *d)
{
	struct refusal_ring *ring = __atomic_load_n(&d->refusals, __ATOMIC_ACQUIRE), *none = NULL;

	if (ring || !irq_is_enabled()) {
		return ring;
	}
	ring = heap_alloc(sizeof(*ring));
	if (!ring) {
		return NULL;
	}
	if (!__atomic_compare_exchange_n(&d->refusals, &none, ring, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		heap_free(ring, sizeof(*ring));
		return none;
	}
	return ring;
}

static bool is_same(const struct refusal_out *a, const struct refusal_out *b)
{
	return a->rule == b->rule && a->op == b->op && a->args[0] == b->args[0] && a->args[1] == b->args[1];
}

static void record(struct domain *d, struct refusal_out *new)
{
	struct refusal_ring *ring = ring_of(d);
	struct refusal_out *last;
	u64 flags;

	if (!ring) {
		return;
	}
	new->time_ns = time_now_ns();
	new->times = 1;
	flags = spin_lock_irqsave(&ring->lock);
	last = &ring->records[(ring->next + REFUSAL_KEPT - 1) % REFUSAL_KEPT];
	if (ring->next && is_same(last, new)) {
		new->times = last->times + 1;
		*last = *new;
	} else {
		ring->records[ring->next % REFUSAL_KEPT] = *new;
		ring->next++;
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	log_guest(LOG_DEBUG, "domain %u: %s refused: %s (%llx, %llx)", d->id.v, new->op, new->rule, (unsigned long long)new->args[0],
		  (unsigned long long)new->args[1]);
}

void refusal_record(struct domain *d, const char *op, const char *rule, u64 arg0, u64 arg1)
{
	struct refusal_out new = { .op = op, .rule = rule, .args = { arg0, arg1 } };

	record(d, &new);
}

void refusal_record_frame(struct domain *d, const char *op, const char *rule, u64 arg, mfn_t mfn)
{
	struct refusal_out new = { .op = op, .rule = rule, .args = { arg, mfn.v } };
	const struct page_info *pg = frame_lookup(mfn);

	if (pg) {
		/* Read without a reference: facts of a moment, for people. */
		u64 type = READ_ONCE(pg->type);

		new.frame_refs = (u32)READ_ONCE(pg->count);
		new.frame_type_refs = (u32)type;
		new.frame_type = (u8)(type >> PGT_SHIFT);
		new.frame_owner = READ_ONCE(pg->owner);
		new.frame_flags = REFUSAL_FRAME_KNOWN | (type & PGT_PINNED ? REFUSAL_FRAME_PINNED : 0) |
				  (type & PGT_PARTIAL ? REFUSAL_FRAME_PARTIAL : 0);
	}
	record(d, &new);
}

u32 refusal_read(struct domain *d, u64 *pos, struct refusal_out *out, u32 max)
{
	struct refusal_ring *ring = __atomic_load_n(&d->refusals, __ATOMIC_ACQUIRE);
	u64 flags;
	u32 n = 0;

	if (!ring) {
		return 0;
	}
	flags = spin_lock_irqsave(&ring->lock);
	if (*pos > ring->next) {
		*pos = ring->next;
	}
	if (*pos + REFUSAL_KEPT < ring->next) {
		*pos = ring->next - REFUSAL_KEPT;
	}
	while (n < max && *pos < ring->next) {
		out[n++] = ring->records[*pos % REFUSAL_KEPT];
		(*pos)++;
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	return n;
}

void refusal_free(struct domain *d)
{
	if (d->refusals) {
		heap_free(d->refusals, sizeof(*d->refusals));
		d->refusals = NULL;
	}
}
