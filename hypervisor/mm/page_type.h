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

struct page_owner;

/*
 * Takes a type reference of @type (PGT_*). The caller holds a general reference for as long as it holds the type reference.
 * 0; -EINVAL: in use as another type, or contents refused; -ERESTART: preempted (only if @preemptible); -EBUSY on overflow.
 * Interrupts enabled.
 */
int page_get_type(struct page_info *pg, u64 type, bool preemptible) __must_check;
/* Drops one. -ERESTART (only if @preemptible): call again; else 0. */
int page_put_type(struct page_info *pg, bool preemptible);

/* page_get() + page_get_type(), not preemptible. False: nothing was taken. */
bool page_get_and_type(struct page_info *pg, const struct page_owner *o, u64 type) __must_check;
void page_put_and_type(struct page_info *pg);

/* The bit lock in the type word, for changing the entries of a validated table. */
void page_lock(struct page_info *pg);
void page_unlock(struct page_info *pg);

/* What a type means, defined in pv/pt_validate.c. Both start at pg->progress and return -ERESTART after saving it there. */
struct page_type_ops {
	int (*validate)(struct page_info *pg, u64 type, bool preemptible);
	int (*devalidate)(struct page_info *pg, u64 type, bool preemptible);
};
extern const struct page_type_ops page_type_ops;

/* True when a long operation should stop and be re-issued (work is pending on this processor). */
bool hypercall_should_preempt(void);

#endif
