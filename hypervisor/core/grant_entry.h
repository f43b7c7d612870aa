/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the grant_*.c files and the control interface's copies share: the granting side's table with its active entries, and the mapping side's map-track table.
 *
 * Locks. `lock` covers the granting side: frames, active entries, and the in-use bits of the shared entries. `track_lock` covers the
 * map-track table. Both are innermost here: neither is held while the other is taken, nor over a reference that may flush.
 *
 * An active entry exists once a reference is used; it records whom and which frame the shared entry named when the first user
 * came, and counts readers and writers. From then on it decides and the shared entry does not, save for the permission to write.
 */
#ifndef LAMINA_CORE_GRANT_ENTRY_H
#define LAMINA_CORE_GRANT_ENTRY_H

#include "core/domain.h"
#include "core/grant.h"
#include "lib/types.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "x86/page.h"
#include "x86/spinlock.h"

#define GRANT_REFS_PER_FRAME   (PAGE_SIZE / sizeof(struct grant_entry_v1))
#define GRANT_FRAMES_LIMIT     64u
#define GRANT_ACTIVE_PER_CHUNK 32u
#define GRANT_CHUNKS_PER_FRAME (GRANT_REFS_PER_FRAME / GRANT_ACTIVE_PER_CHUNK)
#define GRANT_USERS_MAX        0xffffu

struct grant_active {
	u32 mfn;       /* version 1 has 32-bit frame numbers */
	u16 readers;   /* users, writers included */
	u16 writers;
	u16 domid;
};

struct grant_frame {
	struct grant_entry_v1 *shared;                       /* the guest writes here at any time */
	struct grant_active *active[GRANT_CHUNKS_PER_FRAME]; /* allocated at the first use of one of its references */
};

/* One mapping. granter NULL: free. */
struct grant_track {
	struct domain *granter;  /* holds a reference */
	u32 ref;
	u32 mfn;                 /* holds a general, and unless read-only a writable type reference */
	u16 flags;               /* GNTMAP_* as mapped */
	u8 kinds;                /* of GNTMAP_host_map and GNTMAP_device_map, those not undone */
	u8 undoing;              /* kinds that an unmap works on */
	u32 next_free;
};

#define GRANT_TRACK_PER_CHUNK  56u  /* 1344 bytes, a size class of the heap */
#define GRANT_HANDLE_NONE      (~0u)

struct grant_table {
	spinlock_t lock;
	u32 frame_count;
	u32 max_frames;
	struct grant_frame *frames[GRANT_FRAMES_LIMIT];

	spinlock_t track_lock;
	struct grant_track **track;   /* chunks */
	u32 track_slots;
	u32 track_chunks;
	u32 track_limit;              /* handles */
	u32 track_made;               /* handles below this have been in use */
	u32 track_free;               /* list; GRANT_HANDLE_NONE ends */
	u32 track_used;
	u32 release_next;             /* progress of tear-down */
};

/* core/grant_entry.c */

/*
 * Becomes a user of @ref for domain @domid: checks the shared entry (or the active one), sets the in-use bits and tells the frame.
 * GNTST_*. Takes the lock.
 */
int grant_entry_pin(struct grant_table *t, u32 ref, u16 domid, bool readonly, mfn_t *mfn);
/* Undoes it. Does nothing once the table is gone. */
void grant_entry_unpin(struct grant_table *t, u32 ref, bool readonly);
/* The entry's frame as @granter's own with a general and, unless @readonly, a writable type reference. GNTST_*. */
static inline int grant_page_get(struct domain *granter, mfn_t mfn, bool readonly)
{
	struct page_info *pg = page_get_mfn(mfn, &granter->mem);

	if (unlikely(!pg)) {
		/* Device memory, a frame of somebody else, or no frame at all. */
		return GNTST_bad_page;
	}
	if (!readonly && unlikely(page_get_type(pg, PGT_WRITABLE, false))) {
		page_put(pg);
		return GNTST_bad_page;
	}
	return GNTST_okay;
}

static inline void grant_page_put(mfn_t mfn, bool readonly)
{
	struct page_info *pg = mfn_to_page(mfn);

	if (!readonly) {
		page_put_type(pg, false);
	}
	page_put(pg);
}

/* The domain with that number, referenced, if it can grant anything; @for_self: DOMID_SELF is @cur. NULL: none. */
static inline struct domain *grant_domain_get(struct domain *cur, u16 domid, bool for_self)
{
	struct domain *d;

	if (for_self && domid == DOMID_SELF_RAW) {
		domain_ref(cur);
		return cur;
	}
	d = domain_get(DOMID(domid));
	if (unlikely(!d)) {
		return NULL;
	}
	if (unlikely(domain_is_dying(d) || !d->grants)) {
		domain_put(d);
		return NULL;
	}
	return d;
}

/* Whether @cur may use what @granter grants (domain_may_share()); if not, the reason is recorded. */
void grant_record_not_shared(struct domain *cur, const struct domain *granter, u32 ref);
static inline bool grant_may_share(struct domain *cur, const struct domain *granter, u32 ref)
{
	if (likely(domain_may_share(cur, granter))) {
		return true;
	}
	grant_record_not_shared(cur, granter, ref);
	return false;
}

/* core/grant_track.c */

/* A free entry and its handle, which nobody can use before it is committed; NULL when there is no room. */
struct grant_track *grant_track_reserve(struct grant_table *t, u32 *handle);
/* Publishes it, all fields but `granter` filled in: it takes over the references they tell of. */
static inline void grant_track_commit(struct grant_track *e, struct domain *granter)
{
	__atomic_store_n(&e->granter, granter, __ATOMIC_RELEASE);
}
void grant_track_cancel(struct grant_table *t, struct grant_track *e, u32 handle);
/*
 * Claims those of @kinds of @handle that are mapped, *@claimed, for undoing; NULL: no such mapping. The entry keeps its contents until
 * the claim is settled.
 */
struct grant_track *grant_track_claim(struct grant_table *t, u32 handle, u32 kinds, u32 *claimed);
/* Gives a claim back (@undone false) or ends it; true when nothing of the mapping is left and the handle is free. */
bool grant_track_settle(struct grant_table *t, struct grant_track *e, u32 handle, u32 kinds, bool undone);
/* Tear-down: takes the mapping @handle out altogether. False: none. */
bool grant_track_take(struct grant_table *t, u32 handle, struct grant_track *copy);
void grant_track_free(struct grant_table *t);

#endif
