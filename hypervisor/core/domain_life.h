/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the table (domain.c) and tear-down (domain_destroy.c).
 */
#ifndef LAMINA_CORE_DOMAIN_LIFE_H
#define LAMINA_CORE_DOMAIN_LIFE_H

#include "core/domain.h"

/* Takes a drained domain out of the table once none of its frames is referenced. Any number of times. */
void domain_bury_if_empty(struct domain *d);

#endif
