/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of one page-table entry, level by level: shared by validation of whole tables (pt_validate.c) and changes of single
 * entries (pt_update.c). docs/abi/paging.md numbers them.
 */
#ifndef LAMINA_PV_PT_RULES_H
#define LAMINA_PV_PT_RULES_H

#include "core/domain.h"
#include "lib/types.h"
#include "mm/frame_table.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "x86/page.h"

/* Attributes that mean nothing on RAM. */
#define PTE_CACHE_BITS (PTE_PWT | PTE_PCD | PTE_PAT)

/* The two domains of an update when a domain changes its own tables for itself. */
#define PT_SELF(d) ((struct pt_context){ (d), (d) })

/*
 * Takes the references that the entry *@e needs and adds the bits the hypervisor wants. An entry without P is free of rules. 0, or
 * -EINVAL etc. with nothing taken. Tables below may be validated on the way: @preemptible, -ERESTART.
 */
static inline __must_check int pt_get_l1e(const struct pt_context *ctx, pte_t *e);
int pt_get_table_entry(struct domain *d, int level, pte_t *e, bool preemptible) __must_check;
/*
 * Drops what an entry held. @pending: an earlier call for the same entry returned -ERESTART. -ERESTART only if @preemptible.
 */
static inline void pt_put_l1e(pte_t e);
int pt_put_table_entry(pte_t e, bool preemptible, bool pending);

/* A present L1 entry as the hypervisor stores it: the guest kernel, at CPL 3, reaches it too, and no translation of it is global. */
static inline pte_t pt_adjusted_l1e(pte_t e)
{
	if (!(e & PTE_US)) {
		e |= PTE_US | PTE_GUEST_KERNEL;
	}
	return e & ~PTE_G;
}

static inline u64 pt_type_of_level(int level) { return (u64)level << PGT_SHIFT; }
static inline int pt_level_of_type(u64 type) { return type >> PGT_SHIFT; }

/* The whole of pt_get_l1e(): devices, and the reason of a refusal. */
int pt_get_l1e_slowly(const struct pt_context *ctx, pte_t *e) __must_check;

static inline __attribute__((always_inline)) int pt_get_l1e(const struct pt_context *ctx, pte_t *e)
{
	struct page_info *pg;

	if (!(*e & PTE_P)) {
		return 0;
	}
	pg = frame_lookup(pte_mfn(*e));
	if (unlikely(!pg || (*e & PTE_CACHE_BITS)) || unlikely(!page_get(pg, &ctx->page_owner->mem))) {
		return pt_get_l1e_slowly(ctx, e);
	}
	if ((*e & PTE_RW) && unlikely(page_get_type(pg, PGT_WRITABLE, false))) {
		page_put(pg);
		return pt_get_l1e_slowly(ctx, e);
	}
	*e = pt_adjusted_l1e(*e);
	return 0;
}

static inline void pt_put_l1e(pte_t e)
{
	struct page_info *pg;

	if (!(e & PTE_P)) {
		return;
	}
	pg = frame_lookup(pte_mfn(e));
	if (unlikely(!pg)) {
		return;
	}
	if (e & PTE_RW) {
		page_put_type(pg, false);
	}
	page_put(pg);
}

/* Domain of a frame's owner, which must hold references so that it exists. */
static inline struct domain *pt_domain_of(const struct page_info *pg)
{
	struct page_owner *o = owner_find(page_owner(pg));

	return o ? container_of(o, struct domain, mem) : NULL;
}

#endif
