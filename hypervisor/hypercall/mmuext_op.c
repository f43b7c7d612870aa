/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mmuext_op: pins, base pointers, flushes, LDT. A context switch of a Linux guest is one call with two operations (both base pointers).
 * Batches stop at the first error; *done tells how many operations were carried out.
 */
#include "core/refusal.h"
#include "hypercall/flush.h"
#include "hypercall/hypercall.h"
#include "hypercall/target.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "mm/page_ref.h"
#include "mm/page_type.h"
#include "public/mmu.h"
#include "pv/pt.h"
#include "pv/pv.h"
#include "x86/tlb.h"

#define PREEMPTED (1u << 31)

/* A frame of @d to be written by us: contents of any writable frame. */
static struct page_info *get_writable(struct domain *d, mfn_t mfn)
{
	struct page_info *pg = page_get_mfn(mfn, &d->mem);

	if (pg && page_get_type(pg, PGT_WRITABLE, false)) {
		page_put(pg);
		pg = NULL;
	}
	return pg;
}

static int clear_or_copy(struct domain *d, const struct mmuext_op *op)
{
	struct page_info *to = get_writable(d, MFN(op->arg1.mfn)), *from = NULL;
	int err = -EINVAL;

	if (!to) {
		return refuse_frame(d, -EINVAL, "mmuext (clear, copy)", "the frame is not a writable frame of the domain", op->cmd, MFN(op->arg1.mfn));
	}
	if (op->cmd == MMUEXT_CLEAR_PAGE) {
		memset(mfn_to_virt(page_to_mfn(to)), 0, PAGE_SIZE);
		err = 0;
	} else {
		from = page_get_mfn(MFN(op->arg2.src_mfn), &d->mem);
		if (from) {
			memcpy(mfn_to_virt(page_to_mfn(to)), mfn_to_virt(page_to_mfn(from)), PAGE_SIZE);
			page_put(from);
			err = 0;
		}
	}
	page_put_and_type(to);
	return err;
}

static int flush_page(struct vcpu *v, const struct mmuext_op *op)
{
	u64 va = op->arg1.linear_addr;

	if (!guest_range_ok(va, 1)) {
		return 0;
	}
	switch (op->cmd) {
	case MMUEXT_INVLPG_LOCAL:
		tlb_invlpg_local(va);
		return 0;
	case MMUEXT_INVLPG_MULTI:
		return flush_vcpus(v, GVA(op->arg2.vcpumask), &va);
	default:
		flush_domain(v, &va);
		return 0;
	}
}

/* Operations on the caller itself. */
static int own_op(struct vcpu *v, const struct mmuext_op *op)
{
	switch (op->cmd) {
	case MMUEXT_NEW_BASEPTR:
		return pt_set_kernel_l4(v, MFN(op->arg1.mfn));
	case MMUEXT_NEW_USER_BASEPTR:
		return pt_set_user_l4(v, MFN(op->arg1.mfn));
	case MMUEXT_TLB_FLUSH_LOCAL:
		tlb_flush_local();
		return 0;
	case MMUEXT_TLB_FLUSH_MULTI:
		return flush_vcpus(v, GVA(op->arg2.vcpumask), NULL);
	case MMUEXT_TLB_FLUSH_ALL:
		flush_domain(v, NULL);
		return 0;
	case MMUEXT_INVLPG_LOCAL:
	case MMUEXT_INVLPG_MULTI:
	case MMUEXT_INVLPG_ALL:
		return flush_page(v, op);
	case MMUEXT_FLUSH_CACHE:
	case MMUEXT_FLUSH_CACHE_GLOBAL:
		/* All RAM is write-back for everybody; only a domain with devices has something to flush. */
		if (v->domain->privileged) {
			__asm__ volatile("wbinvd" ::: "memory");
		}
		return 0;
	case MMUEXT_SET_LDT:
		return pv_set_ldt(v, op->arg1.linear_addr, op->arg2.nr_ents);
	case MMUEXT_CLEAR_PAGE:
	case MMUEXT_COPY_PAGE:
		return clear_or_copy(v->domain, op);
	default:
		return refuse(v->domain, -ENOSYS, "mmuext", "unknown operation", op->cmd, 0);
	}
}

static inline int one_op(struct vcpu *v, struct domain *target, const struct mmuext_op *op)
{
	if (op->cmd <= MMUEXT_PIN_L4_TABLE) {
		return pt_pin(target, MFN(op->arg1.mfn), op->cmd - MMUEXT_PIN_L1_TABLE + 1);
	}
	if (op->cmd == MMUEXT_UNPIN_TABLE) {
		return pt_unpin(target, MFN(op->arg1.mfn));
	}
	return own_op(v, op);
}

static int run_ops(struct vcpu *v, struct domain *target, gva_t ops, u32 count, u32 *done)
{
	struct mmuext_op op;
	int err;
	u32 i;

	for (i = 0; i < count; i++) {
		if (unlikely(guest_load(&op, guest_elem(ops, i, sizeof(op))))) {
			err = -EFAULT;
			break;
		}
		err = one_op(v, target, &op);
		if (unlikely(err)) {
			break;
		}
		if (unlikely(hypercall_should_preempt()) && i + 1 < count) {
			i++;
			err = -ERESTART;
			break;
		}
	}
	*done = i;
	return i == count ? 0 : err;
}

HYPERCALL(mmuext_op)
{
	struct vcpu *v = current_vcpu();
	struct domain *target = v->domain;
	bool own = likely((u16)a4 == DOMID_SELF_RAW);
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
		err = target_get(a4, &target);
		if (err) {
			return err;
		}
	}
	err = run_ops(v, target, GVA(a1), count, &done);
	if (unlikely(!own)) {
		target_put(target);
	}
	if (unlikely(err == -ERESTART)) {
		hypercall_restart_arg(1, a1 + done * sizeof(struct mmuext_op));
		hypercall_restart_arg(2, (count - done) | PREEMPTED);
	}
	done += before;
	if (a3 && guest_store(GVA(a3), &done)) {
		return -EFAULT;
	}
	return err;
}
