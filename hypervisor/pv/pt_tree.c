/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree of page tables of a process, read-only and pinned, or writable again, in one preemptible call (docs/abi/extensions.md, EXT).
 *
 * The walk goes through the lower half of the L4 by address, each table before those below it. Its position is an address and the level of
 * the table to be looked at there, so that it can stop anywhere and go on with nothing kept here. The tables belong to the guest, which may
 * change them meanwhile: every step starts at the root, holds a reference while it reads a table, and finds whatever is there. What the
 * tables may be is decided by the type machine alone.
 */
#include "pv/pt_tree.h"

#include "core/domain.h"
#include "core/refusal.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "mm/m2p.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pt_scan.h"
#include "x86/pcpu.h"

#define LOWER_HALF_END (1ULL << 47)
#define LEVEL_BITS     3 /* of lamina_tree.next: 3 - level */

enum pin_phase { PIN_TABLES, PIN_ROOT, PIN_USER_ROOT };
enum unpin_phase { UNPIN_ROOT, UNPIN_USER_ROOT, UNPIN_TABLES, UNPIN_WRITABLE };

/* What one table of @level maps. */
static u64 table_span(int level)
{
	return 1ULL << (PAGE_SHIFT + 9 * level);
}

/* The mapping of frame @mfn in the guest's direct map becomes writable or stops being so. */
static int set_alias(struct domain *d, const struct lamina_tree *t, mfn_t mfn, bool writable)
{
	struct pt_context ctx = { d, d };
	u64 va = t->direct_map + (m2p_get(mfn) << PAGE_SHIFT);
	struct page_info *l1;
	pte_t *slot = guest_range_ok(va, PAGE_SIZE) ? pt_find_lock_l1e(va, &l1) : NULL;
	int err = -EINVAL;
	pte_t old;

	if (!slot) {
		return refuse(d, err, "extension (tree)", "the direct map has no entry for the table", va, mfn.v);
	}
	old = READ_ONCE(*slot);
	if ((old & PTE_P) && mfn_eq(pte_mfn(old), mfn)) {
		err = pt_set_l1e(&ctx, slot, writable ? old | PTE_RW : old & ~PTE_RW, PT_STORE_PRESERVE_AD, 0);
	} else {
		refusal_record(d, "extension (tree)", "the direct map leads to another frame", va, mfn.v);
	}
	page_unlock(l1);
	return err;
}

/* The first present entry of @table from @i on; *e is it. PTES_PER_PAGE if there is none or the frame is not the domain's. */
static unsigned int find_entry(struct domain *d, mfn_t table, unsigned int i, pte_t *e)
{
	struct page_info *pg = page_get_mfn(table, &d->mem);
	const pte_t *entries;

	if (!pg) {
		return PTES_PER_PAGE;
	}
	entries = mfn_to_virt(table);
	i = pt_next_present(entries, i);
	if (i < PTES_PER_PAGE) {
		*e = READ_ONCE(entries[i]);
	}
	page_put(pg);
	return i;
}

/* The next position after the table of @level at @va. */
static u64 position_after(u64 va, int level)
{
	va += table_span(level);
	while (level < LEVEL_BITS && !(va & (table_span(level + 1) - 1))) {
		level++;
	}
	return va | (u64)(LEVEL_BITS - level);
}

/* Finds the table at or after position t->next: 1, with its address, level and frame, 0 at the end. t->next becomes its position. */
static int find_table(struct domain *d, struct lamina_tree *t, u64 *va, int *level, mfn_t *mfn)
{
	while (t->next < LOWER_HALF_END) {
		u64 at = t->next & PAGE_MASK;
		int want = LEVEL_BITS - (int)(t->next & 3), above = 4;
		mfn_t table = MFN(t->root);
		pte_t e = 0;

		if (want < 1 || (at & (table_span(want) - 1))) {
			return -EINVAL;
		}
		/* Down to the table whose entries lead to tables of the wanted level, as far as there is one. */
		while (above > want + 1 && find_entry(d, table, va_index(at, above), &e) == va_index(at, above)) {
			table = pte_mfn(e);
			above--;
		}
		if (above == want + 1) {
			unsigned int i = find_entry(d, table, va_index(at, above), &e);

			if (i < PTES_PER_PAGE) {
				*va = (at & ~(table_span(above) - 1)) + i * table_span(want);
				t->next = *va | (u64)(LEVEL_BITS - want);
				*level = want;
				*mfn = pte_mfn(e);
				return *va < LOWER_HALF_END;
			}
		}
		if (above == 4) {
			return 0;
		}
		t->next = position_after(at & ~(table_span(above) - 1), above);
	}
	return 0;
}

