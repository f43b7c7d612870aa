/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of page owners, and giving back everything a dead domain owned.
 *
 * Look-up is two array reads; the second level is allocated when the first domain of its 512 ids appears and stays. Rows are set
 * and cleared under table_lock and read without: an owner is unregistered only when no frame names it.
 *
 * Giving back takes the frames one by one from the head of the list: undoes its pin or interrupted validation, moves it to the list
 * of retired frames and drops the owner's reference. A frame that tables or other domains still reference leaves when they let go.
 */
#include "mm/owner.h"

#include "lib/errno.h"
#include "lib/log.h"
#include "mm/frame_table.h"
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
		o->dying = true;
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

int owner_relinquish(struct page_owner *o)
{
	struct page_info *pg;

	while ((pg = first_page(o)) != NULL) {
		int err = undo_types(pg);

		if (!err) {
			owner_page_retire(o, pg);
			page_release(pg);
		}
		page_put(pg);
		if (err) {
			return err;
		}
		if (hypercall_should_preempt()) {
			return o->list_head ? -ERESTART : 0;
		}
	}
	return 0;
}
