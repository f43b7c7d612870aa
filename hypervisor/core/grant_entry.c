/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Using a grant: from a reference and a domain id to a frame that may be read or written, and back.
 *
 * The shared entry's flags and domain id are one 32-bit word: it is read once per attempt, judged, and replaced by compare-and-
 * exchange with the in-use bits set, so that what was judged is what was marked. The granting side may take an entry back only
 * while those bits are clear; what it writes into an entry in use changes nothing here.
 */
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"

#define ACTIVE_CHUNK_BYTES (GRANT_ACTIVE_PER_CHUNK * sizeof(struct grant_active))
#define WORD_TRIES 5

/* Lock held; NULL when @ref is beyond the table. */
static struct grant_frame *frame_of(struct grant_table *t, u32 ref)
{
	u32 frame = ref / GRANT_REFS_PER_FRAME;

	return frame < t->frame_count ? t->frames[index_nospec(frame, t->frame_count)] : NULL;
}

/* The active record of @ref; @make allocates it. NULL: none. Lock held. */
static struct grant_active *active_of(struct grant_frame *f, u32 ref, bool make)
{
	u32 index = ref % GRANT_REFS_PER_FRAME;
	struct grant_active **chunk = &f->active[index / GRANT_ACTIVE_PER_CHUNK];

	if (!*chunk && make) {
		*chunk = heap_alloc(ACTIVE_CHUNK_BYTES);
	}
	return *chunk ? *chunk + index % GRANT_ACTIVE_PER_CHUNK : NULL;
}

/*
 * Sets the in-use bits of a shared entry if it lets @domid use it so. Lock held.
 */
static int mark_in_use(struct grant_entry_v1 *e, u16 domid, bool readonly)
{
	u32 *word = (u32 *)e;
	u32 old = __atomic_load_n(word, __ATOMIC_ACQUIRE);
	int tries;

	for (tries = 0; tries < WORD_TRIES; tries++) {
		u16 flags = (u16)old;
		u32 bits = GTF_reading | (readonly ? 0 : GTF_writing);

		if ((flags & (GTF_type_mask | GTF_sub_page)) != GTF_permit_access || (u16)(old >> 16) != domid) {
			return GNTST_general_error;
		}
		if (!readonly && (flags & GTF_readonly)) {
			return GNTST_general_error;
		}
		if (__atomic_compare_exchange_n(word, &old, old | bits, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE)) {
			return GNTST_okay;
		}
	}
	/* The granting side keeps changing it under our hands. */
	return GNTST_general_error;
}

static int pin_locked(struct grant_table *t, u32 ref, u16 domid, bool readonly, mfn_t *mfn)
{
	struct grant_frame *f = frame_of(t, ref);
	struct grant_active *a;
	struct grant_entry_v1 *e;
	int status;

	if (!f) {
		return GNTST_bad_gntref;
	}
	a = active_of(f, ref, true);
	if (!a) {
		return GNTST_no_space;
	}
	e = &f->shared[ref % GRANT_REFS_PER_FRAME];
	if (a->readers && a->domid != domid) {
		return GNTST_general_error;
	}
	if (a->readers == GRANT_USERS_MAX) {
		return GNTST_no_space;
	}
	if (!a->readers || (!readonly && !a->writers)) {
		status = mark_in_use(e, domid, readonly);
		if (status) {
			return status;
		}
	}
	if (!a->readers) {
		a->domid = domid;
		a->mfn = READ_ONCE(e->frame);
	}
	a->readers++;
	a->writers += !readonly;
	*mfn = MFN(a->mfn);
	return GNTST_okay;
}

int grant_entry_pin(struct grant_table *t, u32 ref, u16 domid, bool readonly, mfn_t *mfn)
{
	int status;

	spin_lock(&t->lock);
	status = pin_locked(t, ref, domid, readonly, mfn);
	spin_unlock(&t->lock);
	return status;
}

