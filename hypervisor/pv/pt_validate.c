/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole tables: what it takes for a frame to become, and to stop being, a page table or a descriptor page (page_type_ops).
 *
 * Both directions walk the 512 entries, counting in page_info.progress what is done, so that tables of L2 and up can stop between
 * entries. Going down, CHILD_PENDING in progress says that the entry below progress has given up its type reference already and only
 * waits for that table's own devalidation.
 */
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pt_rules.h"
#include "pv/pt_scan.h"
#include "pv/pv.h"
#include "x86/own_maps.h"

#define CHILD_PENDING 0x8000

static bool slot_is_guests(int level, unsigned int i)
{
	return level < 4 || i < HV_L4_FIRST || i > HV_L4_LAST;
}

static void devalidate_l1(const pte_t *table, unsigned int count)
{
	unsigned int i;

	for (i = pt_next_present(table, 0); i < count; i = pt_next_present(table, i + 1)) {
		pt_put_l1e(table[i]);
	}
}

static int validate_l1(struct domain *d, pte_t *table)
{
	struct pt_context ctx = PT_SELF(d);
	unsigned int i;

	for (i = pt_next_present(table, 0); i < PTES_PER_PAGE; i = pt_next_present(table, i + 1)) {
		pte_t e = table[i];
		int err = pt_get_l1e(&ctx, &e);

		if (unlikely(err)) {
			devalidate_l1(table, i);
			return -EINVAL;
		}
		if (e != table[i]) {
			table[i] = e;
		}
	}
	return 0;
}

static int validate_upper(struct domain *d, struct page_info *pg, int level, bool preemptible)
{
	pte_t *table = mfn_to_virt(page_to_mfn(pg));
	unsigned int i;

	for (i = pt_next_present(table, pg->progress); i < PTES_PER_PAGE; i = pt_next_present(table, i + 1)) {
		pte_t e = table[i];
		int err;

		pg->progress = i;
		if (!slot_is_guests(level, i)) {
			continue;
		}
		err = pt_get_table_entry(d, level, &e, preemptible);
		if (err) {
			return err;
		}
		table[i] = e;
		pg->progress = i + 1;
		if (preemptible && i + 1 < PTES_PER_PAGE && hypercall_should_preempt()) {
			return -ERESTART;
		}
	}
	pg->progress = PTES_PER_PAGE;
	if (level == 4) {
		own_maps_fill_l4(table);
	}
	return 0;
}

/* Descriptors: audited in place. */
static int validate_descriptors(struct domain *d, u64 *descs)
{
	unsigned int i;

	for (i = 0; i < PTES_PER_PAGE; i++) {
		u64 desc = descs[i];

		if (!pv_descriptor_ok(&desc)) {
			return refuse(d, -EINVAL, "descriptor page", "a descriptor that guests may not have", i, desc);
		}
		if (desc != descs[i]) {
			descs[i] = desc;
		}
	}
	return 0;
}

static int validate(struct page_info *pg, u64 type, bool preemptible)
{
	struct domain *d = pt_domain_of(pg);
	void *contents = mfn_to_virt(page_to_mfn(pg));
	int err;

	if (!d) {
		return -EINVAL;
	}
	if (type == PGT_L1 || type == PGT_SEG_DESC) {
		/* These undo themselves. */
		err = type == PGT_L1 ? validate_l1(d, contents) : validate_descriptors(d, contents);
		pg->progress = 0;
		return err;
	}
	return validate_upper(d, pg, pt_level_of_type(type), preemptible);
}

static int devalidate_upper(struct page_info *pg, int level, bool preemptible)
{
	pte_t *table = mfn_to_virt(page_to_mfn(pg));
	bool pending = pg->progress & CHILD_PENDING;
	unsigned int i = pg->progress & ~CHILD_PENDING;

	if (level == 4 && i == PTES_PER_PAGE) {
		/* What validation wrote is not for the guest to see. */
		memset(table + HV_L4_FIRST, 0, (HV_L4_LAST - HV_L4_FIRST + 1) * sizeof(pte_t));
	}
	for (i = pt_last_present(table, i); i > 0; i = pt_last_present(table, i)) {
		int err = slot_is_guests(level, i - 1) ? pt_put_table_entry(table[i - 1], preemptible, pending) : 0;

		if (err) {
			pg->progress = i | CHILD_PENDING;
			return err;
		}
		pending = false;
		i--;
		if (preemptible && i > 0 && hypercall_should_preempt()) {
			pg->progress = i;
			return -ERESTART;
		}
	}
	pg->progress = 0;
	return 0;
}

static int devalidate(struct page_info *pg, u64 type, bool preemptible)
{
	if (type == PGT_SEG_DESC) {
		return 0;
	}
	if (type == PGT_L1) {
		devalidate_l1(mfn_to_virt(page_to_mfn(pg)), pg->progress);
		return 0;
	}
	return devalidate_upper(pg, pt_level_of_type(type), preemptible);
}

const struct page_type_ops page_type_ops = {
	.validate = validate,
	.devalidate = devalidate,
};
