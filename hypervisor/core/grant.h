/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grant tables, version 1: a domain lets others map or copy single frames of its own. Version 2 is refused, which makes stock
 * kernels stay with 1. The shared table's frames are allocated as it grows; the map-track table of a mapping domain likewise.
 *
 * Rules that every path keeps: the shared entry is read once and the pinned state (grant.c's own counts) decides afterwards;
 * each mapping has exactly one map-track entry and unmap undoes exactly its kind; a frame is unmapped and flushed before the
 * granter sees the grant free.
 */
#ifndef LAMINA_CORE_GRANT_H
#define LAMINA_CORE_GRANT_H

#include "lib/types.h"
#include "public/grant_table.h"

struct domain;
struct grant_table;
struct grant_track;

int grant_init_domain(struct domain *d, u32 max_frames) __must_check;
/* Unmaps what @d has mapped of others, then frees the table; -ERESTART when preempted; -EBUSY never: a frame still mapped by others
 * keeps its page reference until they unmap. */
int grant_destroy_step(struct domain *d) __must_check;

/* Frees what grant_init_domain() made, when the last reference to @d has gone: mappings others had of it are over too. */
void grant_free_domain(struct domain *d);

/* Operations on copied-in ABI structs: status goes to op->status; never fail otherwise. @cur is the caller's domain. */
void grant_map(struct domain *cur, struct gnttab_map_grant_ref *op);
/*
 * Unmap in two phases so that one flush serves a batch: begin clears the PTE and remembers, finish (after the flush) drops
 * references and the granter's flag bits.
 */
struct grant_unmap {
	struct grant_track *track; /* whose kinds in `flags` are claimed; NULL: finish has nothing to do */
	u32 handle;
	u32 flags;                 /* GNTMAP_* the mapping was made with; of the kinds, those that are undone */
};
void grant_unmap_begin(struct domain *cur, struct gnttab_unmap_grant_ref *op, struct grant_unmap *un);
void grant_unmap_finish(struct domain *cur, struct grant_unmap *un);
void grant_copy(struct domain *cur, struct gnttab_copy *op);

/* A frame that is held for the time of a copy: it changes neither hands nor use meanwhile. */
struct grant_held {
	struct domain *owner;
	mfn_t mfn;
	u32 ref;
	bool readonly;
};
/*
 * Holds the frame that @h->owner, to whom the caller has a reference (grant_domain_get), has granted to @cur by @h->ref; unless
 * @h->readonly it may be written. GNTST_*.
 */
int grant_hold(struct domain *cur, struct grant_held *h);
void grant_release(struct grant_held *h);
/* Makes sure @frames shared frames exist. -EINVAL above the limit, -ENOMEM. */
int grant_grow(struct domain *d, u32 frames) __must_check;
u32 grant_frames(const struct domain *d);
/* Grants of others that @d has mapped. */
u32 grant_maps(const struct domain *d);
/* Mappings that @d has of @granter's frames, among its next @limit handles from *@next on, which advances; 0 at the end. */
struct grant_holding { u32 count, ref; mfn_t mfn; };
struct grant_holding grant_count_held(struct domain *d, const struct domain *granter, u32 *next, u32 limit);
/*
 * Looks for a reference of @d that somebody uses, from *@ref on, which advances. 1: *@ref is one; 0: none so far, go on there; -ENOENT:
 * the table ends before it. Bounded.
 */
struct grant_use { u16 domid, users, writers; mfn_t mfn; };
int grant_next_use(struct domain *d, u32 *ref, struct grant_use *out);
u32 grant_max_frames(const struct domain *d);
/* The machine frame of shared-table page @index; -EINVAL. */
int grant_frame_mfn(struct domain *d, u32 index, mfn_t *mfn) __must_check;
/* The builder's seed: entry @ref permits @grantee to access the frame that @d calls @mfn. */
int grant_seed(struct domain *d, grant_ref_t ref, domid_t grantee, mfn_t mfn) __must_check;
/* Exchanges the contents of two entries that nobody uses. GNTST_*. */
int grant_swap(struct domain *d, grant_ref_t a, grant_ref_t b);

/* What floor pv/ does for a mapping: writes or clears a guest PTE (pv/pt_grant.c). */
struct grant_pte_ops {
	/*
	 * Maps @mfn (owner and counts already referenced by the caller) at @host_addr: a virtual address, or the machine address of the
	 * PTE when @contains_pte; @flags are PTE bits. GNTST_*.
	 */
	int (*map)(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, u64 flags);
	/* Clears it if it still maps @mfn; GNTST_bad_virt_addr otherwise. The caller flushes. */
	int (*unmap)(struct domain *d, u64 host_addr, bool contains_pte, mfn_t mfn, bool writable);
};
extern const struct grant_pte_ops grant_pte_ops;

#endif
