/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying by grant: up to a page from one frame to another, each named by a reference or, if it is the caller's own, by its frame
 * number. Both frames are referenced for the time of the copy (the target as writable), so neither can change hands meanwhile; the
 * copy goes through the direct map and needs no flush.
 */
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "lib/string.h"

/* References @h->owner's frame @h->mfn. GNTST_*. */
static int hold_page(struct grant_held *h)
{
	int status = grant_page_get(h->owner, h->mfn, h->readonly);

	if (status && h->by_ref) {
		grant_entry_unpin(h->owner->grants, h->ref, h->readonly);
	}
	return status;
}

int grant_hold(struct domain *cur, struct grant_held *h)
{
	int status = grant_entry_pin(h->owner->grants, h->ref, cur->id.v, h->readonly, &h->mfn);

	h->by_ref = true;
	return status ? status : hold_page(h);
}

void grant_release(struct grant_held *h)
{
	grant_page_put(h->mfn, h->readonly);
	if (h->by_ref) {
		grant_entry_unpin(h->owner->grants, h->ref, h->readonly);
	}
}

/* By reference, or a frame of the caller's own by its number. */
static int hold_side(struct domain *cur, const struct gnttab_copy_ptr *ptr, bool by_ref, struct grant_held *h)
{
	int status;

	if (!by_ref && ptr->domid != DOMID_SELF_RAW) {
		return GNTST_permission_denied;
	}
	h->owner = grant_domain_get(cur, ptr->domid, true);
	if (!h->owner) {
		return GNTST_bad_domain;
	}
	if (!grant_may_share(cur, h->owner, by_ref ? ptr->u.ref : 0)) {
		domain_put(h->owner);
		return GNTST_permission_denied;
	}
	if (by_ref) {
		h->ref = ptr->u.ref;
		status = grant_hold(cur, h);
	} else {
		h->mfn = MFN(ptr->u.gmfn);
		status = hold_page(h);
	}
	if (status) {
		domain_put(h->owner);
	}
	return status;
}

static void release_side(struct grant_held *h)
{
	grant_release(h);
	domain_put(h->owner);
}

static int copy(struct domain *cur, const struct gnttab_copy *op)
{
	struct grant_held from = { .readonly = true }, to = { .readonly = false };
	int status;

	if ((u32)op->source.offset + op->len > PAGE_SIZE || (u32)op->dest.offset + op->len > PAGE_SIZE) {
		return GNTST_bad_copy_arg;
	}
	status = hold_side(cur, &op->source, op->flags & GNTCOPY_source_gref, &from);
	if (status) {
		return status;
	}
	status = hold_side(cur, &op->dest, op->flags & GNTCOPY_dest_gref, &to);
	if (!status) {
		/* Both sides may be the same frame. */
		memmove((char *)mfn_to_virt(to.mfn) + op->dest.offset, (char *)mfn_to_virt(from.mfn) + op->source.offset, op->len);
		release_side(&to);
	}
	release_side(&from);
	return status;
}

void grant_copy(struct domain *cur, struct gnttab_copy *op)
{
	op->status = (s16)copy(cur, op);
	if (op->status) {
		refusal_record(cur, "GNTTABOP_copy", "an argument or a grant does not allow it (see status)",
			       (u64)op->source.domid << 16 | op->dest.domid, (u64)(s64)op->status);
	}
}
