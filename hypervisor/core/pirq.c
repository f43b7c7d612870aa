/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * End of interrupt and the page of EOI bits.
 *
 * Only level-triggered lines need the guest's EOI; the bit of such a PIRQ is set while it is set up, whether an interrupt is in
 * progress or not, and PHYSDEVOP_irq_status_query says the same. d->pirq_eoi_mfn holds a general and a writable type reference.
 * Lock: the evtchn lock covers pirq_eoi_mfn.
 */
#include "core/pirq.h"
#include "core/domain.h"
#include "core/evtchn_port.h"
#include "core/refusal.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "public/physdev.h"
#include "x86/irq.h"
#include "x86/page.h"

#define ISA_IRQS 16

_Static_assert(MAX_PIRQS <= PAGE_SIZE * 8, "one page of EOI bits");

int pirq_register_eoi_page(struct domain *d, mfn_t mfn, bool eoi_unmasks)
{
	void *page = evtchn_page_hold(d, mfn);
	bool busy;
	u64 flags;
	u32 pirq;

	if (!page) {
		return refuse(d, -EINVAL, "PHYSDEVOP_pirq_eoi_gmfn", "frame is not the domain's or cannot be written", mfn.v, 0);
	}
	flags = spin_lock_irqsave(&d->ev.lock);
	busy = d->pirq_eoi_mfn || domain_is_dying(d);
	if (!busy) {
		d->pirq_eoi_mfn = mfn.v;
		d->ev.eoi_unmasks = eoi_unmasks;
	}
	spin_unlock_irqrestore(&d->ev.lock, flags);
	if (busy) {
		evtchn_page_release(page);
		return -EBUSY;
	}
	for (pirq = 0; d->privileged && pirq < MAX_PIRQS; pirq++) {
		pirq_update_eoi_bit(d, pirq);
	}
	return 0;
}

void pirq_update_eoi_bit(struct domain *d, u32 pirq)
{
	u64 mfn = READ_ONCE(d->pirq_eoi_mfn);
	u64 *bits;

	if (!mfn || pirq >= MAX_PIRQS) {
		return;
	}
	bits = mfn_to_virt(MFN(mfn));
	if (irq_needs_eoi(pirq)) {
		bit_set_atomic(bits, pirq);
	} else {
		bit_clear_atomic(bits, pirq);
	}
}

int pirq_eoi(struct domain *d, u32 pirq)
{
	evtchn_port_t port = PORT(0);
	bool shareable;

	if (!pirq_is_bound(d, pirq, &shareable, &port)) {
		return -EINVAL;
	}
	if (d->ev.eoi_unmasks && evtchn_unmask(d, port)) {
		return -EINVAL;
	}
	irq_eoi(pirq);
	return 0;
}

int pirq_status(struct domain *d, u32 pirq, u32 *flags)
{
	evtchn_port_t port;
	bool shareable;

	if (!d->privileged || pirq >= MAX_PIRQS) {
		return -EINVAL;
	}
	*flags = irq_needs_eoi(pirq) ? XENIRQSTAT_needs_eoi : 0;
	if (pirq_is_bound(d, pirq, &shareable, &port) && shareable) {
		*flags |= XENIRQSTAT_shared;
	}
	return 0;
}

int pirq_start(u32 pirq, u32 cpu)
{
	int err = irq_enable_pirq(pirq, cpu);

	if (err != -EINVAL || pirq >= ISA_IRQS) {
		return err;
	}
	err = irq_setup_gsi(pirq, false, false);
	if (err && err != -EEXIST) {
		return err;
	}
	return irq_enable_pirq(pirq, cpu);
}

void pirq_release_domain(struct domain *d)
{
	u64 mfn = d->pirq_eoi_mfn;

	evtchn_pirq_release(d);
	d->pirq_eoi_mfn = 0;
	if (mfn) {
		evtchn_page_release(mfn_to_virt(MFN(mfn)));
	}
}
