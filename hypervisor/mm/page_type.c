/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The type machine: see page_type.h. One 64-bit word per frame, changed by compare-and-exchange only.
 *
 * States of the word (count, flags):
 *   0, -                  free to take any type
 *   n, VALIDATED          in use; LOCKED comes and goes while an entry is being changed
 *   1, LOCKED             one processor is validating or devalidating; others who want the type wait for it
 *   1, PARTIAL            validation was interrupted after page_info.progress entries
 *   1, PARTIAL|UNDOING    devalidation was interrupted; entries below progress are still counted
 *   1, PARTIAL|FAILED     an entry was refused and undoing the others was interrupted
 * A PARTIAL frame holds the one type reference and a general reference for itself; whoever was interrupted holds neither any more.
 * Taking it over (PARTIAL off, LOCKED on) makes both the new holder's. Writable frames need no validation: VALIDATED is set from the start.
 */
#include "mm/page_type.h"

#include "lib/errno.h"
#include "lib/log.h"
#include "mm/owner.h"
#include "mm/page_ref.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/tlb.h"

static inline bool cas(u64 *word, u64 *old, u64 new)
{
	return __atomic_compare_exchange_n(word, old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static inline bool type_is_validated_by_contents(u64 type)
{
	return type != PGT_WRITABLE;
}

/* Ends an exclusive phase: LOCKED off, @set on, @clear off, and @sub subtracted from the count. */
static void settle(struct page_info *pg, u64 set, u64 clear, u64 sub)
{
	u64 x = READ_ONCE(pg->type);

	while (!cas(&pg->type, &x, ((x & ~(PGT_LOCKED | clear)) | set) - sub)) {
	}
}

/* The exclusive holder stops half way: the frame keeps the type reference and gets a general one. */
static void park(struct page_info *pg, u64 how)
{
	BUG_ON(!page_ref(pg));
	settle(pg, PGT_PARTIAL | how, 0, 0);
}

/* Devalidates under LOCKED and gives up the one type reference. @how tells a resumer what was going on. */
static int undo(struct page_info *pg, u64 type, u64 how, bool preemptible)
{
	int err = page_type_ops.devalidate(pg, type, preemptible);

	if (err) {
		park(pg, how);
		return err;
	}
	pg->stamp = tlb_clock_now();
	settle(pg, 0, 0, 1);
	return 0;
}

/* Validates under LOCKED; the caller's one type reference stays on success and is gone on refusal. */
static int validate(struct page_info *pg, u64 type, bool preemptible)
{
	int err = page_type_ops.validate(pg, type, preemptible);

	if (!err) {
		settle(pg, PGT_VALIDATED, 0, 0);
		return 0;
	}
	if (err == -ERESTART) {
		park(pg, 0);
		return err;
	}
	return undo(pg, type, PGT_FAILED, preemptible) ?: -EINVAL;
}

/* Someone may still have translations of the frame's former use. */
static void flush_former_use(struct page_info *pg)
{
	const struct page_owner *o = owner_find(page_owner(pg));

	if (o) {
		tlb_flush_mask_since(&o->dirty_cpus, pg->stamp);
	}
}

/* First reference of a type: @x is the word as read, with count 0. -EAGAIN: it changed meanwhile. */
static int take_first(struct page_info *pg, u64 x, u64 type, bool preemptible)
{
	u64 former = x & PGT_TYPE_MASK;
	u64 pinned = x & PGT_PINNED;

	if (!type_is_validated_by_contents(type)) {
		/* The stale entries of a former table are the danger here, so flush before anyone can write to it. */
		if (former != type && former != PGT_NONE) {
			flush_former_use(pg);
		}
		return cas(&pg->type, &x, type | pinned | PGT_VALIDATED | 1) ? 0 : -EAGAIN;
	}
	if (!cas(&pg->type, &x, type | pinned | PGT_LOCKED | 1)) {
		return -EAGAIN;
	}
	if (former != type && former != PGT_NONE) {
		flush_former_use(pg);
	}
	pg->progress = 0;
	return validate(pg, type, preemptible);
}

/* Takes over a PARTIAL frame and goes on with what was interrupted. -EAGAIN: state has changed, look again. */
static int resume(struct page_info *pg, u64 x, bool preemptible)
{
	u64 type = x & PGT_TYPE_MASK;
	u64 how = x & (PGT_UNDOING | PGT_FAILED);
	int err;

	if (!cas(&pg->type, &x, (x & ~(PGT_PARTIAL | PGT_UNDOING | PGT_FAILED)) | PGT_LOCKED)) {
		return -EAGAIN;
	}
	if (how) {
		err = undo(pg, type, how, preemptible);
		err = err ? err : how == PGT_FAILED ? -EINVAL : -EAGAIN;
	} else {
		err = validate(pg, type, preemptible);
	}
	page_put(pg); /* the general reference of the PARTIAL state; the caller holds another */
	return err;
}

int page_get_type_slowly(struct page_info *pg, u64 type, bool preemptible)
{
	for (;;) {
		u64 x = READ_ONCE(pg->type);
		int err;

		if ((u32)x == 0) {
			err = take_first(pg, x, type, preemptible);
		} else if ((x & PGT_TYPE_MASK) != type) {
			return -EINVAL;
		} else if (likely(x & PGT_VALIDATED)) {
			if (unlikely((u32)x >= PAGE_COUNT_LIMIT)) {
				return -EBUSY;
			}
			err = cas(&pg->type, &x, x + 1) ? 0 : -EAGAIN;
		} else if (x & PGT_PARTIAL) {
			err = resume(pg, x, preemptible);
		} else {
			cpu_relax(); /* being (de)validated elsewhere: bounded by its preemption checks */
			continue;
		}
		if (err != -EAGAIN) {
			return err;
		}
	}
}

/* The last reference of a validated table goes. -EAGAIN: look again. */
static int put_last(struct page_info *pg, u64 x, bool preemptible)
{
	u64 type = x & PGT_TYPE_MASK;

	if (!cas(&pg->type, &x, (x & ~PGT_VALIDATED) | PGT_LOCKED)) {
		return -EAGAIN;
	}
	pg->progress = PTES_PER_PAGE;
	return undo(pg, type, PGT_UNDOING, preemptible);
}

int page_put_type_slowly(struct page_info *pg, bool preemptible)
{
	for (;;) {
		u64 x = READ_ONCE(pg->type);
		int err;

		if ((u32)x > 1) {
			err = cas(&pg->type, &x, x - 1) ? 0 : -EAGAIN;
		} else if (x & PGT_LOCKED) {
			cpu_relax(); /* an entry is being changed */
			continue;
		} else if ((x & PGT_TYPE_MASK) == PGT_WRITABLE) {
			pg->stamp = tlb_clock_now();
			err = cas(&pg->type, &x, x - 1) ? 0 : -EAGAIN;
		} else {
			BUG_ON(!(x & PGT_VALIDATED));
			err = put_last(pg, x, preemptible);
		}
		if (err != -EAGAIN) {
			return err;
		}
	}
}

int page_finish_undo(struct page_info *pg, bool also_unfinished, bool preemptible)
{
	for (;;) {
		u64 x = READ_ONCE(pg->type);
		u64 type = x & PGT_TYPE_MASK;
		u64 how = x & (PGT_UNDOING | PGT_FAILED);
		int err;

		if (!(x & PGT_PARTIAL) || !(how || also_unfinished)) {
			return 0;
		}
		if (!cas(&pg->type, &x, (x & ~(PGT_PARTIAL | PGT_UNDOING | PGT_FAILED)) | PGT_LOCKED)) {
			continue;
		}
		err = undo(pg, type, how ? how : PGT_UNDOING, preemptible);
		page_put(pg);
		return err;
	}
}

bool page_get_and_type(struct page_info *pg, const struct page_owner *o, u64 type)
{
	if (unlikely(!page_get(pg, o))) {
		return false;
	}
	if (unlikely(page_get_type(pg, type, false))) {
		page_put(pg);
		return false;
	}
	return true;
}

void page_put_and_type(struct page_info *pg)
{
	page_put_type(pg, false);
	page_put(pg);
}

int page_pin(struct page_info *pg)
{
	u64 x = READ_ONCE(pg->type);

	do {
		if (x & PGT_PINNED) {
			return -EINVAL;
		}
	} while (!cas(&pg->type, &x, x | PGT_PINNED));
	return 0;
}

int page_drop_pin(struct page_info *pg)
{
	u64 x = READ_ONCE(pg->type);
	int err;

	do {
		if (!(x & PGT_PINNED)) {
			/* Perhaps an earlier call was interrupted. */
			return (x & PGT_UNDOING) ? page_finish_undo(pg, false, true) : -EINVAL;
		}
	} while (!cas(&pg->type, &x, x & ~PGT_PINNED));
	err = page_put_type(pg, true);
	page_put(pg);
	return err;
}

void page_lock(struct page_info *pg)
{
	for (;;) {
		u64 x = READ_ONCE(pg->type);

		if (!(x & PGT_LOCKED) && cas(&pg->type, &x, x | PGT_LOCKED)) {
			return;
		}
		cpu_relax();
	}
}

u64 page_lock_table(struct page_info *pg, const struct page_owner *o)
{
	for (;;) {
		u64 x = READ_ONCE(pg->type);
		u64 type = x & PGT_TYPE_MASK;

		if (unlikely(type < PGT_L1 || type > PGT_L4 || !(x & (PGT_VALIDATED | PGT_LOCKED)))) {
			return 0;
		}
		if (likely((x & PGT_VALIDATED) && !(x & PGT_LOCKED)) && cas(&pg->type, &x, x | PGT_LOCKED)) {
			if (likely(page_owner(pg) == o->id.v)) {
				return type;
			}
			page_unlock(pg);
			return 0;
		}
		cpu_relax();
	}
}

bool page_lock_l1_slowly(struct page_info *pg, const struct page_owner *o)
{
	u64 type = page_lock_table(pg, o);

	if (type && type != PGT_L1) {
		page_unlock(pg);
	}
	return type == PGT_L1;
}
