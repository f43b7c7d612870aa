/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grants: see grants.h. An entry's frame and domain are written before its flags make it valid.
 */
#include "grants.h"

#include <stddef.h>
#include <public/mmu.h>
#include "hypercall.h"
#include "mm.h"

volatile struct grant_entry_v1 *grants_map(struct window *w)
{
	struct gnttab_set_version version = { .version = 1 };
	struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = 1, .status = 99 };
	uint64_t frame = 0;

	setup.frame_list = (uint64_t)&frame;
	if (hypercall_grant_table_op(GNTTABOP_set_version, &version, 1) ||
	    hypercall_grant_table_op(GNTTABOP_setup_table, &setup, 1) || setup.status ||
	    pte_write(window_pte(w, GRANTS_SLOT), frame * PAGE_BYTES | PTE_KERNEL_RW)) {
		return NULL;
	}
	return window_va(GRANTS_SLOT);
}

void grants_unmap(struct window *w)
{
	pte_write(window_pte(w, GRANTS_SLOT), 0);
}

void grants_give(volatile struct grant_entry_v1 *entry, uint64_t mfn, uint16_t flags)
{
	entry->frame = (uint32_t)mfn;
	entry->domid = 0;
	asm volatile("" : : : "memory");
	entry->flags = flags;
}
