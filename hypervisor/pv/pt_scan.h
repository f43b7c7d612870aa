/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding present entries: tables are mostly empty, so the walks go in steps of eight entries where there is nothing.
 */
#ifndef LAMINA_PV_PT_SCAN_H
#define LAMINA_PV_PT_SCAN_H

#include "lib/types.h"
#include "x86/page.h"

#define PT_SCAN_STEP 8

static inline bool pt_step_is_empty(const pte_t *e)
{
	return !((e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]) & PTE_P);
}

/* The first present entry from @i on; PTES_PER_PAGE if there is none. */
static inline unsigned int pt_next_present(const pte_t *table, unsigned int i)
{
	for (; i < PTES_PER_PAGE; i++) {
		while (i % PT_SCAN_STEP == 0 && pt_step_is_empty(table + i)) {
			i += PT_SCAN_STEP;
			if (i == PTES_PER_PAGE) {
				return i;
			}
		}
		if (table[i] & PTE_P) {
			break;
		}
	}
	return i;
}

/* One more than the last present entry below @i; 0 if there is none. */
static inline unsigned int pt_last_present(const pte_t *table, unsigned int i)
{
	for (; i > 0; i--) {
		while (i % PT_SCAN_STEP == 0 && pt_step_is_empty(table + i - PT_SCAN_STEP)) {
			i -= PT_SCAN_STEP;
			if (i == 0) {
				return 0;
			}
		}
		if (table[i - 1] & PTE_P) {
			break;
		}
	}
	return i;
}

#endif
