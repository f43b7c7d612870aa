/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying by grant: up to a page from one frame to another, each named by a reference or, if it is the caller's own, by its frame
 * number. Both frames are referenced for the time of the copy (the target as writable), so neither can change hands meanwhile; the
 * copy goes through the direct map and needs no flush.
 */
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "lib/string.h"

/* One side of a copy while it is held. */
struct copy_side {
	struct domain *owner;
	mfn_t mfn;
	u32 ref;
	bool by_ref, readonly;
};

static int side_get(struct domain *cur, const struct gnttab_copy_ptr *ptr, struct copy_side *s)
{
	int status;

	if (!s->by_ref && ptr->domid != DOMID_SELF_RAW) {
		return GNTST_permission_denied;
	}
	s->owner = grant_domain_get(cur, ptr->domid, true);
	if (!s->owner) {
		return GNTST_bad_domain;
	}
	if (s->by_ref) {
		s->ref = ptr->u.ref;
		status = grant_entry_pin(s->owner->grants, s->ref, cur->id.v, s->readonly, &s->mfn);
		if (status) {
			goto put_owner;
		}
	} else {
		s->mfn = MFN(ptr->u.gmfn);
	}
	status = grant_page_get(s->owner, s->mfn, s->readonly);
	if (!status) {
		return GNTST_okay;
	}
	if (s->by_ref) {
		grant_entry_unpin(s->owner->grants, s->ref, s->readonly);
	}
put_owner:
	domain_put(s->owner);
	return status;
}

static void side_put(struct copy_side *s)
{
	grant_page_put(s->mfn, s->readonly);
	if (s->by_ref) {
		grant_entry_unpin(s->owner->grants, s->ref, s->readonly);
	}
	domain_put(s->owner);
}

static int copy(struct domain *cur, const struct gnttab_copy *op)
{
	struct copy_side from = { .by_ref = op->flags & GNTCOPY_source_gref, .readonly = true };
	struct copy_side to = { .by_ref = op->flags & GNTCOPY_dest_gref, .readonly = false };
	int status;

	if ((u32)op->source.offset + op->len > PAGE_SIZE || (u32)op->dest.offset + op->len > PAGE_SIZE) {
		return GNTST_bad_copy_arg;
	}
	status = side_get(cur, &op->source, &from);
	if (status) {
		return status;
	}
	status = side_get(cur, &op->dest, &to);
	if (!status) {
		/* Both sides may be the same frame. */
		memmove((char *)mfn_to_virt(to.mfn) + op->dest.offset, (char *)mfn_to_virt(from.mfn) + op->source.offset, op->len);
		side_put(&to);
	}
	side_put(&from);
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
