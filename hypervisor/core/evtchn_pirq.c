/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device interrupts as ports. A PIRQ has at most one port; binding lets the line or message through, closing stops it.
 *
 * Lock: pirq_binding serialises binding and closing, so that the interrupt's on and off follow the port's; it is taken outside
 * the evtchn locks with interrupts on, because x86/irq.h is called inside it. The interrupt path takes the evtchn lock alone.
 */
#include "core/evtchn.h"
#include "core/evtchn_port.h"
#include "core/pirq.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "mm/page_alloc.h"
#include "x86/irq.h"
#include "x86/upcalls.h"

#define OP "EVTCHNOP_bind_pirq"
#define PIRQ_TABLE_BYTES (MAX_PIRQS * sizeof(u32))

static spinlock_t pirq_binding = SPINLOCK_INIT;

void evtchn_pirq_lock(const struct domain *d)
{
	if (d->privileged) {
		spin_lock(&pirq_binding);
	}
}

void evtchn_pirq_unlock(const struct domain *d)
{
	if (d->privileged) {
		spin_unlock(&pirq_binding);
	}
}

/* The evtchn lock is held. */
static int take_port(struct domain *d, u32 pirq, bool shareable, evtchn_port_t *port)
{
	struct evtchn *chn;

	if (d->ev.pirq_ports[pirq]) {
		return -EEXIST;
	}
	chn = evtchn_table_take(d, EVTCHN_PIRQ);
	if (!chn) {
		return -EAGAIN;
	}
	chn->pirq = pirq;
	chn->shareable = shareable;
	d->ev.pirq_ports[pirq] = chn->port;
	*port = PORT(chn->port);
	return 0;
}

static void drop_port(struct domain *d, u32 pirq, evtchn_port_t port)
{
	u64 flags = spin_lock_irqsave(&d->ev.lock);
	struct evtchn *chn = evtchn_lookup(d, port.v);

	if (chn && chn->state == EVTCHN_PIRQ && chn->pirq == pirq) {
		d->ev.pirq_ports[pirq] = 0;
		evtchn_forget(d, chn);
		evtchn_table_give(d, chn);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
}

/* The binding lock is held. */
static int bind(struct domain *d, u32 pirq, bool shareable, evtchn_port_t *port)
{
	u64 flags;
	int err;

	if (!d->ev.pirq_ports) {
		d->ev.pirq_ports = heap_alloc(PIRQ_TABLE_BYTES);
		if (!d->ev.pirq_ports) {
			return -ENOMEM;
		}
	}
	do {
		err = evtchn_table_prepare(d);
		if (err) {
			return err;
		}
		flags = spin_lock_irqsave(&d->ev.lock);
		err = take_port(d, pirq, shareable, port);
		spin_unlock_irqrestore(&d->ev.lock, flags);
	} while (err == -EAGAIN);
	if (err) {
		return err;
	}
	err = pirq_start(pirq, d->vcpus[0]->sched.cpu);
	if (err) {
		drop_port(d, pirq, *port);
		return err;
	}
	pirq_update_eoi_bit(d, pirq);
	return 0;
}

int evtchn_reserve_pirq(struct domain *d, u32 pirq, bool shareable, evtchn_port_t *port)
{
	int err;

	if (!d->privileged) {
		return refuse(d, -EPERM, OP, "the domain has no devices", pirq, 0);
	}
	if (pirq >= MAX_PIRQS) {
		return refuse(d, -EINVAL, OP, "no such PIRQ", pirq, 0);
	}
	pirq = (u32)index_nospec(pirq, MAX_PIRQS);
	evtchn_pirq_lock(d);
	err = bind(d, pirq, shareable, port);
	evtchn_pirq_unlock(d);
	return err ? refuse(d, err, OP, "the interrupt is bound, not set up, or no port is left", pirq, 0) : 0;
}

void evtchn_raise_pirq(struct domain *d, u32 pirq)
{
	struct evtchn *chn;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	if (d->ev.pirq_ports && pirq < MAX_PIRQS) {
		chn = evtchn_lookup(d, d->ev.pirq_ports[pirq]);
		if (chn) {
			evtchn_raise(d, chn);
		}
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
}

void upcall_pirq(u32 pirq)
{
	struct domain *d = READ_ONCE(domain0);

	if (d) {
		evtchn_raise_pirq(d, pirq);
	}
}

bool pirq_is_bound(struct domain *d, u32 pirq, bool *shareable, evtchn_port_t *port)
{
	struct evtchn *chn = NULL;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	if (d->ev.pirq_ports && pirq < MAX_PIRQS) {
		chn = evtchn_lookup(d, d->ev.pirq_ports[pirq]);
	}
	if (chn) {
		*shareable = chn->shareable;
		*port = PORT(chn->port);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return chn;
}

void evtchn_pirq_release(struct domain *d)
{
	if (d->ev.pirq_ports) {
		heap_free(d->ev.pirq_ports, PIRQ_TABLE_BYTES);
		d->ev.pirq_ports = NULL;
	}
}
