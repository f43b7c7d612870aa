/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside view*.c: counting nodes for their owners while a view is edited.
 */
#ifndef XENBUS_VIEW_INTERNAL_H
#define XENBUS_VIEW_INTERNAL_H

#include "xenbus/view.h"

/* Makes sure that counting for @domid cannot fail later. Returns 0 or -ENOMEM. */
int view_reserve_count(struct view *view, uint16_t domid);
/* Counts nodes with this list for its owner, if it has one. */
void view_count(struct view *view, const struct perms *perms, int nodes);
/* What @domid owns in this view. */
int64_t view_nodes_of(const struct view *view, uint16_t domid);

#endif
