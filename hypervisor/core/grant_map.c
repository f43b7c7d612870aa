/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping and unmapping granted frames.
 *
 * A mapping owns, in this order: a map-track entry, a reference to the granting domain, a use of the entry (grant_entry_pin), a general
 * and maybe a writable type reference to the frame, and a PTE, which holds references of its own. Unmapping gives them back in
 * the reverse order, the PTE first; between the PTE and the rest the caller flushes the TLBs of the mapping domain.
 */
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"

#define NO_FRAME 0xffffffffu
#define KINDS (GNTMAP_host_map | GNTMAP_device_map)
/* The guest's bits go to PTE bits 9 to 11. */
#define AVAIL_BITS 7u
#define AVAIL_SHIFT 9

static u64 pte_flags(u32 flags)
{
	u64 pte = PTE_P | PTE_A | PTE_D | PTE_NX;

	if (!(flags & GNTMAP_readonly)) {
		pte |= PTE_RW;
	}
	if (flags & GNTMAP_application_map) {
		pte |= PTE_US;
	}
	return pte | (u64)((flags >> _GNTMAP_guest_avail0) & AVAIL_BITS) << AVAIL_SHIFT;
}

/* The frame, referenced, and its PTE if one is wanted. */
static int map_frame(struct domain *cur, struct domain *granter, const struct gnttab_map_grant_ref *op, mfn_t *mfn)
{
	bool readonly = op->flags & GNTMAP_readonly;
	int status;

	status = grant_entry_pin(granter->grants, op->ref, cur->id.v, readonly, mfn);
	if (unlikely(status)) {
		return status;
	}
	status = grant_page_get(granter, *mfn, readonly);
	if (unlikely(status)) {
		goto unpin;
	}
	if (op->flags & GNTMAP_host_map) {
		status = grant_pte_ops.map(cur, op->host_addr, op->flags & GNTMAP_contains_pte, *mfn, pte_flags(op->flags));
		if (unlikely(status)) {
			goto put;
		}
	}
	return GNTST_okay;
put:
	grant_page_put(*mfn, readonly);
unpin:
	grant_entry_unpin(granter->grants, op->ref, readonly);
	return status;
}

/* With @granter referenced and allowed. */
static int map_from(struct domain *cur, struct domain *granter, struct gnttab_map_grant_ref *op, mfn_t *mfn)
{
	struct grant_track *e;
	u32 handle;
	int status;

	e = grant_track_reserve(cur->grants, &handle);
	if (unlikely(!e)) {
		return GNTST_no_device_space;
	}
	status = map_frame(cur, granter, op, mfn);
	if (unlikely(status)) {
		grant_track_cancel(cur->grants, e, handle);
		return status;
	}
	op->handle = handle;
	op->dev_bus_addr = mfn->v << PAGE_SHIFT;
	e->ref = op->ref;
	e->mfn = (u32)mfn->v;
	e->flags = (u16)op->flags;
	e->kinds = op->flags & KINDS;
	grant_track_commit(e, granter);
	return GNTST_okay;
}

/* *@mfn is the frame that was granted, once that is known. */
static inline int map(struct domain *cur, struct gnttab_map_grant_ref *op, mfn_t *mfn)
{
	struct domain *granter;
	int status = GNTST_permission_denied;

	if (unlikely(!(op->flags & KINDS))) {
		return GNTST_bad_gntref;
	}
	granter = grant_domain_get(cur, op->dom, false);
	if (unlikely(!granter)) {
		return GNTST_bad_domain;
	}
	if (likely(grant_may_share(cur, granter, op->ref))) {
		status = map_from(cur, granter, op, mfn);
	}
	if (unlikely(status)) {
		domain_put(granter);
	}
	return status;
}

static const char *map_rule(int status)
{
	switch (status) {
	case GNTST_bad_domain:
		return "there is no such domain, or it is being destroyed";
	case GNTST_bad_gntref:
		return "the reference grants nothing, or the flags ask for nothing";
	case GNTST_permission_denied:
		return "the grant is for another domain, or for reading only";
	case GNTST_no_device_space:
		return "the domain has mapped as many grants as it may, or no memory";
	default:
		return "the frame or the page-table entry cannot be used (see status)";
	}
}

static __attribute__((noinline)) void record_map_refused(struct domain *cur, const struct gnttab_map_grant_ref *op, mfn_t mfn)
{
	u64 what = (u64)op->dom << 32 | op->ref;

	if (mfn.v != NO_FRAME) {
		refusal_record_frame(cur, "GNTTABOP_map_grant_ref", map_rule(op->status), what, mfn);
	} else {
		refusal_record(cur, "GNTTABOP_map_grant_ref", map_rule(op->status), what, (u64)(s64)op->status);
	}
}

void grant_map(struct domain *cur, struct gnttab_map_grant_ref *op)
{
	mfn_t mfn = MFN(NO_FRAME);

	op->handle = GRANT_HANDLE_NONE;
	op->dev_bus_addr = 0;
	op->status = (s16)map(cur, op, &mfn);
	if (unlikely(op->status)) {
		record_map_refused(cur, op, mfn);
	}
}

/* The claimed @kinds of *@e, as far as undoing them may fail. */
static inline int undo(struct domain *cur, const struct gnttab_unmap_grant_ref *op, const struct grant_track *e, u32 kinds)
{
	if ((kinds & GNTMAP_device_map) && op->dev_bus_addr >> PAGE_SHIFT != e->mfn) {
		return GNTST_bad_dev_addr;
	}
	if (!(kinds & GNTMAP_host_map)) {
		return GNTST_okay;
	}
	return grant_pte_ops.unmap(cur, op->host_addr, e->flags & GNTMAP_contains_pte, MFN(e->mfn), !(e->flags & GNTMAP_readonly));
}

static inline int unmap_begin(struct domain *cur, const struct gnttab_unmap_grant_ref *op, struct grant_unmap *un)
{
	u32 kinds = (op->host_addr ? GNTMAP_host_map : 0) | (op->dev_bus_addr ? GNTMAP_device_map : 0);
	struct grant_track *e;
	int status;

	e = grant_track_claim(cur->grants, op->handle, kinds, &kinds);
	if (unlikely(!e)) {
		return GNTST_bad_handle;
	}
	status = undo(cur, op, e, kinds);
	if (unlikely(status)) {
		(void)grant_track_settle(cur->grants, e, op->handle, kinds, false);
		return status;
	}
	un->track = e;
	un->handle = op->handle;
	un->flags = (e->flags & ~KINDS) | kinds;
	return GNTST_okay;
}

void grant_unmap_begin(struct domain *cur, struct gnttab_unmap_grant_ref *op, struct grant_unmap *un)
{
	un->track = NULL;
	op->status = (s16)unmap_begin(cur, op, un);
	if (unlikely(op->status)) {
		refusal_record(cur, "GNTTABOP_unmap_grant_ref", "no such mapping there (see status)", op->handle,
			       (u64)(s64)op->status);
	}
}

void grant_unmap_finish(struct domain *cur, struct grant_unmap *un)
{
	bool readonly = un->flags & GNTMAP_readonly;
	struct grant_track *e = un->track;
	struct domain *granter;
	mfn_t mfn;
	u32 ref;

	if (unlikely(!e)) {
		return;
	}
	/* Settling may free it. */
	granter = e->granter;
	mfn = MFN(e->mfn);
	ref = e->ref;
	un->track = NULL;
	if (grant_track_settle(cur->grants, e, un->handle, un->flags & KINDS, true)) {
		grant_page_put(mfn, readonly);
		grant_entry_unpin(granter->grants, ref, readonly);
		domain_put(granter);
	}
}
