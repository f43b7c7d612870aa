/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Closing: one port, all ports of a domain that resets, all ports of a domain that dies.
 *
 * The peer of an interdomain port goes back to unbound, for the domain that closed; that takes both domains' locks. Closing all is
 * done a few ports at a time: other processors go on sending to what is still open.
 */
#include "core/evtchn.h"
#include "core/evtchn_port.h"
#include "core/pirq.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/page_alloc.h"
#include "mm/page_type.h"
#include "x86/irq.h"

/* Closes @chn; the locks of @d and of its peer are held. Returns the PIRQ to switch off, or -1. */
static int close_locked(struct domain *d, struct evtchn *chn)
{
	int pirq = -1;

	switch (chn->state) {
	case EVTCHN_INTERDOMAIN:
		chn->peer->state = EVTCHN_UNBOUND;
		chn->peer->remote_domid = d->id.v;
		chn->peer->peer_domain = NULL;
		chn->peer->peer = NULL;
		break;
	case EVTCHN_VIRQ:
		evtchn_virq_unbind(d, chn);
		break;
	case EVTCHN_PIRQ:
		pirq = (int)chn->pirq;
		d->ev.pirq_ports[chn->pirq] = 0;
		break;
	default:
		break;
	}
	evtchn_forget(d, chn);
	evtchn_table_give(d, chn);
	return pirq;
}

/*
 * Takes the lock of @d and, if @port is connected to another domain, of that one too; the latter comes back in *@peer with a reference.
 * NULL if the port is not there (all locks released).
 */
static struct evtchn *lock_with_peer(struct domain *d, u32 port, bool reserved_too, struct domain **peer, u64 *flags)
{
	struct domain *other = NULL;
	struct evtchn *chn;

	for (;;) {
		struct domain *wanted;

		*flags = evtchn_lock_pair(d, other ? other : d);
		chn = evtchn_lookup(d, port);
		if (chn && (chn->state == EVTCHN_FREE || (chn->reserved && !reserved_too))) {
			chn = NULL;
		}
		wanted = chn && chn->peer_domain != d ? chn->peer_domain : NULL;
		if (wanted == other) {
			*peer = other;
			return chn;
		}
		/* Connected, the peer's ports are not all closed, so it is not freed: a reference may be taken. */
		if (wanted) {
			domain_ref(wanted);
		}
		evtchn_unlock_pair(d, other ? other : d, *flags);
		if (other) {
			domain_put(other);
		}
		other = wanted;
	}
}

int evtchn_close_any(struct domain *d, u32 port, bool reserved_too)
{
	struct domain *peer = NULL;
	struct evtchn *chn;
	int pirq = -1;
	u64 flags;

	evtchn_pirq_lock(d);
	chn = lock_with_peer(d, port, reserved_too, &peer, &flags);
	if (chn) {
		pirq = close_locked(d, chn);
	}
	evtchn_unlock_pair(d, peer ? peer : d, flags);
	if (pirq >= 0) {
		irq_disable_pirq((u32)pirq);
	}
	evtchn_pirq_unlock(d);
	if (peer) {
		domain_put(peer);
	}
	return chn ? 0 : -EINVAL;
}

int evtchn_close(struct domain *d, evtchn_port_t port)
{
	return evtchn_close_any(d, port.v, false);
}

/* Closes ports from d->ev.reset_next on. -ERESTART when preempted, else 0. */
static int close_all(struct domain *d, bool reserved_too)
{
	for (;;) {
		u64 flags = spin_lock_irqsave(&d->ev.lock);
		u32 port = d->ev.reset_next, made = d->ev.made;

		d->ev.reset_next = port < made ? port + 1 : 0;
		spin_unlock_irqrestore(&d->ev.lock, flags);
		if (port >= made) {
			return 0;
		}
		if (evtchn_close_any(d, port, reserved_too)) {
			/* closed already */
		}
		if (port % EVTCHN_PER_BUCKET == EVTCHN_PER_BUCKET - 1 && hypercall_should_preempt()) {
			return -ERESTART;
		}
	}
}

int evtchn_reset(struct domain *d)
{
	struct evtchn_fifo *fifo = NULL;
	u64 flags;
	int err;

	err = close_all(d, false);
	if (err) {
		return err;
	}
	flags = spin_lock_irqsave(&d->ev.lock);
	if (d->ev.active) {
		/* Somebody makes new ones meanwhile; they get their turn. */
		err = -ERESTART;
	} else {
		fifo = d->ev.fifo;
		__atomic_store_n(&d->ev.fifo, NULL, __ATOMIC_RELEASE);
		d->ev.made = 1;
		d->ev.free_head = 0;
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	evtchn_fifo_free(d, fifo);
	return err;
}

int evtchn_destroy_step(struct domain *d)
{
	struct evtchn_fifo *fifo;
	u64 flags;
	int err;

	BUG_ON(d->state == DOMAIN_ALIVE);
	if (!d->ev.made) {
		return 0; /* evtchn_init_domain() never ran */
	}
	err = close_all(d, true);
	if (err) {
		return err;
	}
	flags = spin_lock_irqsave(&d->ev.lock);
	fifo = d->ev.fifo;
	__atomic_store_n(&d->ev.fifo, NULL, __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&d->ev.lock, flags);
	evtchn_fifo_free(d, fifo);
	evtchn_table_free(d);
	pirq_release_domain(d);
	return 0;
}
