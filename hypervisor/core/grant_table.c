/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The granting side's table: its life, growth, and the builder's access. A frame of shared entries comes with the records of its
 * active entries; both stay until the domain dies, because others may hold what they were granted.
 *
 * The struct itself lives as long as struct domain: a mapping holds a reference to its granter and finds an empty table there when
 * the granter has been torn down.
 */
#include "core/grant_entry.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/page_alloc.h"
#include "mm/page_type.h"

#define TRACK_LIMIT_PRIVILEGED (1u << 18)
#define TRACK_LIMIT            (1u << 14)
#define ACTIVE_CHUNK_BYTES     (GRANT_ACTIVE_PER_CHUNK * sizeof(struct grant_active))

int grant_init_domain(struct domain *d, u32 max_frames)
{
	struct grant_table *t;

	if (max_frames == 0 || max_frames > GRANT_FRAMES_LIMIT) {
		return -EINVAL;
	}
	t = heap_alloc(sizeof(*t));
	if (!t) {
		return -ENOMEM;
	}
	t->lock = SPINLOCK_INIT;
	t->track_lock = SPINLOCK_INIT;
	t->max_frames = max_frames;
	t->track_limit = d->privileged ? TRACK_LIMIT_PRIVILEGED : TRACK_LIMIT;
	t->track_free = GRANT_HANDLE_NONE;
	d->grants = t;
	return 0;
}

static void frame_free(struct grant_frame *f)
{
	u32 i;

	for (i = 0; i < GRANT_CHUNKS_PER_FRAME; i++) {
		if (f->active[i]) {
			heap_free(f->active[i], ACTIVE_CHUNK_BYTES);
		}
	}
	if (f->shared) {
		special_page_free(f->shared);
	}
	heap_free(f, sizeof(*f));
}

/* Adds one frame unless there are @frames by now. */
static int grow_one(struct domain *d, u32 frames)
{
	struct grant_table *t = d->grants;
	struct grant_frame *f = heap_alloc(sizeof(*f));

	if (!f) {
		return -ENOMEM;
	}
	f->shared = special_page_alloc(&d->mem, true);
	if (!f->shared) {
		frame_free(f);
		return -ENOMEM;
	}
	spin_lock(&t->lock);
	if (t->frame_count < frames && !domain_is_dying(d)) {
		t->frames[t->frame_count++] = f;
		f = NULL;
	}
	spin_unlock(&t->lock);
	if (f) {
		frame_free(f);
	}
	return domain_is_dying(d) ? -ESRCH : 0;
}

int grant_grow(struct domain *d, u32 frames)
{
	if (frames > d->grants->max_frames) {
		return refuse(d, -EINVAL, "GNTTABOP_setup_table", "more frames than the domain may have", frames,
			      d->grants->max_frames);
	}
	while (grant_frames(d) < frames) {
		int err = grow_one(d, frames);

		if (err) {
			return err;
		}
	}
	return 0;
}

u32 grant_frames(const struct domain *d)
{
	return READ_ONCE(d->grants->frame_count);
}

u32 grant_maps(const struct domain *d)
{
	return READ_ONCE(d->grants->track_used);
}

u32 grant_max_frames(const struct domain *d)
{
	return d->grants->max_frames;
}

int grant_frame_mfn(struct domain *d, u32 index, mfn_t *mfn)
{
	struct grant_table *t = d->grants;
	int err = -EINVAL;

	spin_lock(&t->lock);
	if (index < t->frame_count) {
		*mfn = virt_to_mfn(t->frames[index_nospec(index, t->frame_count)]->shared);
		err = 0;
	}
	spin_unlock(&t->lock);
	return err;
}

int grant_seed(struct domain *d, grant_ref_t ref, domid_t grantee, mfn_t mfn)
{
	struct grant_table *t = d->grants;
	struct grant_entry_v1 *e;
	int err;

	if (mfn.v > UINT32_MAX) {
		return -EINVAL;
	}
	err = grant_grow(d, 1);
	if (err) {
		return err;
	}
	err = -EINVAL;
	spin_lock(&t->lock);
	if (ref.v < t->frame_count * GRANT_REFS_PER_FRAME) {
		u32 frame = ref.v / GRANT_REFS_PER_FRAME;

		e = &t->frames[frame]->shared[ref.v % GRANT_REFS_PER_FRAME];
		err = -EBUSY;
		if (READ_ONCE(e->flags) == GTF_invalid) {
			WRITE_ONCE(e->domid, grantee.v);
			WRITE_ONCE(e->frame, (u32)mfn.v);
			/* Pairs with the guest's and our own read of flags before the rest. */
			__atomic_store_n(&e->flags, GTF_permit_access, __ATOMIC_RELEASE);
			err = 0;
		}
	}
	spin_unlock(&t->lock);
	return err;
}

/* Undoes what @d has mapped of others. Its page tables are gone or will never be loaded again. */
static int release_mappings(struct domain *d)
{
	struct grant_table *t = d->grants;
	struct grant_track e;

	while (t->release_next < READ_ONCE(t->track_made)) {
		if (grant_track_take(t, t->release_next++, &e)) {
			bool readonly = e.flags & GNTMAP_readonly;

			grant_page_put(MFN(e.mfn), readonly);
			grant_entry_unpin(e.granter->grants, e.ref, readonly);
			domain_put(e.granter);
		}
		if (t->release_next % GRANT_TRACK_PER_CHUNK == 0 && hypercall_should_preempt()) {
			return -ERESTART;
		}
	}
	return 0;
}

int grant_destroy_step(struct domain *d)
{
	struct grant_table *t = d->grants;
	int err;

	BUG_ON(d->state == DOMAIN_ALIVE);
	if (!t) {
		return 0;
	}
	err = release_mappings(d);
	if (err) {
		return err;
	}
	BUG_ON(t->track_used);
	grant_track_free(t);
	for (;;) {
		struct grant_frame *f = NULL;

		spin_lock(&t->lock);
		if (t->frame_count) {
			f = t->frames[--t->frame_count];
			t->frames[t->frame_count] = NULL;
		}
		spin_unlock(&t->lock);
		if (!f) {
			return 0;
		}
		frame_free(f);
	}
}

void grant_free_domain(struct domain *d)
{
	struct grant_table *t = d->grants;

	if (!t) {
		return;
	}
	BUG_ON(t->frame_count || t->track_used);
	d->grants = NULL;
	heap_free(t, sizeof(*t));
}
