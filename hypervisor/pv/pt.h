/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page-table operations of direct paging (pv/pt_*.c).
 */
#ifndef LAMINA_PV_PT_H
#define LAMINA_PV_PT_H

#include "core/domain.h"
#include "lib/types.h"
#include "x86/page.h"

struct page_info;
struct vcpu;

/* Who an update acts for: the domain whose tables change, and the domain whose frames may be mapped (itself mostly). */
struct pt_context {
	struct domain *pt_owner;
	struct domain *page_owner;
};

/*
 * Changes the entry at @slot (its machine address, 8-byte aligned) of a page table of any level, or stores to a plain writable frame.
 * @preserve_ad keeps the old accessed and dirty bits. Errors: -EINVAL refused by a rule, -EBUSY, -ERESTART. (pv/pt_update.c)
 */
int pt_update_entry(const struct pt_context *ctx, maddr_t slot, u64 val, bool preserve_ad) __must_check;
/* Changes the L1 entry that maps @va in the current tables. */
int pt_update_va(const struct pt_context *ctx, u64 va, u64 val) __must_check;
/* The same for a located, page-locked L1 slot. Takes references of the new target, drops the old. */
int pt_set_l1e(const struct pt_context *ctx, pte_t *slot, pte_t val, bool preserve_ad) __must_check;

/*
 * Finds the L1 entry that maps @va in the tables of @v's current mode. On success *slot points into the (direct-mapped) L1 table and
 * *l1 holds a general reference. -EINVAL if a level is missing.
 */
int pt_walk_l1(struct vcpu *v, u64 va, pte_t **slot, struct page_info **l1) __must_check;

/* Loads a new kernel (NEW_BASEPTR) or user (NEW_USER_BASEPTR, mfn 0: none) L4 into the current vCPU. */
int pt_set_kernel_l4(struct vcpu *v, mfn_t mfn) __must_check;
int pt_set_user_l4(struct vcpu *v, mfn_t mfn) __must_check;

/* Pins @mfn at @level (1-4) / unpins. -EINVAL, -EBUSY, -ERESTART. */
int pt_pin(struct domain *d, mfn_t mfn, int level) __must_check;
int pt_unpin(struct domain *d, mfn_t mfn) __must_check;

#endif
