/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grant_table_op(cmd, ops, count): the adapter between arrays of the guest's structures and core/grant.h.
 *
 * Each element is copied in once and its results are copied out once. A long array stops between elements when work is waiting on
 * this processor; the call is then re-issued with the rest of the array. Unmaps are flushed a batch at a time.
 *
 * Version 2, transfer, unmap_and_replace and cache_flush are not offered: -ENOSYS, on which stock kernels stay with version 1.
 */
#include "hypercall/hypercall.h"
#include "core/domain.h"
#include "core/grant.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "mm/page_type.h"
#include "public/grant_table.h"
#include "x86/pcpu.h"
#include "x86/tlb.h"

#define UNMAP_BATCH 32

static struct domain *caller(void) { return current_vcpu()->domain; }

/* @done of the @count elements at @ops have been handled; asks for the rest. */
static int restart(u64 ops, u32 count, u32 done, size_t bytes)
{
	hypercall_restart_arg(2, ops + (u64)done * bytes);
	hypercall_restart_arg(3, count - done);
	return -ERESTART;
}

/* Where the words of an element start that have results in them. */
#define MAP_RESULTS offsetof(struct gnttab_map_grant_ref, dom)

static __attribute__((noinline)) int map_array(u64 ops, u32 count)
{
	struct domain *cur = caller();
	struct gnttab_map_grant_ref op;
	u32 i;

	for (i = 0; i < count; i++) {
		gva_t at = guest_elem(GVA(ops), i, sizeof(op));
		int err;

		if (i && hypercall_should_preempt()) {
			return restart(ops, count, i, sizeof(op));
		}
		err = guest_load(&op, at);
		if (unlikely(err)) {
			return err;
		}
		grant_map(cur, &op);
		err = guest_store_bytes(GVA(at.v + MAP_RESULTS), &op.dom, sizeof(op) - MAP_RESULTS);
		if (unlikely(err)) {
			return err;
		}
	}
	return 0;
}

/* What a batch of unmaps leaves stale: one address, or so much that everything goes. */
struct stale { u32 count; bool everything; u64 va; };

static inline void note_stale(struct stale *s, const struct grant_unmap *un, u64 host_addr)
{
	if (un->track && (un->flags & GNTMAP_host_map)) {
		s->everything |= s->count++ || (un->flags & GNTMAP_contains_pte);
		s->va = host_addr;
	}
}

static inline void flush_stale(const struct domain *d, const struct stale *s)
{
	if (s->everything) {
		tlb_flush_mask(&d->mem.dirty_cpus);
	} else if (s->count) {
		tlb_invlpg_mask(&d->mem.dirty_cpus, s->va);
	}
}

/* Elements [@from, @from + @n) of the array, with one flush for all. */
static int unmap_batch(struct domain *cur, u64 ops, u32 from, u32 n)
{
	struct grant_unmap un[UNMAP_BATCH];
	s16 status[UNMAP_BATCH];
	struct stale stale = { 0 };
	u32 i, begun;
	int err = 0;

	for (begun = 0; begun < n; begun++) {
		struct gnttab_unmap_grant_ref op;

		err = guest_copy_in(&op, guest_elem(GVA(ops), from + begun, sizeof(op)), sizeof(op));
		if (err) {
			break;
		}
		grant_unmap_begin(cur, &op, &un[begun]);
		status[begun] = op.status;
		note_stale(&stale, &un[begun], op.host_addr);
	}
	flush_stale(cur, &stale);
	for (i = 0; i < begun; i++) {
		gva_t at = guest_elem(GVA(ops), from + i, sizeof(struct gnttab_unmap_grant_ref));
		int fault;

		grant_unmap_finish(cur, &un[i]);
		fault = guest_copy_out(GVA(at.v + offsetof(struct gnttab_unmap_grant_ref, status)), &status[i],
				       sizeof(status[i]));
		err = err ? err : fault;
	}
	return err;
}

/* What most calls ask for. */
static __attribute__((noinline)) int unmap_one(gva_t at)
{
	struct domain *cur = caller();
	struct stale stale = { 0 };
	struct gnttab_unmap_grant_ref op;
	struct grant_unmap un;

	if (unlikely(guest_load(&op, at))) {
		return -EFAULT;
	}
	grant_unmap_begin(cur, &op, &un);
	note_stale(&stale, &un, op.host_addr);
	flush_stale(cur, &stale);
	grant_unmap_finish(cur, &un);
	return guest_store(GVA(at.v + offsetof(struct gnttab_unmap_grant_ref, status)), &op.status);
}

static __attribute__((noinline)) int unmap_array(u64 ops, u32 count)
{
	struct domain *cur = caller();
	u32 done = 0;

	while (done < count) {
		u32 n = MIN(count - done, (u32)UNMAP_BATCH);
		int err;

		if (done && hypercall_should_preempt()) {
			return restart(ops, count, done, sizeof(struct gnttab_unmap_grant_ref));
		}
		err = unmap_batch(cur, ops, done, n);
		if (err) {
			return err;
		}
		done += n;
	}
	return 0;
}

static __attribute__((noinline)) int copy_array(u64 ops, u32 count)
{
	struct domain *cur = caller();
	struct gnttab_copy op;
	u32 i;

	for (i = 0; i < count; i++) {
		gva_t at = guest_elem(GVA(ops), i, sizeof(op));
		int err;

		if (i && hypercall_should_preempt()) {
			return restart(ops, count, i, sizeof(op));
		}
		err = guest_load(&op, at);
		if (unlikely(err)) {
			return err;
		}
		grant_copy(cur, &op);
		err = guest_store(GVA(at.v + offsetof(struct gnttab_copy, status)), &op.status);
		if (unlikely(err)) {
			return err;
		}
	}
	return 0;
}

