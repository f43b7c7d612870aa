/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Roots of page tables: pinning, and the two L4s a vCPU runs on.
 *
 * Each L4 that a vCPU names holds one type and one general reference, so it stays validated even when nobody has pinned it. The old
 * root is given up after the new one is loaded in CR3; taking an unpinned one apart may be interrupted (vcpu.pv.undo_page).
 */
#include "core/refusal.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/mode.h"
#include "pv/pt.h"
#include "pv/pt_rules.h"
#include "pv/pv.h"
#include "x86/pcpu.h"

int pt_pin(struct domain *d, mfn_t mfn, int level)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);
	int err;

	if (!pg) {
		return refuse_frame(d, -EINVAL, "pin", "the frame does not belong to the domain", level, mfn);
	}
	err = page_get_type(pg, pt_type_of_level(level), true);
	if (err) {
		if (err != -ERESTART) {
			refusal_record_frame(d, "pin", "the frame cannot be a page table of this level", level, mfn);
		}
		page_put(pg);
		return err;
	}
	err = page_pin(pg);
	if (err) {
		page_put_and_type(pg);
		return refuse_frame(d, err, "pin", "the frame is pinned already", level, mfn);
	}
	return 0;
}

int pt_unpin(struct domain *d, mfn_t mfn)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);
	int err;

	if (!pg) {
		return refuse_frame(d, -EINVAL, "unpin", "the frame does not belong to the domain", 0, mfn);
	}
	err = page_drop_pin(pg);
	if (err && err != -ERESTART) {
		refusal_record_frame(d, "unpin", "the frame is not pinned", 0, mfn);
	}
	page_put(pg);
	return err;
}

/* Takes the references of a root. */
static int get_root(struct domain *d, mfn_t mfn)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);
	int err;

	if (!pg) {
		return refuse_frame(d, -EINVAL, "new base pointer", "the frame does not belong to the domain", 0, mfn);
	}
	err = page_get_type(pg, PGT_L4, true);
	if (err) {
		if (err != -ERESTART) {
			refusal_record_frame(d, "new base pointer", "the frame cannot be an L4 table", 0, mfn);
		}
		page_put(pg);
	}
	return err;
}

/* Gives a former root up; -ERESTART leaves the rest to pt_finish_pending(). */
static int put_root(struct vcpu *v, mfn_t mfn)
{
	struct page_info *pg;
	int err;

	if (!pv_l4_is_set(mfn)) {
		return 0;
	}
	pg = mfn_to_page(mfn);
	err = page_put_type(pg, !v->pv.undo_page);
	if (err) {
		v->pv.undo_page = pg;
		return err;
	}
	page_put(pg);
	return 0;
}

int pt_set_kernel_l4(struct vcpu *v, mfn_t mfn)
{
	mfn_t old = v->pv.kernel_l4;
	int err;

	if (mfn_eq(old, mfn)) {
		pv_load_cr3(v);
		return 0;
	}
	err = get_root(v->domain, mfn);
	if (err) {
		return err;
	}
	v->pv.kernel_l4 = mfn;
	pv_load_cr3(v);
	if (unlikely(v->pv.ldt_entries)) {
		pv_flush_ldt(v);
	}
	return put_root(v, old);
}

int pt_set_user_l4(struct vcpu *v, mfn_t mfn)
{
	mfn_t old = v->pv.user_l4;
	int err;

	if (mfn_eq(old, mfn)) {
		return 0;
	}
	if (pv_l4_is_set(mfn)) {
		err = get_root(v->domain, mfn);
		if (err) {
			return err;
		}
	}
	v->pv.user_l4 = mfn;
	return put_root(v, old);
}

int pt_release_vcpu(struct vcpu *v)
{
	mfn_t kernel = v->pv.kernel_l4, user = v->pv.user_l4;
	int err = pt_finish_pending(v);

	if (!err) {
		v->pv.kernel_l4 = MFN_INVALID;
		err = put_root(v, kernel);
	}
	if (!err) {
		v->pv.user_l4 = MFN_INVALID;
		err = put_root(v, user);
	}
	return err;
}
