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

void refusal_record(struct domain *d, const char *op, const char *rule, u64 arg0, u64 arg1)
{
	struct refusal_ring *ring = ring_of(d);
	struct refusal_out *last;
	u64 flags;

	if (!ring) {
		return;
	}
	flags = spin_lock_irqsave(&ring->lock);
	last = &ring->records[(ring->next + REFUSAL_KEPT - 1) % REFUSAL_KEPT];
	if (ring->next && last->rule == rule && last->op == op && last->args[0] == arg0 && last->args[1] == arg1) {
		last->time_ns = time_now_ns();
		last->times++;
	} else {
		ring->records[ring->next % REFUSAL_KEPT] = (struct refusal_out) {
			.time_ns = time_now_ns(), .op = op, .rule = rule, .args = { arg0, arg1 }, .times = 1,
		};
		ring->next++;
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	log_guest(LOG_DEBUG, "domain %u: %s refused: %s (%llx, %llx)", d->id.v, op, rule, (unsigned long long)arg0,
		  (unsigned long long)arg1);
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
