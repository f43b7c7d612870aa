/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mmu_update, update_va_mapping and update_va_mapping_otherdomain: changes of single page-table entries, and of the M2P.
 *
 * Nine calls in ten change one entry of the caller's own tables: that case touches no reference count of a domain and copies 16 bytes.
 * A batch stops at the first refused entry; *done tells how many were carried out. When it is preempted, count's top bit says so on the
 * next issue and *done holds the sum so far. Guests may forge both and thereby only mislead themselves.
 */
#include "core/refusal.h"
#include "hypercall/flush.h"
#include "hypercall/hypercall.h"
#include "hypercall/target.h"
#include "mm/guest_copy.h"
#include "mm/m2p.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "public/mmu.h"
#include "pv/pt.h"

#define PREEMPTED (1u << 31)
/* Changes after which others who wait for the table get their turn. */
#define RUN_LENGTH_MAX 64

static int update_machphys(const struct pt_context *ctx, const struct mmu_update *u)
{
	struct page_info *pg = page_get_mfn(MFN(u->ptr >> PAGE_SHIFT), &ctx->page_owner->mem);

	if (!pg) {
		return refuse(ctx->pt_owner, -EINVAL, "mmu_update (M2P)", "the frame does not belong to the domain", u->ptr, u->val);
	}
	m2p_set(page_to_mfn(pg), u->val);
	page_put(pg);
	return 0;
}

static inline int update_one(const struct pt_context *ctx, struct pt_run *run, const struct mmu_update *u)
{
	u64 how = u->ptr & 3;

	if (unlikely(how == MMU_MACHPHYS_UPDATE)) {
		return update_machphys(ctx, u);
	}
	if (unlikely(u->ptr & 4)) {
		return refuse(ctx->pt_owner, -EINVAL, "mmu_update", "the address is not aligned to an entry", u->ptr, u->val);
	}
	return pt_update_entry(ctx, run, MADDR(u->ptr & ~3ULL), u->val, how == MMU_PT_UPDATE_PRESERVE_AD);
}

/* Both domains of @foreigndom, referenced: low half whose frames, high half (+1) whose tables. */
static int get_context(u64 foreigndom, struct pt_context *ctx)
{
	u16 page_owner = foreigndom, pt_owner = foreigndom >> 16;
	int err = target_get(pt_owner ? pt_owner - 1 : DOMID_SELF_RAW, &ctx->pt_owner);

	if (err) {
		return err;
	}
	/* Mappings of devices name DOMID_IO; no RAM belongs to it, and the caller's rights decide. */
	err = target_get(page_owner == DOMID_IO_RAW ? DOMID_SELF_RAW : page_owner, &ctx->page_owner);
	if (err) {
		target_put(ctx->pt_owner);
	}
	return err;
}

static void put_context(struct pt_context *ctx)
{
	target_put(ctx->page_owner);
	target_put(ctx->pt_owner);
}

static int update_batch(const struct pt_context *ctx, gva_t updates, u32 count, u32 *done)
{
	struct pt_run run = { NULL };
	struct mmu_update u;
	int err;
	u32 i;

	for (i = 0; i < count; i++) {
		if (unlikely(i % RUN_LENGTH_MAX == 0)) {
			pt_run_end(&run);
		}
		if (unlikely(guest_load(&u, guest_elem(updates, i, sizeof(u))))) {
			err = -EFAULT;
			break;
		}
		err = update_one(ctx, &run, &u);
		if (unlikely(err)) {
			break;
		}
		if (unlikely(hypercall_should_preempt()) && i + 1 < count) {
			i++;
			err = -ERESTART;
			break;
		}
	}
	pt_run_end(&run);
	*done = i;
	return i == count ? 0 : err;
}

HYPERCALL(mmu_update)
{
	struct vcpu *v = current_vcpu();
	struct pt_context ctx = { v->domain, v->domain };
	bool own = likely((u32)a4 == DOMID_SELF_RAW);
	u32 before = 0, done = 0, count = (u32)a2 & ~PREEMPTED;
	int err = pt_finish_pending(v);

	(void)a5, (void)a6;
	if (unlikely(err)) {
		return err;
	}
	if (unlikely((u32)a2 & PREEMPTED) && a3 && guest_copy_in(&before, GVA(a3), sizeof(before))) {
		return -EFAULT;
	}
	if (unlikely(!own)) {
		err = get_context(a4, &ctx);
		if (err) {
			return err;
		}
	}
	err = update_batch(&ctx, GVA(a1), count, &done);
	if (unlikely(!own)) {
		put_context(&ctx);
	}
	if (unlikely(err == -ERESTART)) {
		hypercall_restart_arg(1, a1 + done * sizeof(struct mmu_update));
		hypercall_restart_arg(2, (count - done) | PREEMPTED);
	}
	done += before;
	if (a3 && guest_store(GVA(a3), &done)) {
		return -EFAULT;
	}
	return err;
}

HYPERCALL(update_va_mapping)
{
	struct vcpu *v = current_vcpu();
	struct pt_context ctx = { v->domain, v->domain };
	int err = pt_finish_pending(v);

	(void)a4, (void)a5, (void)a6;
	if (unlikely(err)) {
		return err;
	}
	err = pt_update_va(&ctx, a1, a2);
	if (unlikely(a3)) {
		int flush_err = flush_after_update(v, a1, a3);

		err = err ? err : flush_err;
	}
	return err;
}

HYPERCALL(update_va_mapping_otherdomain)
{
	struct vcpu *v = current_vcpu();
	struct pt_context ctx = { v->domain, NULL };
	int err = pt_finish_pending(v);

	(void)a5, (void)a6;
	if (err) {
		return err;
	}
	err = target_get(a4, &ctx.page_owner);
	if (err) {
		return err;
	}
	err = pt_update_va(&ctx, a1, a2);
	target_put(ctx.page_owner);
	if (a3) {
		int flush_err = flush_after_update(v, a1, a3);

		err = err ? err : flush_err;
	}
	return err;
}
