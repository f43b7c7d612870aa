/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contents of a new domain's page tables, table by table.
 *
 * Leaves are present, user and accessed, writable except where they map page tables; entries of
 * the upper levels also dirty (docs/abi, boot contract). The hypervisor adds its own slots and
 * checks everything again when it pins the L4.
 */
#ifndef TOOLSTACK_LIB_PAGE_TABLES_H
#define TOOLSTACK_LIB_PAGE_TABLES_H

#include <stdint.h>

struct frame_writer;
struct layout;

/*
 * Writes all tables of @layout; @mfns is the domain's list of machine frames. Returns 0 or the
 * writer's error.
 */
int page_tables_write(const struct layout *layout, const uint64_t *mfns,
		      struct frame_writer *writer);

#endif
