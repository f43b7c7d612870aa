/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page owners: what the memory floor knows of a domain. struct domain embeds one as `mem`; frames name it by domain id
 * through a table, so that the last reference to a frame finds its way home.
 */
#ifndef LAMINA_MM_OWNER_H
#define LAMINA_MM_OWNER_H

#include "lib/types.h"
#include "x86/smp.h"
#include "x86/spinlock.h"

struct page_owner {
	domid_t id;
	bool dying;              /* no further frames are given out */
	bool types_undone;       /* what follows: progress of owner_relinquish() */
	u32 undo_at;             /* the frame whose turn it is, referenced; 0: none */
	spinlock_t lock;         /* list and counts; heap_lock nests inside */
	u32 list_head;           /* owned frames through page_info.next/prev; 0 ends (frame 0 is never given out) */
	u32 retired_head;        /* frames (PGC_RETIRED) that tear-down has let go and others still reference */
	u32 tot_pages;           /* frames on both lists; ABI-visible */
	u32 special_pages;       /* PGC_SPECIAL frames not yet freed */
	u64 max_pages;
	u64 claimed_pages;       /* promised but not yet allocated */
	struct cpumask dirty_cpus; /* processors that may hold TLB entries of this domain's tables; set by the scheduler */
};

/* Makes @o known under o->id, before its first frame. -ENOMEM. */
int owner_register(struct page_owner *o) __must_check;
/* Forgets it; it must own nothing. */
void owner_unregister(struct page_owner *o);
/* The owner with @id; NULL if there is none. It stays valid while it owns a frame that the caller references. */
#define OWNER_IDS_PER_LEAF 512
#define OWNER_LEAVES       64
extern struct page_owner **owner_leaves[OWNER_LEAVES];
static inline struct page_owner *owner_find(u16 id)
{
	struct page_owner **rows;

	if (unlikely(id >= OWNER_LEAVES * OWNER_IDS_PER_LEAF)) {
		return NULL;
	}
	rows = READ_ONCE(owner_leaves[id / OWNER_IDS_PER_LEAF % OWNER_LEAVES]);
	return likely(rows) ? READ_ONCE(rows[id % OWNER_IDS_PER_LEAF]) : NULL;
}
/* True when no frame names @o any more. */
static inline bool owner_is_empty(const struct page_owner *o)
{
	return READ_ONCE(o->tot_pages) == 0 && READ_ONCE(o->special_pages) == 0;
}

/*
 * Gives back every frame: pins and own type references go first, then the owner's references. Frames that others still reference
 * stay until those let go. -ERESTART when preempted. No vCPU of the domain may run or hold tables.
 */
int owner_relinquish(struct page_owner *o) __must_check;

#endif
