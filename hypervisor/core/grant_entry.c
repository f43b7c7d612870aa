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
static inline struct grant_frame *frame_of(struct grant_table *t, u32 ref)
{
	u32 frame = ref / GRANT_REFS_PER_FRAME;

	return likely(frame < t->frame_count) ? t->frames[index_nospec(frame, t->frame_count)] : NULL;
}

static inline struct grant_active **chunk_of(struct grant_frame *f, u32 ref)
{
	return &f->active[ref % GRANT_REFS_PER_FRAME / GRANT_ACTIVE_PER_CHUNK];
}

/* The active record of @ref; NULL: none. Lock held. */
static inline struct grant_active *active_of(struct grant_frame *f, u32 ref)
{
	struct grant_active *chunk = *chunk_of(f, ref);

	return likely(chunk) ? chunk + ref % GRANT_ACTIVE_PER_CHUNK : NULL;
}

/* Allocates it. Lock held. */
static __attribute__((noinline)) struct grant_active *make_active(struct grant_frame *f, u32 ref)
{
	*chunk_of(f, ref) = heap_alloc(ACTIVE_CHUNK_BYTES);
	return active_of(f, ref);
}

/* Flags and domain id of a shared entry, which are one word, if they let @domid use it so. */
static inline bool permits(u32 word, u16 domid, bool readonly)
{
	u32 asked = GTF_type_mask | GTF_sub_page | (readonly ? 0 : GTF_readonly) | 0xffffu << 16;

	return (word & asked) == (GTF_permit_access | (u32)domid << 16);
}

/* Sets the in-use bits unless the word has changed from *@old, which becomes what it is now. */
static inline bool mark(struct grant_entry_v1 *e, u32 *old, bool readonly)
{
	u32 bits = GTF_reading | (readonly ? 0 : GTF_writing);

	return __atomic_compare_exchange_n((u32 *)e, old, *old | bits, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
}

static inline u32 word_of(const struct grant_entry_v1 *e) { return __atomic_load_n((const u32 *)e, __ATOMIC_ACQUIRE); }

/* Sets the in-use bits if the entry lets @domid use it so. Lock held. */
static int mark_in_use(struct grant_entry_v1 *e, u16 domid, bool readonly)
{
	u32 old = word_of(e);
	int tries;

	for (tries = 0; tries < WORD_TRIES && permits(old, domid, readonly); tries++) {
		if (mark(e, &old, readonly)) {
			return GNTST_okay;
		}
	}
	/* Not permitted, or the granting side keeps changing it under our hands. */
	return GNTST_general_error;
}

/* May @domid use an entry that has users already? Lock held. */
static int join(struct grant_active *a, struct grant_entry_v1 *e, u16 domid, bool readonly)
{
	if (a->domid != domid) {
		return GNTST_general_error;
	}
	if (a->readers == GRANT_USERS_MAX) {
		return GNTST_no_space;
	}
	return !readonly && !a->writers ? mark_in_use(e, domid, readonly) : GNTST_okay;
}

/* The first user of an entry that is marked: from now on the record decides. Lock held. */
static inline void record(struct grant_active *a, const struct grant_entry_v1 *e, u16 domid)
{
	a->domid = domid;
	a->mfn = READ_ONCE(e->frame);
}

/* Lock held. */
static inline mfn_t count_user(struct grant_active *a, bool readonly)
{
	a->readers++;
	a->writers += !readonly;
	return MFN(a->mfn);
}

/* The whole of it. Lock held. */
static int pin_locked(struct grant_table *t, u32 ref, u16 domid, bool readonly, mfn_t *mfn)
{
	struct grant_frame *f = frame_of(t, ref);
	struct grant_active *a;
	struct grant_entry_v1 *e;
	int status;

	if (!f) {
		return GNTST_bad_gntref;
	}
	a = active_of(f, ref);
	a = a ? a : make_active(f, ref);
	if (!a) {
		return GNTST_no_space;
	}
	e = &f->shared[ref % GRANT_REFS_PER_FRAME];
	status = a->readers ? join(a, e, domid, readonly) : mark_in_use(e, domid, readonly);
	if (status) {
		return status;
	}
	if (!a->readers) {
		record(a, e, domid);
	}
	*mfn = count_user(a, readonly);
	return GNTST_okay;
}

/* With the lock, which it gives back. */
static __attribute__((noinline)) int pin_slowly(struct grant_table *t, u32 ref, u16 domid, bool readonly, mfn_t *mfn)
{
	int status = pin_locked(t, ref, domid, readonly, mfn);

	spin_unlock(&t->lock);
	return status;
}

int grant_entry_pin(struct grant_table *t, u32 ref, u16 domid, bool readonly, mfn_t *mfn)
{
	struct grant_entry_v1 *e;
	struct grant_active *a;
	struct grant_frame *f;
	u32 old;

	spin_lock(&t->lock);
	f = frame_of(t, ref);
	a = likely(f) ? active_of(f, ref) : NULL;
	if (unlikely(!a || a->readers)) {
		return pin_slowly(t, ref, domid, readonly, mfn);
	}
	e = &f->shared[ref % GRANT_REFS_PER_FRAME];
	old = word_of(e);
	if (unlikely(!permits(old, domid, readonly) || !mark(e, &old, readonly))) {
		return pin_slowly(t, ref, domid, readonly, mfn);
	}
	record(a, e, domid);
	*mfn = count_user(a, readonly);
	spin_unlock(&t->lock);
	return GNTST_okay;
}

void grant_entry_unpin(struct grant_table *t, u32 ref, bool readonly)
{
	struct grant_frame *f;
	struct grant_active *a;
	u16 clear = 0;

	spin_lock(&t->lock);
	f = frame_of(t, ref);
	if (f) {
		a = active_of(f, ref);
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

/* Lock held. The first user of the frame's references from *@ref on. */
static const struct grant_active *next_active(struct grant_frame *f, u32 *ref)
{
	const struct grant_active *a;

	do {
		a = active_of(f, *ref);
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

void grant_record_not_shared(struct domain *cur, const struct domain *granter, u32 ref)
{
	refusal_record(cur, "grant_table_op", "guests may share with dom0 only, unless both were created with peers", granter->id.v, ref);
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
		ua = active_of(fa, a.v);
		ub = active_of(fb, b.v);
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
