/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channel operations: making ports (unbound, interdomain), sending, asking and changing. Closing is in evtchn_close.c, VIRQs,
 * IPIs and PIRQs in files of their own; core/evtchn_port.h tells about the locks.
 *
 * A new port has its real state from the start but is marked reserved, so that no operation of the guest finds it before the
 * adapter has copied its number out and commits. Whatever arrives for it meanwhile counts: the peer may send or close.
 */
#include "core/evtchn.h"
#include "core/evtchn_port.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "public/event_channel.h"
#include "x86/irq.h"

_Static_assert(EVTCHN_FREE == EVTCHNSTAT_closed && EVTCHN_UNBOUND == EVTCHNSTAT_unbound &&
	       EVTCHN_INTERDOMAIN == EVTCHNSTAT_interdomain && EVTCHN_PIRQ == EVTCHNSTAT_pirq &&
	       EVTCHN_VIRQ == EVTCHNSTAT_virq && EVTCHN_IPI == EVTCHNSTAT_ipi, "states are ABI");
_Static_assert(sizeof(struct evtchn) == 32, "a bucket is 2 KiB");
_Static_assert(offsetof(struct evtchn, priority) == 1, "bit-fields of two locks stand apart");

int evtchn_init_domain(struct domain *d, u32 max_ports)
{
	if (max_ports < 2) {
		return -EINVAL;
	}
	d->ev = (struct domain_evtchn){
		.lock = SPINLOCK_INIT,
		.max_ports = MIN(max_ports, EVTCHN_PORTS_MAX),
		.made = 1, /* port 0 is never valid */
	};
	return 0;
}

int evtchn_reserve_unbound(struct domain *owner, domid_t remote, evtchn_port_t *port)
{
	struct evtchn *chn = NULL;
	u64 flags;
	int err;

	while (!chn) {
		err = evtchn_table_prepare(owner);
		if (err) {
			return refuse(owner, err, "EVTCHNOP_alloc_unbound", "no port is left, or no memory", remote.v, 0);
		}
		flags = spin_lock_irqsave(&owner->ev.lock);
		if (domain_is_dying(owner)) {
			spin_unlock_irqrestore(&owner->ev.lock, flags);
			return -ESRCH;
		}
		chn = evtchn_table_take(owner, EVTCHN_UNBOUND);
		if (chn) {
			chn->remote_domid = remote.v;
			*port = PORT(chn->port);
		}
		spin_unlock_irqrestore(&owner->ev.lock, flags);
	}
	return 0;
}

/* Both locks held. -EAGAIN: evtchn_table_prepare() again. */
static int connect(struct domain *d, struct domain *remote, u32 remote_port, evtchn_port_t *port)
{
	struct evtchn *chn, *peer = evtchn_lookup_open(remote, remote_port);

	if (domain_is_dying(d) || domain_is_dying(remote)) {
		return -ESRCH;
	}
	if (!peer || peer->state != EVTCHN_UNBOUND || peer->remote_domid != d->id.v) {
		return -EINVAL;
	}
	chn = evtchn_table_take(d, EVTCHN_INTERDOMAIN);
	if (!chn) {
		return -EAGAIN;
	}
	chn->peer_domain = remote;
	chn->peer = peer;
	peer->peer_domain = d;
	peer->peer = chn;
	peer->state = EVTCHN_INTERDOMAIN;
	*port = PORT(chn->port);
	return 0;
}

int evtchn_reserve_interdomain(struct domain *d, struct domain *remote, evtchn_port_t remote_port, evtchn_port_t *port)
{
	u64 flags;
	int err;

	do {
		err = evtchn_table_prepare(d);
		if (err) {
			break;
		}
		flags = evtchn_lock_pair(d, remote);
		err = connect(d, remote, remote_port.v, port);
		evtchn_unlock_pair(d, remote, flags);
	} while (err == -EAGAIN);
	if (err) {
		return refuse(d, err, "EVTCHNOP_bind_interdomain", "the remote port is not unbound for this domain, or no port is left",
			      remote->id.v, remote_port.v);
	}
	return 0;
}

