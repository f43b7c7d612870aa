/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the evtchn_*.c files share: a port's state, the table it lives in and the two delivery back ends.
 *
 * Locks. A port belongs to the evtchn lock of its domain. The connection of two ports changes only while the locks of both
 * domains are held (evtchn_lock_pair(), lower domid first); whoever holds either may therefore follow `peer` and raise it: a
 * sender needs its own domain's lock alone. All evtchn locks are taken with interrupts off and nothing is allocated, freed or
 * waited for inside. evtchn_fifo.lock nests in any of them; the binding lock of PIRQs is outside.
 */
#ifndef LAMINA_CORE_EVTCHN_PORT_H
#define LAMINA_CORE_EVTCHN_PORT_H

#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/types.h"

/* Values are those of evtchn_status.status (EVTCHNSTAT_*). */
enum evtchn_state { EVTCHN_FREE, EVTCHN_UNBOUND, EVTCHN_INTERDOMAIN, EVTCHN_PIRQ, EVTCHN_VIRQ, EVTCHN_IPI };

/*
 * 32 bytes. Bit-fields that touch each other are one memory location and may be written together: `priority` keeps those of the port's
 * lock apart from those of the FIFO lock.
 */
struct evtchn {
	u8 state : 6;         /* enum evtchn_state */
	u8 reserved : 1;      /* not yet committed: no operation of the guest finds it */
	u8 shareable : 1;     /* PIRQ: BIND_PIRQ__WILL_SHARE */
	u8 priority;          /* FIFO queue to use; as vcpu, read without the port's lock by senders */
	u8 last_priority : 7; /* FIFO lock: queue it was last put on; last_* survive closing */
	u8 early : 1;         /* FIFO lock: raised while it could not be queued for want of a page */
	u16 vcpu;             /* who is notified */
	u16 last_vcpu;        /* FIFO lock */
	u32 port;             /* own number */
	union {
		u32 next_free;        /* EVTCHN_FREE */
		u32 remote_domid;     /* EVTCHN_UNBOUND: who may bind */
		u32 virq;
		u32 pirq;
	};
	struct domain *peer_domain;   /* EVTCHN_INTERDOMAIN, else NULL */
	struct evtchn *peer;
};

/* core/evtchn_table.c */

/* Makes sure that evtchn_table_take() finds a port: -ENOSPC, -ENOMEM. No lock held. */
int evtchn_table_prepare(struct domain *d) __must_check;
/* A fresh port, reserved, notifying vCPU 0; NULL when evtchn_table_prepare() must be asked again. Lock held. */
struct evtchn *evtchn_table_take(struct domain *d, enum evtchn_state state);
/* Back to the free list. Lock held. */
void evtchn_table_give(struct domain *d, struct evtchn *chn);
void evtchn_table_free(struct domain *d);
/* Ports the domain may have, by its limit and back end. */
u32 evtchn_port_limit(const struct domain *d);

/* Any port that has been in use since the last reset, closed ones too; NULL for others. Lock held. */
static inline struct evtchn *evtchn_lookup(const struct domain *d, u32 port)
{
	if (unlikely(port >= d->ev.made || port == 0)) {
		return NULL;
	}
	port = index_nospec(port, d->ev.made);
	return &d->ev.buckets[port / EVTCHN_PER_BUCKET][port % EVTCHN_PER_BUCKET];
}

/* A port that the guest may operate on: bound or unbound, committed. Lock held. */
static inline struct evtchn *evtchn_lookup_open(const struct domain *d, u32 port)
{
	struct evtchn *chn = evtchn_lookup(d, port);

	return chn && chn->state != EVTCHN_FREE && !chn->reserved ? chn : NULL;
}

u64 evtchn_lock_pair(struct domain *a, struct domain *b);
void evtchn_unlock_pair(struct domain *a, struct domain *b, u64 flags);

/* core/evtchn_close.c: closes @port whether committed or not. -EINVAL if it is closed or never was. */
int evtchn_close_any(struct domain *d, u32 port, bool reserved_too) __must_check;

/* core/evtchn_deliver.c */

/* Marks @chn of @d pending and notifies. The lock of @d or of its peer is held. */
void evtchn_raise(struct domain *d, struct evtchn *chn);
/* Forgets a pending mark (closing). Lock of @d held. */
void evtchn_forget(struct domain *d, struct evtchn *chn);

/* core/evtchn_virq.c */
bool evtchn_virq_is_per_vcpu(u32 virq);
void evtchn_virq_unbind(struct domain *d, const struct evtchn *chn);

/* core/evtchn_pirq.c: serialises binding and closing of PIRQs; no-ops for domains without devices. Outside evtchn locks. */
void evtchn_pirq_lock(const struct domain *d);
void evtchn_pirq_unlock(const struct domain *d);

/* core/evtchn_2l.c. True when the port was not pending before. */
bool evtchn_2l_raise(struct domain *d, const struct evtchn *chn);
void evtchn_2l_forget(struct domain *d, const struct evtchn *chn);
bool evtchn_2l_pending(const struct domain *d, const struct evtchn *chn);
bool evtchn_2l_masked(const struct domain *d, const struct evtchn *chn);
bool evtchn_2l_take(struct domain *d, const struct evtchn *chn);
void evtchn_2l_unmask(struct domain *d, const struct evtchn *chn);

/* core/evtchn_fifo.c */
bool evtchn_fifo_raise(struct domain *d, struct evtchn_fifo *f, struct evtchn *chn);
void evtchn_fifo_forget(struct evtchn_fifo *f, struct evtchn *chn);
bool evtchn_fifo_pending(struct evtchn_fifo *f, const struct evtchn *chn);
bool evtchn_fifo_masked(struct evtchn_fifo *f, const struct evtchn *chn);
bool evtchn_fifo_take(struct evtchn_fifo *f, const struct evtchn *chn);
void evtchn_fifo_unmask(struct domain *d, struct evtchn_fifo *f, struct evtchn *chn);

/* core/evtchn_fifo_setup.c: gives back the guest's frames. Nobody can reach @f any more; no lock held. */
void evtchn_fifo_free(struct domain *d, struct evtchn_fifo *f);

/*
 * A frame of @d that we write to until evtchn_page_release(): its direct-map address, with a general and a writable type reference;
 * NULL if it is not @d's or is a table. Interrupts on, no lock held.
 */
void *evtchn_page_hold(struct domain *d, mfn_t mfn);
/* @p: any address inside the page. */
void evtchn_page_release(const void *p);

/* The back end in force; pairs with the release in evtchn_fifo_init_control(). */
static inline struct evtchn_fifo *evtchn_fifo_of(const struct domain *d)
{
	return __atomic_load_n(&d->ev.fifo, __ATOMIC_ACQUIRE);
}

#endif
