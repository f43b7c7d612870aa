/* SPDX-License-Identifier: MIT */
/*
 * grant: see grant.h. Free references form a list threaded through an array of their own, because
 * the table itself may be written by the hypervisor at any time.
 */
#include "grant.h"

#include <public/grant_table.h>
#include <public/mmu.h>
#include "hypercall.h"
#include "mm.h"

#define GRANT_FRAMES (GRANT_REFS * (uint32_t)sizeof(struct grant_entry_v1) / PAGE_BYTES)

/* The table's frames are mapped over these pages; the frames that were there stay unused. */
static char table_pages[GRANT_FRAMES * PAGE_BYTES] __attribute__((aligned(4096)));
static volatile struct grant_entry_v1 *const table = (volatile struct grant_entry_v1 *)table_pages;
static uint16_t next_free[GRANT_REFS];
static uint16_t first_free;

bool grant_init(void)
{
	uint64_t frames[GRANT_FRAMES];
	struct gnttab_setup_table setup = {
		.dom = DOMID_SELF, .nr_frames = GRANT_FRAMES, .frame_list = (uint64_t)frames,
	};
	uint32_t i;

	if (hypercall_grant_table_op(GNTTABOP_setup_table, &setup, 1) || setup.status != 0) {
		return false;
	}
	for (i = 0; i < GRANT_FRAMES; i++) {
		if (page_map(table_pages + i * PAGE_BYTES, frames[i] * PAGE_BYTES | PTE_KERNEL_RW)) {
			return false;
		}
	}
	for (i = GNTTAB_NR_RESERVED_ENTRIES; i < GRANT_REFS; i++) {
		next_free[i] = (uint16_t)(i + 1 < GRANT_REFS ? i + 1 : 0);
	}
	first_free = GNTTAB_NR_RESERVED_ENTRIES;
	return true;
}

uint32_t grant_give(const void *va, uint16_t domid, bool read_only)
{
	uint16_t ref = first_free;

	if (!ref) {
		return 0;
	}
	first_free = next_free[ref];
	table[ref].domid = domid;
	table[ref].frame = (uint32_t)virt_to_mfn(va);
	/* The flags make the entry valid: last. */
	__atomic_store_n(&table[ref].flags, GTF_permit_access | (read_only ? GTF_readonly : 0),
			 __ATOMIC_RELEASE);
	return ref;
}

bool grant_take_back(uint32_t ref)
{
	uint16_t flags;

	if (!ref || ref >= GRANT_REFS) {
		return false;
	}
	flags = __atomic_load_n(&table[ref].flags, __ATOMIC_RELAXED);
	do {
		if (flags & (GTF_reading | GTF_writing)) {
			return false;
		}
	} while (!__atomic_compare_exchange_n(&table[ref].flags, &flags, 0, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	next_free[ref] = first_free;
	first_free = (uint16_t)ref;
	return true;
}