/* The caller itself, or for the privileged any domain, with a reference. GNTST_*. */
static int table_owner_get(u16 domid, struct domain **ret)
{
	struct domain *cur = caller();

	if (domid == DOMID_SELF_RAW || domid == cur->id.v) {
		domain_ref(cur);
		*ret = cur;
		return GNTST_okay;
	}
	if (!cur->privileged) {
		return GNTST_permission_denied;
	}
	*ret = domid < DOMID_FIRST_RESERVED_RAW ? domain_get(DOMID(domid)) : NULL;
	if (*ret && (domain_is_dying(*ret) || !(*ret)->grants)) {
		domain_put(*ret);
		*ret = NULL;
	}
	return *ret ? GNTST_okay : GNTST_bad_domain;
}

/* Fills op->frame_list. -EFAULT, else 0 with op->status. */
static int list_frames(struct domain *d, struct gnttab_setup_table *op)
{
	u32 i;

	for (i = 0; i < op->nr_frames; i++) {
		mfn_t mfn;
		int err;

		if (grant_frame_mfn(d, i, &mfn)) {
			op->status = GNTST_general_error;
			return 0;
		}
		err = guest_copy_out(guest_elem(GVA(op->frame_list), i, sizeof(mfn.v)), &mfn.v, sizeof(mfn.v));
		if (err) {
			return err;
		}
	}
	return 0;
}

static int setup_table(u64 arg, u32 count)
{
	struct gnttab_setup_table op;
	struct domain *d;
	int err;

	if (count != 1) {
		return -EINVAL;
	}
	err = guest_copy_in(&op, GVA(arg), sizeof(op));
	if (err) {
		return err;
	}
	op.status = (s16)table_owner_get(op.dom, &d);
	if (!op.status) {
		if (grant_grow(d, op.nr_frames)) {
			op.status = GNTST_general_error;
		} else {
			err = list_frames(d, &op);
		}
		domain_put(d);
	}
	return err ? err : guest_copy_out(GVA(arg), &op, sizeof(op));
}

static int query_size(u64 arg, u32 count)
{
	struct gnttab_query_size op;
	struct domain *d;
	int err;

	if (count != 1) {
		return -EINVAL;
	}
	err = guest_copy_in(&op, GVA(arg), sizeof(op));
	if (err) {
		return err;
	}
	op.status = (s16)table_owner_get(op.dom, &d);
	if (!op.status) {
		op.nr_frames = grant_frames(d);
		op.max_nr_frames = grant_max_frames(d);
		domain_put(d);
	}
	return guest_copy_out(GVA(arg), &op, sizeof(op));
}

static int set_version(u64 arg, u32 count)
{
	struct gnttab_set_version op;
	int err;

	if (count != 1) {
		return -EINVAL;
	}
	err = guest_copy_in(&op, GVA(arg), sizeof(op));
	if (err) {
		return err;
	}
	return op.version == 1 ? 0 : -ENOSYS;
}

static int get_version(u64 arg, u32 count)
{
	struct gnttab_get_version op;
	struct domain *d;
	int err;

	if (count != 1) {
		return -EINVAL;
	}
	err = guest_copy_in(&op, GVA(arg), sizeof(op));
	if (err) {
		return err;
	}
	switch (table_owner_get(op.dom, &d)) {
	case GNTST_okay:
		break;
	case GNTST_permission_denied:
		return -EPERM;
	default:
		return -ESRCH;
	}
	domain_put(d);
	op.version = 1;
	return guest_copy_out(GVA(arg), &op, sizeof(op));
}

static int swap_array(u64 ops, u32 count)
{
	struct gnttab_swap_grant_ref op;
	u32 i;

	for (i = 0; i < count; i++) {
		gva_t at = guest_elem(GVA(ops), i, sizeof(op));
		int err;

		if (i && hypercall_should_preempt()) {
			return restart(ops, count, i, sizeof(op));
		}
		err = guest_copy_in(&op, at, sizeof(op));
		if (err) {
			return err;
		}
		op.status = (s16)grant_swap(caller(), GREF(op.ref_a), GREF(op.ref_b));
		err = guest_copy_out(at, &op, sizeof(op));
		if (err) {
			return err;
		}
	}
	return 0;
}

/* All but the three that back ends make all the time. */
static __attribute__((noinline)) int other_op(u32 cmd, u64 ops, u32 count)
{
	switch (cmd) {
	case GNTTABOP_setup_table:
		return setup_table(ops, count);
	case GNTTABOP_query_size:
		return query_size(ops, count);
	case GNTTABOP_set_version:
		return set_version(ops, count);
	case GNTTABOP_get_version:
		return get_version(ops, count);
	case GNTTABOP_swap_grant_ref:
		return swap_array(ops, count);
	default:
		return -ENOSYS;
	}
}

s64 hypercall_grant_table_op(u64 a1, u64 a2, u64 a3, ARG_UNUSED u64 a4, ARG_UNUSED u64 a5, ARG_UNUSED u64 a6)
{
	u32 count = (u32)a3;

	/* The number is signed in the ABI. */
	if (unlikely(count > INT32_MAX)) {
		return -EINVAL;
	}
	switch ((u32)a1) {
	case GNTTABOP_map_grant_ref:
		return map_array(a2, count);
	case GNTTABOP_unmap_grant_ref:
		return likely(count == 1) ? unmap_one(GVA(a2)) : unmap_array(a2, count);
	case GNTTABOP_copy:
		return copy_array(a2, count);
	default:
		return other_op((u32)a1, a2, count);
	}
}
