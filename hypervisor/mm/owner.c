/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of page owners, and giving back everything a dead domain owned.
 *
 * Look-up is two array reads; the second level is allocated when the first domain of its 512 ids appears and stays. Rows are set
 * and cleared under table_lock and read without: an owner is unregistered only when no frame names it.
 *
 * Giving back first undoes all pins and interrupted validations, so that no table of the owner's own holds a frame any more, then takes
 * the frames from the head of the list. One that only the owner holds goes to the heap, together with those next to it. Others move to
 * the list of retired frames and lose the owner's reference. A frame that tables or other domains still reference leaves when they let go.
 */
#include "mm/owner.h"

#include "lib/errno.h"
#include "lib/log.h"
#include "mm/frame_table.h"
#include "mm/heap_blocks.h"
#include "mm/page_alloc.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"

struct page_owner **owner_leaves[OWNER_LEAVES];
static spinlock_t table_lock;

int owner_register(struct page_owner *o)
{
	u32 leaf = o->id.v / OWNER_IDS_PER_LEAF;
	struct page_owner **rows = owner_leaves[leaf];

	if (!rows) {
		rows = heap_alloc_pages(0);
		if (!rows) {
			return -ENOMEM;
		}
	}
	spin_lock(&table_lock);
	if (!owner_leaves[leaf]) {
		owner_leaves[leaf] = rows;
		rows = NULL;
	} else if (owner_leaves[leaf] == rows) {
		rows = NULL;
	}
	BUG_ON(owner_leaves[leaf][o->id.v % OWNER_IDS_PER_LEAF]);
	owner_leaves[leaf][o->id.v % OWNER_IDS_PER_LEAF] = o;
	spin_unlock(&table_lock);
	if (rows) {
		heap_free_pages(rows, 0);
	}
	return 0;
}

void owner_unregister(struct page_owner *o)
{
	BUG_ON(!owner_is_empty(o));
	spin_lock(&table_lock);
	owner_leaves[o->id.v / OWNER_IDS_PER_LEAF][o->id.v % OWNER_IDS_PER_LEAF] = NULL;
	spin_unlock(&table_lock);
}

#define UNDO_LOOKS 256 /* frames of the list under one hold of its lock */

/* Undoes the pin and the interrupted validation of one frame. -ERESTART. */
static int undo_types(struct page_info *pg)
{
	int err = page_drop_pin(pg);

	return !err || err == -EINVAL ? page_finish_undo(pg, true, true) : err;
}

/* The first frame of the list with a reference; NULL when the list is empty. */
static struct page_info *first_page(struct page_owner *o)
{
	for (;;) {
		struct page_info *pg = NULL;
		bool got = false;

		spin_lock(&o->lock);
		if (o->list_head) {
			pg = mfn_to_page(MFN(o->list_head));
			got = page_ref(pg);
		}
		spin_unlock(&o->lock);
		if (!pg || got) {
			return pg;
		}
		cpu_relax(); /* another processor is freeing it and waits for the lock */
	}
}

/*
 * Moves on to the next frame of the list whose types may have to be undone. It passes some that have nothing to undo under one hold of
 * the lock, not all: the last of them counts then.
 */
static void undo_advance(struct page_owner *o)
{
	struct page_info *was = o->undo_at ? mfn_to_page(MFN(o->undo_at)) : NULL, *pg;
	u32 looks = 0, at, next;

	spin_lock(&o->lock);
	/* Referenced, so it is still on the list. */
	next = was ? was->next : o->list_head;
	o->undo_at = 0;
	for (at = next; at; at = next, looks++) {
		pg = mfn_to_page(MFN(at));
		next = pg->next;
		if ((READ_ONCE(pg->type) & (PGT_PINNED | PGT_PARTIAL)) || looks >= UNDO_LOOKS - 1 || !next) {
			/* One without references is about to leave the list. */
			if (page_ref(pg)) {
				o->undo_at = at;
				break;
			}
		}
	}
	o->types_undone = !o->undo_at;
	spin_unlock(&o->lock);
	if (was) {
		page_put(was);
	}
}

/* -ERESTART. */
static int undo_all_types(struct page_owner *o)
{
	int err;

	while (!o->types_undone) {
		err = o->undo_at ? undo_types(mfn_to_page(MFN(o->undo_at))) : 0;
		if (err) {
			return err;
		}
		undo_advance(o);
		if (hypercall_should_preempt()) {
			return -ERESTART;
		}
	}
	return 0;
}

/* Frames in a row on their way to the heap: together they cost little more than one. */
struct frame_run { u64 first, count; };
#define RUN_FRAMES 512u

static void run_give(struct frame_run *run)
{
	if (run->count) {
		heap_give_frames(run->first, run->count);
		run->count = 0;
	}
}

/* The list has the frames of an extent downwards. */
static void run_add(struct frame_run *run, u64 mfn)
{
	if (mfn + 1 != run->first) {
		run_give(run);
	}
	run->first = mfn;
	run->count++;
	if (mfn % RUN_FRAMES == 0) {
		run_give(run);
	}
}

static int relinquish_held(struct page_owner *o, struct page_info *pg)
{
	int err = undo_types(pg);

	if (!err) {
		owner_page_retire(o, pg);
		page_release(pg);
	}
	page_put(pg);
	return err;
}

int owner_relinquish(struct page_owner *o)
{
	struct frame_run run = { 0, 0 };
	struct page_info *pg;
	int err;

	spin_lock(&o->lock);
	o->dying = true;
	spin_unlock(&o->lock);
	err = undo_all_types(o);
	if (err) {
		return err;
	}
	do {
		pg = owner_page_take(o);
		if (pg) {
			run_add(&run, page_to_mfn(pg).v);
			continue;
		}
		pg = first_page(o);
		if (!pg) {
			break;
		}
		err = relinquish_held(o, pg);
	} while (!err && !hypercall_should_preempt());
	run_give(&run);
	return err ? err : o->list_head ? -ERESTART : 0;
}
