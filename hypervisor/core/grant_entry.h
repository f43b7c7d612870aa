/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the grant_*.c files share: the granting side's table with its active entries, and the mapping side's map-track table.
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
int grant_page_get(struct domain *granter, mfn_t mfn, bool readonly);
void grant_page_put(mfn_t mfn, bool readonly);

/* core/grant_track.c */

/* A handle that nobody can name yet; GRANT_HANDLE_NONE when there is no room. */
u32 grant_track_reserve(struct grant_table *t);
/* Publishes it: takes over the references that *@entry tells of. */
void grant_track_commit(struct grant_table *t, u32 handle, const struct grant_track *entry);
void grant_track_cancel(struct grant_table *t, u32 handle);
/* Claims the @kinds of @handle that are mapped, for undoing, and copies the entry. False: no such mapping. */
bool grant_track_claim(struct grant_table *t, u32 handle, u32 kinds, struct grant_track *copy);
/* Gives a claim back (@undone false) or ends it; true when nothing of the mapping is left and the handle is free. */
bool grant_track_settle(struct grant_table *t, u32 handle, u32 kinds, bool undone);
/* Tear-down: takes the mapping @handle out altogether. False: none. */
bool grant_track_take(struct grant_table *t, u32 handle, struct grant_track *copy);
void grant_track_free(struct grant_table *t);

#endif
