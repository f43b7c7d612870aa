/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mapping side's map-track table: one entry per mapping, its handle is its index. Chunks of entries are added when the last
 * free handle is taken; freed handles are reused last in, first out.
 *
 * An entry that is being filled in has no granter yet; storing it publishes the entry without the lock. Entries do not move.
 *
 * An entry is undone by kinds (a PTE, a device address). Whoever undoes a kind claims it first, so of two racing unmaps of one
 * handle exactly one proceeds; the entry's references go with the last kind.
 */
#include "core/grant_entry.h"
#include "core/ptr_slots.h"
#include "lib/log.h"
#include "lib/string.h"

#define CHUNK_BYTES (GRANT_TRACK_PER_CHUNK * sizeof(struct grant_track))
#define FIRST_SLOTS 8u

_Static_assert(sizeof(struct grant_track) <= 32, "map-track entries are many");

/* NULL: such a handle has never been given out; GRANT_HANDLE_NONE never is. Lock held. */
static inline struct grant_track *track_of(struct grant_table *t, u32 handle)
{
	if (unlikely(handle >= t->track_made)) {
		return NULL;
	}
	handle = (u32)index_nospec(handle, t->track_made);
	return &t->track[handle / GRANT_TRACK_PER_CHUNK][handle % GRANT_TRACK_PER_CHUNK];
}

/* One more chunk; the heap's locks nest inside ours. Lock held. */
static bool grow(struct grant_table *t)
{
	struct grant_track *chunk;

	if (t->track_chunks * GRANT_TRACK_PER_CHUNK >= t->track_limit) {
		return false;
	}
	chunk = heap_alloc(CHUNK_BYTES);
	if (!chunk) {
		return false;
	}
	if (t->track_chunks == t->track_slots) {
		u32 slots = MAX(t->track_slots * 2, FIRST_SLOTS);
		struct grant_track **table = ptr_slots_alloc(slots);

		if (!table) {
			heap_free(chunk, CHUNK_BYTES);
			return false;
		}
		if (t->track) {
			memcpy(table, t->track, t->track_chunks * sizeof(*table));
			ptr_slots_free(t->track, t->track_slots);
		}
		t->track = table;
		t->track_slots = slots;
	}
	t->track[t->track_chunks++] = chunk;
	return true;
}

/* The next entry that has never been used; NULL when there is no room. Lock held. */
static __attribute__((noinline)) struct grant_track *make_entry(struct grant_table *t, u32 *handle)
{
	if (t->track_made >= t->track_chunks * GRANT_TRACK_PER_CHUNK && !grow(t)) {
		return NULL;
	}
	*handle = t->track_made++;
	return track_of(t, *handle);
}

struct grant_track *grant_track_reserve(struct grant_table *t, u32 *handle)
{
	struct grant_track *e;

	spin_lock(&t->track_lock);
	*handle = t->track_free;
	e = track_of(t, *handle);
	if (likely(e)) {
		t->track_free = e->next_free;
	} else {
		e = make_entry(t, handle);
	}
	t->track_used += e != NULL;
	spin_unlock(&t->track_lock);
	return e;
}

/* Lock held. */
static inline void put_free(struct grant_table *t, struct grant_track *e, u32 handle)
{
	BUG_ON(t->track_used == 0);
	*e = (struct grant_track){ .next_free = t->track_free };
	t->track_free = handle;
	t->track_used--;
}

void grant_track_cancel(struct grant_table *t, struct grant_track *e, u32 handle)
{
	spin_lock(&t->track_lock);
	put_free(t, e, handle);
	spin_unlock(&t->track_lock);
}

struct grant_track *grant_track_claim(struct grant_table *t, u32 handle, u32 kinds, u32 *claimed)
{
	struct grant_track *e;

	*claimed = 0;
	spin_lock(&t->track_lock);
	e = track_of(t, handle);
	if (likely(e && __atomic_load_n(&e->granter, __ATOMIC_ACQUIRE))) {
		*claimed = e->kinds & kinds & (u8)~e->undoing;
		e->undoing |= *claimed;
	}
	spin_unlock(&t->track_lock);
	return *claimed ? e : NULL;
}

bool grant_track_settle(struct grant_table *t, struct grant_track *e, u32 handle, u32 kinds, bool undone)
{
	bool gone;

	spin_lock(&t->track_lock);
	BUG_ON(!e->granter || (e->undoing & kinds) != kinds);
	e->undoing &= ~kinds;
	if (undone) {
		e->kinds &= ~kinds;
	}
	gone = e->kinds == 0;
	if (gone) {
		put_free(t, e, handle);
	}
	spin_unlock(&t->track_lock);
	return gone;
}

bool grant_track_take(struct grant_table *t, u32 handle, struct grant_track *copy)
{
	struct grant_track *e;
	bool found;

	spin_lock(&t->track_lock);
	e = track_of(t, handle);
	found = e && e->granter;
	if (found) {
		*copy = *e;
		put_free(t, e, handle);
	}
	spin_unlock(&t->track_lock);
	return found;
}

struct grant_holding grant_count_held(struct domain *d, const struct domain *granter, u32 *next, u32 limit)
{
	struct grant_table *t = d->grants;
	struct grant_holding found = { .count = 0 };
	const struct grant_track *e;
	u32 n = 0;

	spin_lock(&t->track_lock);
	for (; n < limit && (e = track_of(t, *next)); n++, (*next)++) {
		if (e->granter == granter) {
			found.count++;
			found.ref = e->ref;
			found.mfn = MFN(e->mfn);
		}
	}
	if (*next >= t->track_made) {
		*next = 0;
	}
	spin_unlock(&t->track_lock);
	return found;
}

void grant_track_free(struct grant_table *t)
{
	struct grant_track **track;
	u32 slots, chunks, i;

	spin_lock(&t->track_lock);
	track = t->track;
	slots = t->track_slots;
	chunks = t->track_chunks;
	t->track = NULL;
	t->track_slots = 0;
	t->track_chunks = 0;
	t->track_made = 0;
	t->track_limit = 0;
	t->track_free = GRANT_HANDLE_NONE;
	spin_unlock(&t->track_lock);
	for (i = 0; i < chunks; i++) {
		heap_free(track[i], CHUNK_BYTES);
	}
	ptr_slots_free(track, slots);
}
