/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page-table operations of direct paging (pv/pt_*.c).
 */
#ifndef LAMINA_PV_PT_H
#define LAMINA_PV_PT_H

#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/types.h"
#include "mm/page_type.h"
#include "x86/page.h"

struct page_info;

/* Who an update acts for: the domain whose tables change, and the domain whose frames may be mapped (itself mostly). */
struct pt_context {
	struct domain *pt_owner;
	struct domain *page_owner;
};

/* A run of changes: the L1 table of the last one stays locked, since the next is mostly to the same table. Starts as { NULL }. */
struct pt_run {
	struct page_info *l1;
};
/*
 * Changes the entry at @slot (its machine address, 8-byte aligned) of a page table of any level, or stores to a plain writable frame.
 * @preserve_ad keeps the old accessed and dirty bits. Errors: -EINVAL refused by a rule, -EBUSY, -ERESTART. (pv/pt_update.c)
 * Others wait for the run's table: pt_run_end() follows soon, before anything that may take long.
 */
int pt_update_entry(const struct pt_context *ctx, struct pt_run *run, maddr_t slot, u64 val, bool preserve_ad) __must_check;
static inline void pt_run_end(struct pt_run *run)
{
	if (run->l1) {
		page_unlock(run->l1);
		run->l1 = NULL;
	}
}
/* Changes the L1 entry that maps @va in the current tables. */
int pt_update_va(const struct pt_context *ctx, u64 va, u64 val) __must_check;
/* How pt_set_l1e() treats what is in the slot. */
enum pt_store {
	PT_STORE_PLAIN,        /* overwrite */
	PT_STORE_PRESERVE_AD,  /* keep accessed and dirty bits, whatever the processors do meanwhile */
	PT_STORE_EXPECT,       /* only if it still holds the expected value, else -EAGAIN */
};
/*
 * Changes one L1 entry; the table is page-locked. Takes the references of the new target and drops the old. @old is the expected value
 * for PT_STORE_EXPECT, unused else.
 */
int pt_set_l1e(const struct pt_context *ctx, pte_t *slot, pte_t val, enum pt_store how, pte_t old) __must_check;
/* The same for PT_STORE_PLAIN when the entry will mostly map another frame than before, or none. */
int pt_replace_l1e(const struct pt_context *ctx, pte_t *slot, pte_t val) __must_check;

/*
 * Finds the L1 entry that maps @va in the kernel tables of the current vCPU and locks its table, which belongs to the vCPU's domain.
 * NULL if a level is missing. Unlock with page_unlock(*l1).
 */
pte_t *pt_find_lock_l1e(u64 va, struct page_info **l1) __must_check;
/* Reads the L1 entry of @va in tables with root @l4; 0 if a level is missing. No locks: a snapshot. */
pte_t pt_peek_l1e(mfn_t l4, u64 va);

/* Loads a new kernel (NEW_BASEPTR) or user (NEW_USER_BASEPTR, mfn 0: none) L4 into the current vCPU. */
int pt_set_kernel_l4(struct vcpu *v, mfn_t mfn) __must_check;
int pt_set_user_l4(struct vcpu *v, mfn_t mfn) __must_check;
/*
 * Tables that an interrupted update of @v has let go are still being taken apart: goes on. Adapters that change tables call it first.
 * -ERESTART.
 */
int pt_finish_pending_slowly(struct vcpu *v) __must_check;
static inline __must_check int pt_finish_pending(struct vcpu *v)
{
	return likely(!v->pv.undo_page) ? 0 : pt_finish_pending_slowly(v);
}
/* Drops every reference to tables that @v holds. The vCPU is down for good, or gets new ones. -ERESTART: call again. */
int pt_release_vcpu(struct vcpu *v);

/* Pins @mfn at @level (1-4) / unpins. -EINVAL, -EBUSY, -ERESTART. */
int pt_pin(struct domain *d, mfn_t mfn, int level) __must_check;
int pt_unpin(struct domain *d, mfn_t mfn) __must_check;

#endif