void evtchn_commit(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup(d, port.v);
	/* Tear-down may have closed it meanwhile. */
	if (chn && chn->state != EVTCHN_FREE) {
		chn->reserved = 0;
		/* The peer may have sent before it was listened to: one event to make sure (part of the ABI). */
		if (chn->state == EVTCHN_INTERDOMAIN) {
			evtchn_raise(d, chn);
		}
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
}

void evtchn_cancel(struct domain *d, evtchn_port_t port)
{
	/* Gone already when tear-down was faster. */
	if (evtchn_close_any(d, port.v, true)) {
		return;
	}
}

int evtchn_send(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;
	int err = 0;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup(d, port.v);
	if (unlikely(!chn || chn->reserved)) {
		err = -EINVAL;
	} else if (likely(chn->state == EVTCHN_INTERDOMAIN)) {
		evtchn_raise(chn->peer_domain, chn->peer);
	} else if (chn->state == EVTCHN_IPI) {
		evtchn_raise(d, chn);
	} else if (chn->state != EVTCHN_UNBOUND) {
		/* Unbound: nobody listens any more, or yet, which is no error of the sender. */
		err = -EINVAL;
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return err;
}

int evtchn_status(struct domain *d, evtchn_port_t port, struct evtchn_status *out)
{
	const struct evtchn *chn;
	int err = 0;
	u64 flags;

	out->status = EVTCHNSTAT_closed;
	out->vcpu = 0;
	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup_open(d, port.v);
	if (!chn) {
		/* Closed ports exist up to the highest one ever used: callers that search stop at the first error. */
		err = port.v < d->ev.made ? 0 : -EINVAL;
	} else {
		out->status = chn->state;
		out->vcpu = chn->vcpu;
		switch (chn->state) {
		case EVTCHN_UNBOUND:
			out->u.unbound.dom = chn->remote_domid;
			break;
		case EVTCHN_INTERDOMAIN:
			out->u.interdomain.dom = chn->peer_domain->id.v;
			out->u.interdomain.port = chn->peer->port;
			break;
		case EVTCHN_PIRQ:
			out->u.pirq = chn->pirq;
			break;
		case EVTCHN_VIRQ:
			out->u.virq = chn->virq;
			break;
		}
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return err;
}

int evtchn_bind_vcpu(struct domain *d, evtchn_port_t port, u32 vcpu)
{
	struct vcpu *v = domain_vcpu(d, vcpu);
	struct evtchn *chn;
	u32 pirq = 0;
	int err = 0;
	bool is_pirq = false;
	u64 flags;

	if (!v) {
		return refuse(d, -ENOENT, "EVTCHNOP_bind_vcpu", "no such vCPU", port.v, vcpu);
	}
	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup_open(d, port.v);
	if (!chn || chn->state == EVTCHN_IPI || (chn->state == EVTCHN_VIRQ && evtchn_virq_is_per_vcpu(chn->virq))) {
		err = -EINVAL;
	} else {
		WRITE_ONCE(chn->vcpu, (u16)vcpu);
		is_pirq = chn->state == EVTCHN_PIRQ;
		pirq = is_pirq ? chn->pirq : 0;
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	if (is_pirq) {
		irq_set_affinity(pirq, READ_ONCE(v->sched.cpu));
	}
	return err ? refuse(d, err, "EVTCHNOP_bind_vcpu", "the port is closed or belongs to its vCPU", port.v, vcpu) : 0;
}

int evtchn_unmask(struct domain *d, evtchn_port_t port)
{
	struct evtchn *chn;
	u64 flags;

	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup(d, port.v);
	if (chn && d->ev.fifo) {
		evtchn_fifo_unmask(d, d->ev.fifo, chn);
	} else if (chn) {
		evtchn_2l_unmask(d, chn);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return chn ? 0 : -EINVAL;
}

int evtchn_set_priority(struct domain *d, evtchn_port_t port, u32 priority)
{
	struct evtchn *chn;
	int err = 0;
	u64 flags;

	if (priority > EVTCHN_FIFO_PRIORITY_MIN) {
		return -EINVAL;
	}
	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup_open(d, port.v);
	if (!chn) {
		err = -EINVAL;
	} else if (!d->ev.fifo) {
		err = -ENOSYS;
	} else {
		/* From the next time it is queued on; where it is queued now it stays. */
		WRITE_ONCE(chn->priority, (u8)priority);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	return err;
}
