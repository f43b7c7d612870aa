/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changing single page-table entries: the hottest path of direct paging. A change is checked by the rules of pt_rules.c, stored under
 * the table's bit lock, and only then gives up what the old entry held. Changes of an L1 entry that keep frame and rights (accessed,
 * dirty, software bits) touch no counts.
 *
 * No TLB flush happens here: guests flush what they changed, and frames that change their use are covered by page_type.c and
 * page_alloc.c.
 */
#include "core/refusal.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "pv/pt.h"
#include "pv/pt_rules.h"
#include "x86/page.h"
#include "x86/pcpu.h"

/* Bits whose change alters what an L1 entry holds or may do; all others may change freely. */
#define L1_MEANING (PTE_ADDR | PTE_P | PTE_RW | PTE_PWT | PTE_PCD | PTE_PAT)

/* Stores; *old is what was replaced. -EAGAIN for PT_STORE_EXPECT. */
static inline int store(pte_t *slot, pte_t val, enum pt_store how, pte_t *old)
{
	pte_t seen = *old;

	if (how == PT_STORE_PLAIN) {
		WRITE_ONCE(*slot, val);
		return 0;
	}
	for (;;) {
		pte_t new = how == PT_STORE_PRESERVE_AD ? val | (seen & (PTE_A | PTE_D)) : val;

		if (__atomic_compare_exchange_n(slot, &seen, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			*old = seen;
			return 0;
		}
		if (how == PT_STORE_EXPECT) {
			return -EAGAIN;
		}
	}
}

/*
 * An own frame stays mapped and only becomes writable or stops being so (mprotect, fork): one type reference comes or goes. @pg is the
 * frame; a foreign one takes the long way, which asks whether it may be written.
 */
static int change_right(struct page_info *pg, pte_t *slot, pte_t val, enum pt_store how, pte_t old)
{
	bool gains = val & PTE_RW;
	int err;

	if (gains && unlikely(page_get_type(pg, PGT_WRITABLE, false))) {
		return -EBUSY;
	}
	err = store(slot, pt_adjusted_l1e(val), how, &old);
	if (gains == (err != 0)) {
		page_put_type(pg, false);
	}
	return err;
}

/* Whatever was mapped, *@slot becomes @val, with all references. */
static inline __attribute__((always_inline)) int replace(const struct pt_context *ctx, pte_t *slot, pte_t val, enum pt_store how, pte_t old)
{
	int err = pt_get_l1e(ctx, &val);

	if (unlikely(err)) {
		return err;
	}
	err = store(slot, val, how, &old);
	pt_put_l1e(unlikely(err) ? val : old);
	return err;
}

int pt_replace_l1e(const struct pt_context *ctx, pte_t *slot, pte_t val)
{
	return replace(ctx, slot, val, PT_STORE_PLAIN, READ_ONCE(*slot));
}

/* Apart, because the commonest changes need none of the references here. */
static __attribute__((noinline)) int replace_any(const struct pt_context *ctx, pte_t *slot, pte_t val, enum pt_store how, pte_t old)
{
	return replace(ctx, slot, val, how, old);
}

int pt_set_l1e(const struct pt_context *ctx, pte_t *slot, pte_t val, enum pt_store how, pte_t old)
{
	struct page_info *pg;
	int err;

	if (how != PT_STORE_EXPECT) {
		old = READ_ONCE(*slot);
	}
	if ((val & PTE_P) && !((old ^ val) & L1_MEANING)) {
		return store(slot, pt_adjusted_l1e(val), how, &old);
	}
	if ((val & old & PTE_P) && ((old ^ val) & L1_MEANING) == PTE_RW) {
		pg = frame_lookup(pte_mfn(val));
		if (likely(pg && page_owner(pg) == ctx->page_owner->mem.id.v)) {
			err = change_right(pg, slot, val, how, old);
			if (likely(err != -EBUSY)) {
				return err;
			}
		}
	}
	return replace_any(ctx, slot, val, how, old);
}

int pt_finish_pending_slowly(struct vcpu *v)
{
	struct page_info *pg = v->pv.undo_page;
	int err = page_finish_undo(pg, false, true);

	if (!err) {
		v->pv.undo_page = NULL;
		page_put(pg);
	}
	return err;
}

/* Drops what an upper-level entry held. If that is interrupted the current vCPU keeps it in mind: -ERESTART. */
static int drop_table(struct page_info *pg)
{
	struct vcpu *v = current_vcpu();
	bool may_stop = v && !v->pv.undo_page;
	int err = page_put_type(pg, may_stop);

	if (err) {
		v->pv.undo_page = pg;
		return err;
	}
	page_put(pg);
	return 0;
}

static int set_table_entry(const struct pt_context *ctx, int level, pte_t *slot, pte_t val, bool preserve_ad)
{
	enum pt_store how = preserve_ad ? PT_STORE_PRESERVE_AD : PT_STORE_PLAIN;
	unsigned int index = ((u64)slot & ~PAGE_MASK) / sizeof(pte_t);
	pte_t old = READ_ONCE(*slot);
	int err;

	if (level == 4 && index >= HV_L4_FIRST && index <= HV_L4_LAST) {
		return refuse(ctx->pt_owner, -EINVAL, "mmu_update (L4)", "the slot is the hypervisor's", index, val);
	}
	if ((val & old & PTE_P) && !((old ^ val) & (PTE_ADDR | PTE_PSE | PTE_PWT | PTE_PCD | PTE_G))) {
		return store(slot, val | PTE_US | PTE_A, how, &old);
	}
	err = pt_get_table_entry(ctx->pt_owner, level, &val, true);
	if (err) {
		return err;
	}
	err = store(slot, val, how, &old);
	if (!err && (old & PTE_P)) {
		err = drop_table(mfn_to_page(pte_mfn(old)));
	}
	return err;
}

/* The target is no page table: a store to a frame that the domain could write to anyway. */
static int store_plain(const struct pt_context *ctx, struct page_info *pg, u64 *slot, u64 val)
{
	if (!page_get_and_type(pg, &ctx->pt_owner->mem, PGT_WRITABLE)) {
		return refuse(ctx->pt_owner, -EINVAL, "mmu_update", "the word is in no page table or writable frame of the domain",
			      page_to_mfn(pg).v, pg->type);
	}
	WRITE_ONCE(*slot, val);
	page_put_and_type(pg);
	return 0;
}

int pt_update_entry(const struct pt_context *ctx, struct pt_run *run, maddr_t slot_maddr, u64 val, bool preserve_ad)
{
	enum pt_store how = preserve_ad ? PT_STORE_PRESERVE_AD : PT_STORE_PLAIN;
	struct page_info *pg = frame_lookup(maddr_to_mfn(slot_maddr));
	u64 *slot = maddr_to_virt(slot_maddr);
	u64 type;
	int err;

	if (unlikely(!pg)) {
		return refuse(ctx->pt_owner, -EINVAL, "mmu_update", "the address is not RAM", slot_maddr.v, val);
	}
	if (pg == run->l1) {
		return pt_set_l1e(ctx, slot, val, how, 0);
	}
	pt_run_end(run);
	type = page_lock_table(pg, &ctx->pt_owner->mem);
	if (likely(type == PGT_L1)) {
		run->l1 = pg;
		return pt_set_l1e(ctx, slot, val, how, 0);
	}
	if (type) {
		err = set_table_entry(ctx, pt_level_of_type(type), slot, val, preserve_ad);
	} else {
		return store_plain(ctx, pg, slot, val);
	}
	page_unlock(pg);
	return err;
}

/* From *@table to the table that its entry @i leads to; false if it leads nowhere. */
static inline bool step_down(mfn_t *table, unsigned int i)
{
	pte_t e = READ_ONCE(((const pte_t *)mfn_to_virt(*table))[i]);

	*table = MFN(index_nospec(pte_mfn(e).v, frame_table_end));
	return likely((e & PTE_P) && mfn_to_page(*table)->owner != OWNER_ID_IO);
}

/*
 * From the root *@table, which is RAM, to the L1 table for @va. Other processors may change the tables meanwhile: the result is a hint until
 * it is locked.
 */
static inline bool find_l1(mfn_t *table, u64 va)
{
	unsigned int top = va_index(va, 4);

	if (unlikely(top >= HV_L4_FIRST && top <= HV_L4_LAST)) {
		return false;
	}
	return step_down(table, top) && step_down(table, va_index(va, 3)) && step_down(table, va_index(va, 2));
}

pte_t *pt_find_lock_l1e(u64 va, struct page_info **l1)
{
	struct vcpu *v = current_vcpu();
	mfn_t table = v->pv.kernel_l4;

	if (unlikely(!find_l1(&table, va))) {
		return NULL;
	}
	*l1 = mfn_to_page(table);
	return likely(page_lock_l1(*l1, &v->domain->mem)) ? (pte_t *)mfn_to_virt(table) + va_index(va, 1) : NULL;
}

pte_t pt_peek_l1e(mfn_t l4, u64 va)
{
	if (!frame_is_ram(l4) || !find_l1(&l4, va)) {
		return 0;
	}
	return READ_ONCE(((const pte_t *)mfn_to_virt(l4))[va_index(va, 1)]);
}

int pt_update_va(const struct pt_context *ctx, u64 va, u64 val)
{
	struct page_info *l1;
	pte_t *slot = pt_find_lock_l1e(va, &l1);
	int err;

	if (unlikely(!slot)) {
		return refuse(ctx->pt_owner, -EINVAL, "update_va_mapping", "no page table maps the address", va, val);
	}
	err = pt_set_l1e(ctx, slot, val, PT_STORE_PLAIN, 0);
	page_unlock(l1);
	return err;
}
