/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying by grant: up to a page from one frame to another, each named by a reference or, if it is the caller's own, by its frame
 * number. Both frames are referenced for the time of the copy (the target as writable), so neither can change hands meanwhile; the
 * copy goes through the direct map and needs no flush.
 */
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "lib/string.h"

static inline __attribute__((always_inline)) int hold(struct domain *cur, struct grant_held *h)
{
	int status = grant_entry_pin(h->owner->grants, h->ref, cur->id.v, h->readonly, &h->mfn);

	if (unlikely(status)) {
		return status;
	}
	status = grant_page_get(h->owner, h->mfn, h->readonly);
	if (unlikely(status)) {
		grant_entry_unpin(h->owner->grants, h->ref, h->readonly);
	}
	return status;
}

static inline __attribute__((always_inline)) void release(struct grant_held *h)
{
	grant_page_put(h->mfn, h->readonly);
	grant_entry_unpin(h->owner->grants, h->ref, h->readonly);
}

int grant_hold(struct domain *cur, struct grant_held *h)
{
	return hold(cur, h);
}

void grant_release(struct grant_held *h)
{
	release(h);
}

/* By reference: `owner` becomes the granter, with a reference. */
static int hold_granted(struct domain *cur, const struct gnttab_copy_ptr *ptr, struct grant_held *h)
{
	int status = GNTST_permission_denied;

	h->owner = grant_domain_get(cur, ptr->domid, true);
	if (unlikely(!h->owner)) {
		return GNTST_bad_domain;
	}
	h->ref = ptr->u.ref;
	if (likely(grant_may_share(cur, h->owner, h->ref))) {
		status = hold(cur, h);
	}
	if (unlikely(status)) {
		domain_put(h->owner);
	}
	return status;
}

/* By reference, or a frame of the caller's own by its number. */
static inline int hold_side(struct domain *cur, const struct gnttab_copy_ptr *ptr, bool by_ref, struct grant_held *h)
{
	if (by_ref) {
		return hold_granted(cur, ptr, h);
	}
	if (unlikely(ptr->domid != DOMID_SELF_RAW)) {
		return GNTST_permission_denied;
	}
	h->owner = NULL;
	h->mfn = MFN(ptr->u.gmfn);
	return grant_page_get(cur, h->mfn, h->readonly);
}

static inline void release_side(struct grant_held *h)
{
	if (!h->owner) {
		grant_page_put(h->mfn, h->readonly);
	} else {
		release(h);
		domain_put(h->owner);
	}
}

/* Which frame of a refused copy was not to be had. The numbers are those of the record (public/control.h). */
enum side { NEITHER, SOURCE, TARGET };
struct refused { enum side side; mfn_t mfn; };

static void note_frame(struct refused *bad, int status, enum side side, const struct grant_held *h)
{
	/* Only then it was looked at. */
	if (status == GNTST_bad_page) {
		*bad = (struct refused){ side, h->mfn };
	}
}

/* Fills in @bad if one of the frames was why. */
static inline int copy(struct domain *cur, const struct gnttab_copy *op, struct refused *bad)
{
	struct grant_held from, to;
	int status;

	if (unlikely((u32)op->source.offset + op->len > PAGE_SIZE || (u32)op->dest.offset + op->len > PAGE_SIZE)) {
		return GNTST_bad_copy_arg;
	}
	from.readonly = true;
	to.readonly = false;
	status = hold_side(cur, &op->source, op->flags & GNTCOPY_source_gref, &from);
	if (unlikely(status)) {
		note_frame(bad, status, SOURCE, &from);
		return status;
	}
	status = hold_side(cur, &op->dest, op->flags & GNTCOPY_dest_gref, &to);
	if (likely(!status)) {
		/* Both sides may be the same frame. */
		memmove((char *)mfn_to_virt(to.mfn) + op->dest.offset, (char *)mfn_to_virt(from.mfn) + op->source.offset, op->len);
		release_side(&to);
	} else {
		note_frame(bad, status, TARGET, &to);
	}
	release_side(&from);
	return status;
}

static void record_refusal(struct domain *cur, const struct gnttab_copy *op, const struct refused *bad)
{
	u64 what = (u64)bad->side << 32 | (u64)op->source.domid << 16 | op->dest.domid;

	if (bad->side == NEITHER) {
		refusal_record(cur, "GNTTABOP_copy", "an argument or a grant does not allow it (see status)", what, (u64)(s64)op->status);
	} else if (bad->side == SOURCE) {
		refusal_record_frame(cur, "GNTTABOP_copy", "the frame to copy from is not that domain's memory", what, bad->mfn);
	} else {
		refusal_record_frame(cur, "GNTTABOP_copy", "the frame to copy to is not that domain's memory, or must not be written", what,
				     bad->mfn);
	}
}

void grant_copy(struct domain *cur, struct gnttab_copy *op)
{
	struct refused bad = { NEITHER, MFN_INVALID };

	op->status = (s16)copy(cur, op, &bad);
	if (unlikely(op->status)) {
		record_refusal(cur, op, &bad);
	}
}
