// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports e and g: what domains share with each other, port for port and reference for reference. A guest decides how many there are: a
 * step looks at a bounded number, and one domain writes at most its share of lines.
 */
#include "core/evtchn.h"
#include "core/grant.h"
#include "core/vcpu.h"
#include "hypercall/report.h"
#include "lib/printf.h"
#include "public/event_channel.h"

#define PORTS_AT_ONCE 64
#define WHAT_BYTES 48

/* What an open port is bound to, in words. */
static void describe(const struct evtchn_status *s, char what[WHAT_BYTES])
{
	switch (s->status) {
	case EVTCHNSTAT_unbound:
		printf_format(what, WHAT_BYTES, "unbound, for d%u", s->u.unbound.dom);
		break;
	case EVTCHNSTAT_interdomain:
		printf_format(what, WHAT_BYTES, "to port %u of d%u", s->u.interdomain.port, s->u.interdomain.dom);
		break;
	case EVTCHNSTAT_pirq:
		printf_format(what, WHAT_BYTES, "interrupt %u", s->u.pirq);
		break;
	case EVTCHNSTAT_virq:
		printf_format(what, WHAT_BYTES, "VIRQ %u", s->u.virq);
		break;
	default:
		printf_format(what, WHAT_BYTES, "between processors");
		break;
	}
}

/* False when the domain may write no more. */
static bool port_line(struct domain *d, u32 port, struct control_report *r)
{
	struct evtchn_status s = { 0 };
	struct evtchn_marks marks;
	char what[WHAT_BYTES];

	if (evtchn_status(d, PORT(port), &s) || s.status == EVTCHNSTAT_closed) {
		return true;
	}
	marks = evtchn_port_marks(d, PORT(port));
	describe(&s, what);
	return report_share_line(r, "  d%u port %u: %s, vCPU %u%s%s", d->id.v, port, what, s.vcpu, marks.pending ? ", pending" : "",
				 marks.masked ? ", masked" : "");
}

static bool ports_part(struct domain *d, struct control_report *r)
{
	u32 i, made = READ_ONCE(d->ev.made);

	if (r->item == 0) {
		report_line(r, "d%u: %u ports open, %u at most, %s", d->id.v, READ_ONCE(d->ev.active), d->ev.max_ports,
			    READ_ONCE(d->ev.fifo) ? "FIFO" : "2-level");
		report_share(r);
		r->item = 1;
	}
	for (i = 0; i < PORTS_AT_ONCE && r->item < made; i++) {
		if (!port_line(d, r->item++, r)) {
			report_line(r, "  d%u: more ports, left out", d->id.v);
			return true;
		}
	}
	return r->item >= made;
}

bool report_e(struct control_report *r)
{
	return report_domains(r, ports_part);
}

/* r->item is one more than the reference to look at. */
static bool grants_part(struct domain *d, struct control_report *r)
{
	struct grant_use use;
	u32 ref;
	int found;

	if (r->item == 0) {
		report_line(r, "d%u: %u of %u frames, has mapped %u of others", d->id.v, grant_frames(d), grant_max_frames(d),
			    grant_maps(d));
		report_share(r);
		r->item = 1;
	}
	ref = r->item - 1;
	found = grant_next_use(d, &ref, &use);
	if (found < 0) {
		return true;
	}
	if (found) {
		if (!report_share_line(r, "  d%u grant %u: frame %llx used by d%u, %u times, %u writing", d->id.v, ref,
				       (unsigned long long)use.mfn.v, use.domid, use.users, use.writers)) {
			report_line(r, "  d%u: more grants, left out", d->id.v);
			return true;
		}
		ref++;
	}
	r->item = ref + 1;
	return false;
}

bool report_g(struct control_report *r)
{
	return report_domains(r, grants_part);
}
