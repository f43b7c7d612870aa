/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grants: the domain's own grant table, mapped in a window, for cases that grant to themselves.
 *
 * A map operation names the granting domain by number: DOMID_SELF is not taken there. These cases run
 * as the first domain, whose number is 0.
 */
#ifndef TEST_GRANTS_H
#define TEST_GRANTS_H

#include <stdbool.h>
#include <stdint.h>
#include <public/grant_table.h>
#include "window.h"

#define OWN_DOMID	0
#define GRANTS_SLOT	500			/* window entry of the table's first frame */

/* Sets version 1 and maps the first frame at GRANTS_SLOT of an open window. */
volatile struct grant_entry_v1 *grants_map(struct window *w);
void grants_unmap(struct window *w);

void grants_give(volatile struct grant_entry_v1 *entry, uint64_t mfn, uint16_t flags);

#endif
