/* SPDX-License-Identifier: MIT */
/*
 * grant: lends pages of this guest to another domain, by the shared table of version 1 entries.
 *
 * A page stays lent until grant_take_back() succeeded; until then its contents may change at any
 * time. The other side names it by its reference.
 */
#ifndef KIT_GRANT_H
#define KIT_GRANT_H

#include <stdbool.h>
#include <stdint.h>

/* How many references there are, those that the toolstack filled included. */
#define GRANT_REFS 2048u

/* Maps the table. Once, before anything else here; false when the hypervisor refuses. */
bool grant_init(void);

/* A reference by which @domid may use the page of ours at @va; 0 when none is free. */
uint32_t grant_give(const void *va, uint16_t domid, bool read_only);

/* Ends it. False while the other side has the page mapped: try again later. */
bool grant_take_back(uint32_t ref);

#endif
