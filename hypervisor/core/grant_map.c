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
static int map_frame(struct domain *cur, const struct gnttab_map_grant_ref *op, struct grant_track *e)
{
	bool readonly = op->flags & GNTMAP_readonly;
	mfn_t mfn;
	int status;

	status = grant_entry_pin(e->granter->grants, op->ref, cur->id.v, readonly, &mfn);
	if (status) {
		return status;
	}
	e->mfn = (u32)mfn.v;
	status = grant_page_get(e->granter, mfn, readonly);
	if (status) {
		goto unpin;
	}
	if (op->flags & GNTMAP_host_map) {
		status = grant_pte_ops.map(cur, op->host_addr, op->flags & GNTMAP_contains_pte, mfn, pte_flags(op->flags));
		if (status) {
			goto put;
		}
	}
	return GNTST_okay;
put:
	grant_page_put(mfn, readonly);
unpin:
	grant_entry_unpin(e->granter->grants, op->ref, readonly);
	return status;
}

/* *@mfn is the frame that was granted, once that is known. */
static int map(struct domain *cur, struct gnttab_map_grant_ref *op, mfn_t *mfn)
{
	struct grant_track e = { .ref = op->ref, .flags = (u16)op->flags, .kinds = op->flags & KINDS, .mfn = NO_FRAME };
	u32 handle;
	int status;

	if (!e.kinds) {
		return GNTST_bad_gntref;
	}
	e.granter = grant_domain_get(cur, op->dom, false);
	if (!e.granter) {
		return GNTST_bad_domain;
	}
	if (!grant_may_share(cur, e.granter, op->ref)) {
		domain_put(e.granter);
		return GNTST_permission_denied;
	}
	handle = grant_track_reserve(cur->grants);
	if (handle == GRANT_HANDLE_NONE) {
		domain_put(e.granter);
		return GNTST_no_device_space;
	}
	status = map_frame(cur, op, &e);
	*mfn = MFN(e.mfn);
	if (status) {
		grant_track_cancel(cur->grants, handle);
		domain_put(e.granter);
		return status;
	}
	op->handle = handle;
	op->dev_bus_addr = (u64)e.mfn << PAGE_SHIFT;
	grant_track_commit(cur->grants, handle, &e);
	return GNTST_okay;
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

void grant_map(struct domain *cur, struct gnttab_map_grant_ref *op)
{
	mfn_t mfn = MFN(NO_FRAME);

	op->handle = GRANT_HANDLE_NONE;
	op->dev_bus_addr = 0;
	op->status = (s16)map(cur, op, &mfn);
	if (op->status && mfn.v != NO_FRAME) {
		refusal_record_frame(cur, "GNTTABOP_map_grant_ref", map_rule(op->status), (u64)op->dom << 32 | op->ref, mfn);
	} else if (op->status) {
		refusal_record(cur, "GNTTABOP_map_grant_ref", map_rule(op->status), (u64)op->dom << 32 | op->ref,
			       (u64)(s64)op->status);
	}
}

static int unmap_begin(struct domain *cur, const struct gnttab_unmap_grant_ref *op, struct grant_unmap *un)
{
	struct grant_track e;
	u32 kinds = (op->host_addr ? GNTMAP_host_map : 0) | (op->dev_bus_addr ? GNTMAP_device_map : 0);
	int status = GNTST_okay;

	if (!grant_track_claim(cur->grants, op->handle, kinds, &e)) {
		return GNTST_bad_handle;
	}
	if ((e.kinds & GNTMAP_device_map) && op->dev_bus_addr >> PAGE_SHIFT != e.mfn) {
		status = GNTST_bad_dev_addr;
	} else if (e.kinds & GNTMAP_host_map) {
		status = grant_pte_ops.unmap(cur, op->host_addr, e.flags & GNTMAP_contains_pte, MFN(e.mfn),
					     !(e.flags & GNTMAP_readonly));
	}
	if (status) {
		(void)grant_track_settle(cur->grants, op->handle, e.kinds, false);
		return status;
	}
	*un = (struct grant_unmap){
		.mfn = MFN(e.mfn),
		.granter = e.granter,
		.ref = GREF(e.ref),
		.handle = op->handle,
		.flags = (e.flags & ~KINDS) | e.kinds,
		.active = true,
	};
	return GNTST_okay;
}

void grant_unmap_begin(struct domain *cur, struct gnttab_unmap_grant_ref *op, struct grant_unmap *un)
{
	un->active = false;
	op->status = (s16)unmap_begin(cur, op, un);
	if (op->status) {
		refusal_record(cur, "GNTTABOP_unmap_grant_ref", "no such mapping there (see status)", op->handle,
			       (u64)(s64)op->status);
	}
}

void grant_unmap_finish(struct domain *cur, struct grant_unmap *un)
{
	bool readonly = un->flags & GNTMAP_readonly;

	if (!un->active) {
		return;
	}
	un->active = false;
	un->last = grant_track_settle(cur->grants, un->handle, un->flags & KINDS, true);
	if (un->last) {
		grant_page_put(un->mfn, readonly);
		grant_entry_unpin(un->granter->grants, un->ref.v, readonly);
		domain_put(un->granter);
	}
}
