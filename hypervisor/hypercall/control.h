/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the control ABI: control_dom.c (life cycle, scheduling), control_build.c (memory and contexts), control_info.c,
 * control_dump.c (what a dump needs), control_grant.c (copying by grant), control_event.c (waiting for ports), control_report.c
 * (reports and parameters). */
#ifndef LAMINA_HYPERCALL_CONTROL_H
#define LAMINA_HYPERCALL_CONTROL_H

#include "core/domain.h"
#include "public/control.h"

/* @c is the copied-in request, @arg where it came from. Results are written into @c; control_dom.c copies it out after success. */
s64 control_populate(struct domain *d, struct control_dom *c, gva_t arg);
s64 control_frames(struct domain *d, struct control_dom *c, gva_t arg);
s64 control_start_context(struct domain *d, struct control_dom *c, gva_t arg);
s64 control_seed_ports(struct domain *d, struct control_dom *c);
s64 control_set_map(struct domain *d, struct control_dom *c);

/* control_dump.c. */
s64 control_get_context(struct domain *d, struct control_dom *c);
s64 control_list_frames(struct domain *d, struct control_frame_list *l);

void control_fill_info(struct domain *d, struct control_info *info);
s64 control_vcpu_info(struct domain *d, struct control_dom *c);
s64 control_refusals(struct domain *d, struct control_dom *c);

/* control_grant.c. @arg: where @c came from. */
s64 control_grant_copy(struct control_sys *c, gva_t arg);
/* control_event.c. */
s64 control_event_wait(struct control_sys *c, gva_t arg);
/* control_report.c. */
s64 control_report(struct control_sys *c, gva_t arg);
s64 control_set_parameters(struct control_sys *c, gva_t arg);

#endif
