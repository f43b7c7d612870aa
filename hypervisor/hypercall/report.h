/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports for the log (CONTROL_SYS_REPORT): a row per key, and what the files that write them share. A report is made in steps of a few
 * lines, between which the caller may be preempted; where it goes on is in the request, which the caller can forge: every number of it
 * is looked up anew, and none is more than a place to start at.
 *
 * What a step reads of a running domain is read once and only printed. Nothing here waits for a domain.
 */
#ifndef LAMINA_HYPERCALL_REPORT_H
#define LAMINA_HYPERCALL_REPORT_H

#include "core/domain.h"
#include "lib/types.h"
#include "public/control.h"

struct report_kind {
	char key;
	const char *what;
	/* Does a bounded part of the work from where @r stands on; true when that was the last. */
	bool (*step)(struct control_report *r);
};

/* A line, unless all that may be written have been. */
void report_line(struct control_report *r, const char *fmt, ...) __printf(2, 3);
/* As report_line(), within what one domain may write, which report_share() sets; false when nothing is left of that. */
bool report_share_line(struct control_report *r, const char *fmt, ...) __printf(2, 3);
void report_share(struct control_report *r);
/*
 * A step of a report on all domains: does a part of the work on one. @part returns true at that domain's end; r->item, 0 at its
 * beginning, is @part's own.
 */
bool report_domains(struct control_report *r, bool (*part)(struct domain *d, struct control_report *r));

/* report_domains.c */
bool report_q(struct control_report *r);
bool report_m(struct control_report *r);
bool report_d(struct control_report *r);
/* report_machine.c */
bool report_r(struct control_report *r);
bool report_t(struct control_report *r);
/* report_ports.c */
bool report_e(struct control_report *r);
bool report_g(struct control_report *r);

#endif
