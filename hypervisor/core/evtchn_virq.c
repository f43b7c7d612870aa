/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual interrupts and inter-processor interrupts. Timer, debug, profiling and performance VIRQs exist once per vCPU and stay
 * with it; the others exist once per domain, are kept at vCPU 0 and may be moved by bind_vcpu. Only dom0 is sent the latter.
 */
#include "core/evtchn.h"
#include "core/evtchn_port.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "public/event_channel.h"

_Static_assert(EVTCHN_VIRQS == NR_VIRQS, "one slot per VIRQ");

bool evtchn_virq_is_per_vcpu(u32 virq)
{
	return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU;
}

/* Where the port of @virq is kept. */
static u32 *virq_slot(struct domain *d, u32 virq, u32 vcpu)
{
	return &d->vcpus[evtchn_virq_is_per_vcpu(virq) ? vcpu : 0]->ev.virq_port[virq];
}

void evtchn_virq_unbind(struct domain *d, const struct evtchn *chn)
{
	u32 *slot = virq_slot(d, chn->virq, chn->vcpu);

	BUG_ON(*slot != chn->port);
	*slot = 0;
}

static int bind_virq(struct domain *d, u32 virq, u32 vcpu, evtchn_port_t *port)
{
	struct evtchn *chn;
	u32 *slot = virq_slot(d, virq, vcpu);

	if (domain_is_dying(d)) {
		return -ESRCH;
	}
	if (*slot) {
		return -EEXIST;
	}
	chn = evtchn_table_take(d, EVTCHN_VIRQ);
	if (!chn) {
		return -EAGAIN;
	}
	chn->virq = virq;
	chn->vcpu = vcpu;
	*slot = chn->port;
	*port = PORT(chn->port);
	return 0;
}

int evtchn_reserve_virq(struct domain *d, u32 virq, u32 vcpu, evtchn_port_t *port)
{
	u64 flags;
	int err;

	if (virq >= NR_VIRQS || (vcpu != 0 && !evtchn_virq_is_per_vcpu(virq))) {
		return refuse(d, -EINVAL, "EVTCHNOP_bind_virq", "no such VIRQ on this vCPU", virq, vcpu);
	}
	if (!domain_vcpu(d, vcpu)) {
		return refuse(d, -ENOENT, "EVTCHNOP_bind_virq", "no such vCPU", virq, vcpu);
	}
	virq = index_nospec(virq, NR_VIRQS);
	do {
		err = evtchn_table_prepare(d);
		if (err) {
			return err;
		}
		flags = spin_lock_irqsave(&d->ev.lock);
		err = bind_virq(d, virq, vcpu, port);
		spin_unlock_irqrestore(&d->ev.lock, flags);
	} while (err == -EAGAIN);
	return err;
}

int evtchn_reserve_ipi(struct domain *d, u32 vcpu, evtchn_port_t *port)
{
	struct evtchn *chn = NULL;
	u64 flags;
	int err;

	if (!domain_vcpu(d, vcpu)) {
		return refuse(d, -ENOENT, "EVTCHNOP_bind_ipi", "no such vCPU", vcpu, 0);
	}
	while (!chn) {
		err = evtchn_table_prepare(d);
		if (err) {
			return err;
		}
		flags = spin_lock_irqsave(&d->ev.lock);
		if (domain_is_dying(d)) {
			spin_unlock_irqrestore(&d->ev.lock, flags);
			return -ESRCH;
		}
		chn = evtchn_table_take(d, EVTCHN_IPI);
		if (chn) {
			chn->vcpu = vcpu;
			*port = PORT(chn->port);
		}
		spin_unlock_irqrestore(&d->ev.lock, flags);
	}
	return 0;
}

void evtchn_raise_virq(struct vcpu *v, u32 virq)
{
	struct domain *d = v->domain;
	struct evtchn *chn;
	u64 flags;

	BUG_ON(virq >= NR_VIRQS);
	flags = spin_lock_irqsave(&d->ev.lock);
	chn = evtchn_lookup(d, *virq_slot(d, virq, v->id));
	if (chn) {
		evtchn_raise(d, chn);
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
}

void evtchn_raise_global_virq(u32 virq)
{
	struct domain *d = READ_ONCE(domain0);

	/* Events of the machine before there is a first domain have nobody to tell. */
	if (d && domain_vcpu(d, 0)) {
		evtchn_raise_virq(d->vcpus[0], virq);
	}
}
