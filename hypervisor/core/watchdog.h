/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watchdogs of domains: a guest asks to be ended unless it asks again in time. Two per domain, as the ABI's users expect.
 */
#ifndef LAMINA_CORE_WATCHDOG_H
#define LAMINA_CORE_WATCHDOG_H

#include "lib/types.h"

struct domain;

/*
 * @id 0: starts a watchdog that ends @d in @seconds and yields its id, 1 or 2; another @id: it ends @d in @seconds from now, with 0
 * seconds it is stopped and the id free again. -EINVAL: no such id, or 0 seconds for a new one; -ENOSPC: both are in use.
 * Takes domain.lock.
 */
int watchdog_set(struct domain *d, u32 id, u32 seconds);

void watchdog_init(struct domain *d);
/* Tear-down: nothing fires any more. */
void watchdog_destroy(struct domain *d);

#endif