/* Adds a table to the guest's list. */
static int note(struct lamina_tree *t, mfn_t mfn)
{
	u64 pfn = m2p_get(mfn);

	if (guest_copy_out(guest_elem(GVA(t->tables), t->count, sizeof(pfn)), &pfn, sizeof(pfn))) {
		return -EFAULT;
	}
	t->count++;
	return 0;
}

static int pin_table(struct domain *d, const struct lamina_tree *t, mfn_t mfn, int level)
{
	int err = set_alias(d, t, mfn, false);

	/* At once, so that nobody finds it read-only and not yet a table for long. */
	return err || level > 1 ? err : pt_pin(d, mfn, 1);
}

static int unpin_table(struct domain *d, const struct lamina_tree *t, mfn_t mfn, int level)
{
	int err = level > 1 ? 0 : pt_unpin(d, mfn);

	return err ? err : set_alias(d, t, mfn, true);
}

/* -EAGAIN: the array is full. */
static int walk(struct domain *d, struct lamina_tree *t,
		int (*act)(struct domain *d, const struct lamina_tree *t, mfn_t mfn, int level))
{
	mfn_t mfn;
	u64 va;
	int level, err;

	while ((err = find_table(d, t, &va, &level, &mfn)) > 0) {
		if (t->count >= t->room) {
			return -EAGAIN;
		}
		err = act(d, t, mfn, level);
		err = err ? err : note(t, mfn);
		if (err) {
			return err;
		}
		t->next = level > 1 ? va | (u64)(LEVEL_BITS - level + 1) : position_after(va, level);
		if (hypercall_should_preempt()) {
			return -ERESTART;
		}
	}
	return err;
}

static int pin_root(struct domain *d, const struct lamina_tree *t, u64 root)
{
	int err = set_alias(d, t, MFN(root), false);

	return err ? err : pt_pin(d, MFN(root), 4);
}

int pt_tree_pin(struct domain *d, struct lamina_tree *t)
{
	int err = 0;

	while (!err && t->phase != LAMINA_TREE_DONE) {
		switch (t->phase) {
		case PIN_TABLES:
			err = walk(d, t, pin_table);
			break;
		case PIN_ROOT:
			err = pin_root(d, t, t->root);
			break;
		case PIN_USER_ROOT:
			err = t->user_root ? pin_root(d, t, t->user_root) : 0;
			break;
		default:
			return -EINVAL;
		}
		if (!err) {
			t->phase = t->phase == PIN_USER_ROOT ? LAMINA_TREE_DONE : t->phase + 1;
		}
	}
	return err == -EAGAIN ? 0 : err;
}

int pt_tree_unpin(struct domain *d, struct lamina_tree *t)
{
	int err = 0;

	while (!err && t->phase != LAMINA_TREE_DONE) {
		switch (t->phase) {
		case UNPIN_ROOT:
			err = pt_unpin(d, MFN(t->root));
			break;
		case UNPIN_USER_ROOT:
			err = t->user_root ? pt_unpin(d, MFN(t->user_root)) : 0;
			break;
		case UNPIN_TABLES:
			err = walk(d, t, unpin_table);
			break;
		case UNPIN_WRITABLE:
			err = set_alias(d, t, MFN(t->root), true);
			err = err || !t->user_root ? err : set_alias(d, t, MFN(t->user_root), true);
			break;
		default:
			return -EINVAL;
		}
		if (!err) {
			t->phase = t->phase == UNPIN_WRITABLE ? LAMINA_TREE_DONE : t->phase + 1;
		}
	}
	return err == -EAGAIN ? 0 : err;
}