void grant_entry_unpin(struct grant_table *t, u32 ref, bool readonly)
{
	struct grant_frame *f;
	struct grant_active *a;
	u16 clear = 0;

	spin_lock(&t->lock);
	f = frame_of(t, ref);
	if (f) {
		a = active_of(f, ref, false);
		BUG_ON(!a || !a->readers || (!readonly && !a->writers));
		a->readers--;
		a->writers -= !readonly;
		clear |= !readonly && !a->writers ? GTF_writing : 0;
		clear |= !a->readers ? GTF_reading : 0;
		if (clear) {
			__atomic_fetch_and(&f->shared[ref % GRANT_REFS_PER_FRAME].flags, (u16)~clear, __ATOMIC_SEQ_CST);
		}
	}
	spin_unlock(&t->lock);
}

int grant_page_get(struct domain *granter, mfn_t mfn, bool readonly)
{
	struct page_info *pg = page_get_mfn(mfn, &granter->mem);

	if (!pg) {
		/* Device memory, a frame of somebody else, or no frame at all. */
		return GNTST_bad_page;
	}
	if (!readonly && page_get_type(pg, PGT_WRITABLE, false)) {
		page_put(pg);
		return GNTST_bad_page;
	}
	return GNTST_okay;
}

void grant_page_put(mfn_t mfn, bool readonly)
{
	struct page_info *pg = mfn_to_page(mfn);

	if (readonly) {
		page_put(pg);
	} else {
		page_put_and_type(pg);
	}
}

/* Lock held. The first user of the frame's references from *@ref on. */
static const struct grant_active *next_active(struct grant_frame *f, u32 *ref)
{
	const struct grant_active *a;

	do {
		a = active_of(f, *ref, false);
		if (a && a->readers) {
			return a;
		}
		(*ref)++;
	} while (*ref % GRANT_REFS_PER_FRAME);
	return NULL;
}

int grant_next_use(struct domain *d, u32 *ref, struct grant_use *out)
{
	struct grant_table *t = d->grants;
	const struct grant_active *a;
	struct grant_frame *f;
	int ret = -ENOENT;

	spin_lock(&t->lock);
	f = frame_of(t, *ref);
	if (f) {
		a = next_active(f, ref);
		ret = a != NULL;
		if (a) {
			*out = (struct grant_use){ a->domid, a->readers, a->writers, MFN(a->mfn) };
		}
	}
	spin_unlock(&t->lock);
	return ret;
}

struct domain *grant_domain_get(struct domain *cur, u16 domid, bool for_self)
{
	struct domain *d;

	if (for_self && domid == DOMID_SELF_RAW) {
		domain_ref(cur);
		return cur;
	}
	d = domid < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(domid)) : NULL;
	if (d && (domain_is_dying(d) || !d->grants)) {
		domain_put(d);
		d = NULL;
	}
	return d;
}

bool grant_may_share(struct domain *cur, const struct domain *granter, u32 ref)
{
	if (likely(domain_may_share(cur, granter))) {
		return true;
	}
	refusal_record(cur, "grant_table_op", "guests may share with dom0 only, unless both were created with peers", granter->id.v, ref);
	return false;
}

int grant_swap(struct domain *d, grant_ref_t a, grant_ref_t b)
{
	struct grant_table *t = d->grants;
	struct grant_frame *fa, *fb;
	struct grant_active *ua, *ub;
	int status = GNTST_bad_gntref;

	spin_lock(&t->lock);
	fa = frame_of(t, a.v);
	fb = frame_of(t, b.v);
	if (fa && fb) {
		ua = active_of(fa, a.v, false);
		ub = active_of(fb, b.v, false);
		status = GNTST_eagain;
		if ((!ua || !ua->readers) && (!ub || !ub->readers)) {
			u64 *ea = (u64 *)&fa->shared[a.v % GRANT_REFS_PER_FRAME];
			u64 *eb = (u64 *)&fb->shared[b.v % GRANT_REFS_PER_FRAME];
			u64 old = READ_ONCE(*ea);

			WRITE_ONCE(*ea, READ_ONCE(*eb));
			WRITE_ONCE(*eb, old);
			status = GNTST_okay;
		}
	}
	spin_unlock(&t->lock);
	return status;
}
