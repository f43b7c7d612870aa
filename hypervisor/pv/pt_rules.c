/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an entry may say and what it holds.
 *
 * L1: P with a frame of the page owner: one general reference, with RW a writable type reference too. A frame that is not RAM may be
 * mapped by a privileged domain only, without references, and never the hypervisor's own devices; it is made uncached. RAM is always
 * write-back: cache attributes on it are dropped for privileged domains and refused for others.
 * L2 to L4: P with a frame of the same domain that has, or can take, the type of the next lower level: one general and one type
 * reference. No PSE, no cache attributes, no G; linear maps (a table in its own level) cannot arise since a frame has one type.
 *
 * The guest kernel runs at CPL 3, so every present entry gets US; PTE_GUEST_KERNEL remembers in an L1 entry that the guest left it clear.
 */
#include "pv/pt_rules.h"

#include "core/refusal.h"
#include "lib/errno.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "x86/cpu.h"
#include "x86/irq.h"

#define TABLE_REFUSED (PTE_PWT | PTE_PCD | PTE_PSE | PTE_G)

static int refuse_l1(const struct pt_context *ctx, int err, const char *rule, pte_t e)
{
	return refuse_frame(ctx->pt_owner, err, "page-table entry (L1)", rule, e, pte_mfn(e));
}

/* An L1 entry that maps something that is not RAM. */
static int get_device_l1e(const struct pt_context *ctx, pte_t *e)
{
	u64 mfn = pte_mfn(*e).v;

	if (!ctx->pt_owner->privileged) {
		return refuse_l1(ctx, -EINVAL, "the frame is not RAM and the domain may not map devices", *e);
	}
	if (mfn >> (cpu_features.phys_bits - PAGE_SHIFT)) {
		/* Linux probes with all-ones frames; quiet. */
		return -EINVAL;
	}
	if (irq_owns_frame(MFN(mfn)) && (*e & PTE_RW)) {
		return refuse_l1(ctx, -EPERM, "the frame holds a device of the hypervisor", *e);
	}
	/* Whatever is not explicitly write-combining (PAT index 4, see the PAT value in features.c) becomes uncached. */
	if ((*e & PTE_CACHE_BITS) != PTE_PAT) {
		*e = (*e & ~PTE_CACHE_BITS) | PTE_PCD | PTE_PWT;
	}
	return 0;
}

int pt_get_l1e_slowly(const struct pt_context *ctx, pte_t *e)
{
	struct page_info *pg;

	if (!(*e & PTE_P)) {
		return 0;
	}
	pg = frame_lookup(pte_mfn(*e));
	if (unlikely(!pg)) {
		int err = get_device_l1e(ctx, e);

		*e = pt_adjusted_l1e(*e);
		return err;
	}
	if (unlikely(*e & PTE_CACHE_BITS)) {
		if (!ctx->pt_owner->privileged) {
			return refuse_l1(ctx, -EINVAL, "cache attributes on RAM", *e);
		}
		*e &= ~PTE_CACHE_BITS;
	}
	if (unlikely(!page_get(pg, &ctx->page_owner->mem))) {
		return refuse_l1(ctx, -EINVAL, "the frame belongs to another domain", *e);
	}
	if ((*e & PTE_RW) && unlikely(page_get_type(pg, PGT_WRITABLE, false))) {
		page_put(pg);
		return refuse_l1(ctx, -EBUSY, "writable mapping of a frame in use as page table or descriptor table", *e);
	}
	*e = pt_adjusted_l1e(*e);
	return 0;
}

int pt_get_table_entry(struct domain *d, int level, pte_t *e, bool preemptible)
{
	static const char *const op[] = { "page-table entry (L2)", "page-table entry (L3)", "page-table entry (L4)" };
	struct page_info *pg;
	int err;

	if (!(*e & PTE_P)) {
		return 0;
	}
	if (*e & TABLE_REFUSED) {
		return refuse(d, -EINVAL, op[level - 2], "large page, cache attribute or global bit", *e, 0);
	}
	pg = page_get_mfn(pte_mfn(*e), &d->mem);
	if (!pg) {
		return refuse_frame(d, -EINVAL, op[level - 2], "the table's frame does not belong to the domain", *e, pte_mfn(*e));
	}
	err = page_get_type(pg, pt_type_of_level(level - 1), preemptible);
	if (err) {
		if (err != -ERESTART) {
			refusal_record_frame(d, op[level - 2], "the frame cannot be a table of the next level", *e, page_to_mfn(pg));
		}
		page_put(pg);
		return err;
	}
	*e |= PTE_US | PTE_A;
	return 0;
}

int pt_put_table_entry(pte_t e, bool preemptible, bool pending)
{
	struct page_info *pg;
	int err;

	if (!(e & PTE_P)) {
		return 0;
	}
	pg = mfn_to_page(pte_mfn(e));
	if (pending) {
		err = page_finish_undo(pg, false, preemptible);
	} else {
		err = page_put_type(pg, preemptible);
	}
	if (!err) {
		page_put(pg);
	}
	return err;
}
