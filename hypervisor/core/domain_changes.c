// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of changed domains: a ring of ids. Positions count changes since boot, from 1 on.
 *
 * A guest can add to it once in its life, by stopping; everything else takes dom0. log_lock is an irq-safe leaf.
 */
#include "core/domain_changes.h"

#include "core/evtchn.h"
#include "lib/errno.h"
#include "public/event_channel.h"
#include "x86/spinlock.h"

static spinlock_t log_lock;
static u64 next = 1;
static u16 changed[DOMAIN_CHANGES_KEPT];

void domain_changes_add(domid_t id)
{
	u64 flags = spin_lock_irqsave(&log_lock);

	changed[next++ % DOMAIN_CHANGES_KEPT] = id.v;
	spin_unlock_irqrestore(&log_lock, flags);
	/* Only now: whoever is woken must find it. */
	evtchn_raise_global_virq(VIRQ_DOM_EXC);
}

int domain_changes_read(u64 *pos, u16 *ids, u32 *count)
{
	u64 flags = spin_lock_irqsave(&log_lock);
	u32 filled = 0;
	int err = 0;

	if (*pos == 0 || *pos > next || next - *pos > DOMAIN_CHANGES_KEPT) {
		*pos = next;
		err = -ERANGE;
	}
	while (filled < *count && *pos < next) {
		ids[filled++] = changed[(*pos)++ % DOMAIN_CHANGES_KEPT];
	}
	spin_unlock_irqrestore(&log_lock, flags);
	*count = filled;
	return err;
}
