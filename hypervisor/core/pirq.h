/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical interrupts as a domain with devices names them: the page of EOI bits, end of interrupt, and set-up by default. Ports of
 * PIRQs are event channels (core/evtchn_pirq.c); the machine's side is x86/irq.h.
 */
#ifndef LAMINA_CORE_PIRQ_H
#define LAMINA_CORE_PIRQ_H

#include "lib/types.h"

struct domain;

/*
 * Registers the page in which a set bit tells the guest that a PIRQ wants PHYSDEVOP_eoi. @eoi_unmasks: the older contract, where that
 * call unmasks the port as well. -EBUSY: registered before; -EINVAL: not the domain's, or not writable. Any domain may.
 */
int pirq_register_eoi_page(struct domain *d, mfn_t mfn, bool eoi_unmasks) __must_check;
/* Makes the bit of @pirq agree with irq_needs_eoi(). */
void pirq_update_eoi_bit(struct domain *d, u32 pirq);
/* The guest has handled @pirq. -EINVAL: no such, or not bound. */
int pirq_eoi(struct domain *d, u32 pirq) __must_check;
/* XENIRQSTAT_* of @pirq. -EINVAL. */
int pirq_status(struct domain *d, u32 pirq, u32 *flags) __must_check;

/* Lets @pirq through to @cpu; ISA interrupts that nobody set up get the bus's defaults. */
int pirq_start(u32 pirq, u32 cpu) __must_check;

/* core/evtchn_pirq.c: the port of @pirq, if it has one. */
bool pirq_is_bound(struct domain *d, u32 pirq, bool *shareable, evtchn_port_t *port);
void evtchn_pirq_release(struct domain *d);

/* Tear-down: lets go of the EOI page and the table of ports, all of which are closed. */
void pirq_release_domain(struct domain *d);

#endif
