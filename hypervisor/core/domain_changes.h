/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which domains stopped, began to die or vanished lately: the log behind CONTROL_SYS_CHANGES. Reading takes nothing away, so any number
 * of readers keep positions of their own.
 */
#ifndef LAMINA_CORE_DOMAIN_CHANGES_H
#define LAMINA_CORE_DOMAIN_CHANGES_H

#include "lib/types.h"

/* More changes than this between two looks, and a reader has to look at all domains. */
#define DOMAIN_CHANGES_KEPT 1024

/* Logs that domain @id changed, then raises VIRQ_DOM_EXC. The caller has made the change visible. Any context. */
void domain_changes_add(domid_t id);

/*
 * The ids of domains that changed since position *@pos, oldest first, at most *@count; an id stands there once for each change. Advances
 * *@pos, writes how many to *@count. -ERANGE: 0, a position that never was, or one too old: nothing is handed out, *@pos is the present.
 */
int domain_changes_read(u64 *pos, u16 *ids, u32 *count) __must_check;

#endif
