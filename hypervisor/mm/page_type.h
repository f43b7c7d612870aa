/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types of frames: the heart of direct paging (docs/design/page-types.md).
 *
 * A frame is at any time of one type: none, page table L1..L4, segment descriptors, or writable. Each use as that type holds a
 * type reference. The type may change only while there are none. Thus a frame in use as a table or for descriptors has no
 * writable mapping anywhere. Turning into a table or descriptor page validates the contents (page_type_ops, defined by pv/),
 * giving up the last reference devalidates them; both are interruptible: the page is then PARTIAL, holds one type and one general
 * reference of its own, and whoever wants that type (or undoes it) goes on where it stopped.
 *
 * Before a formerly writable frame takes another type, every processor that may hold a writable translation flushes.
 */
#ifndef LAMINA_MM_PAGE_TYPE_H
#define LAMINA_MM_PAGE_TYPE_H

#include "lib/types.h"
#include "mm/frame_table.h"
#include "mm/page_ref.h"
#include "x86/pcpu.h"

struct page_owner;

/*
 * Takes a type reference of @type (PGT_*). The caller holds a general reference for as long as it holds the type reference.
 * 0; -EINVAL: in use as another type, or contents refused; -ERESTART: preempted (only if @preemptible); -EBUSY on overflow.
 * Interrupts enabled.
 */
static inline __must_check int page_get_type(struct page_info *pg, u64 type, bool preemptible);
/*
 * Drops one. -ERESTART (only if @preemptible): the reference is gone, but contents are still being devalidated: page_finish_undo()
 * goes on. The general reference that went with it may be dropped in either case.
 */
static inline int page_put_type(struct page_info *pg, bool preemptible);

/* page_get() + page_get_type(), not preemptible. False: nothing was taken. */
bool page_get_and_type(struct page_info *pg, const struct page_owner *o, u64 type) __must_check;
void page_put_and_type(struct page_info *pg);

/*
 * Pins: one type and one general reference that the frame keeps for itself. page_pin() takes over both from the caller; -EINVAL if it is
 * pinned already (nothing taken). page_drop_pin() gives both up: -EINVAL if it was not pinned; -ERESTART: call again to finish.
 */
int page_pin(struct page_info *pg) __must_check;
int page_drop_pin(struct page_info *pg);
/*
 * Goes on with an interrupted devalidation of @pg, or (@also_unfinished) undoes an interrupted validation too; 0 when there is none.
 * The caller holds a general reference. -ERESTART if @preemptible: call again.
 */
int page_finish_undo(struct page_info *pg, bool also_unfinished, bool preemptible);

/* The bit lock in the type word, for changing the entries of a validated table. */
void page_lock(struct page_info *pg);
static inline void page_unlock(struct page_info *pg)
{
	__atomic_fetch_and(&pg->type, ~PGT_LOCKED, __ATOMIC_RELEASE);
}
/*
 * Locks @pg if it is a validated page table of any level owned by @o; returns its type, or 0 with nothing locked. A table in use
 * cannot lose its type while locked, so no reference is needed.
 */
u64 page_lock_table(struct page_info *pg, const struct page_owner *o);
/* The same for level 1 alone: false if @pg is something else. */
static inline __must_check bool page_lock_l1(struct page_info *pg, const struct page_owner *o);

/* What a type means, defined in pv/pt_validate.c. Both start at pg->progress and return -ERESTART after saving it there. */
struct page_type_ops {
	int (*validate)(struct page_info *pg, u64 type, bool preemptible);
	int (*devalidate)(struct page_info *pg, u64 type, bool preemptible);
};
extern const struct page_type_ops page_type_ops;

/* True when a long operation should stop and be re-issued (work is pending on this processor). */
static inline bool hypercall_should_preempt(void)
{
	return unlikely(READ_ONCE(this_pcpu()->work) != 0);
}

/* The rest of page_get_type(), page_put_type() and page_lock_l1(): first and last references, other states. */
int page_get_type_slowly(struct page_info *pg, u64 type, bool preemptible) __must_check;
int page_put_type_slowly(struct page_info *pg, bool preemptible);
bool page_lock_l1_slowly(struct page_info *pg, const struct page_owner *o) __must_check;

static inline bool page_lock_l1(struct page_info *pg, const struct page_owner *o)
{
	u64 x = READ_ONCE(pg->type);

	if (unlikely((x & (PGT_TYPE_MASK | PGT_VALIDATED | PGT_LOCKED)) != (PGT_L1 | PGT_VALIDATED)) ||
	    unlikely(!__atomic_compare_exchange_n(&pg->type, &x, x | PGT_LOCKED, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		return page_lock_l1_slowly(pg, o);
	}
	if (unlikely(page_owner(pg) != o->id.v)) {
		page_unlock(pg);
		return false;
	}
	return true;
}

static inline int page_get_type(struct page_info *pg, u64 type, bool preemptible)
{
	u64 x = READ_ONCE(pg->type);

	/* In use as that type already; a frame that was writable last has kept VALIDATED, and 0 is as good as any count. */
	if (likely((x & (PGT_TYPE_MASK | PGT_VALIDATED)) == (type | PGT_VALIDATED) && (u32)x < PAGE_COUNT_LIMIT) &&
	    likely(__atomic_compare_exchange_n(&pg->type, &x, x + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		return 0;
	}
	return page_get_type_slowly(pg, type, preemptible);
}

static inline int page_put_type(struct page_info *pg, bool preemptible)
{
	u64 x = READ_ONCE(pg->type);

	if (likely((u32)x > 1) &&
	    likely(__atomic_compare_exchange_n(&pg->type, &x, x - 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		return 0;
	}
	return page_put_type_slowly(pg, preemptible);
}

#endif
