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
#include "x86/page.h"

struct pt_context;

/* The two domains of an update when a domain changes its own tables for itself. */
#define PT_SELF(d) ((struct pt_context){ (d), (d) })

/*
 * Takes the references that the entry *@e needs and adds the bits the hypervisor wants. An entry without P is free of rules. 0, or
 * -EINVAL etc. with nothing taken. Tables below may be validated on the way: @preemptible, -ERESTART.
 */
int pt_get_l1e(const struct pt_context *ctx, pte_t *e) __must_check;
int pt_get_table_entry(struct domain *d, int level, pte_t *e, bool preemptible) __must_check;
/*
 * Drops what an entry held. @pending: an earlier call for the same entry returned -ERESTART. -ERESTART only if @preemptible.
 */
void pt_put_l1e(pte_t e);
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

/* Domain of a frame's owner, which must hold references so that it exists. */
struct domain *pt_domain_of(const struct page_info *pg);

#endif
