/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op: dispatch, and the operations that only ask.
 */
#include "core/grant.h"
#include "core/refusal.h"
#include "hypercall/hypercall.h"
#include "hypercall/memory.h"
#include "hypercall/target.h"
#include "mm/guest_copy.h"
#include "mm/page_alloc.h"
#include "public/memory.h"

u64 memory_max_mfn(u32 mem_flags)
{
	u32 bits = XENMEMF_get_address_bits(mem_flags);

	if (bits == 0 || bits >= 52) {
		return ~0ULL;
	}
	return bits <= PAGE_SHIFT ? 0 : (1ULL << (bits - PAGE_SHIFT)) - 1;
}

unsigned int memory_max_order(void)
{
	return current_vcpu()->domain->privileged ? PAGE_ORDER_MAX : 9;
}

/* Copies a map of @count ranges to the buffer of *@map, as many as it has room for, and tells how many. */
static int write_map(gva_t arg, const struct e820_range *ranges, u32 count)
{
	struct xen_memory_map map;
	u32 i;

	if (guest_copy_in(&map, arg, sizeof(map))) {
		return -EFAULT;
	}
	map.nr_entries = MIN(map.nr_entries, count);
	for (i = 0; i < map.nr_entries; i++) {
		struct xen_e820_entry e = { .addr = ranges[i].start, .size = ranges[i].bytes, .type = ranges[i].type };

		if (guest_copy_out(guest_elem(GVA(map.buffer), i, sizeof(e)), &e, sizeof(e))) {
			return -EFAULT;
		}
	}
	return guest_copy_out(arg, &map, sizeof(map));
}

static int own_map(gva_t arg)
{
	struct domain *d = current_vcpu()->domain;
	struct e820_range all = { 0, d->mem.max_pages << PAGE_SHIFT, XEN_E820_RAM };

	return d->e820 ? write_map(arg, d->e820, d->e820_count) : write_map(arg, &all, 1);
}

static int machphys_mapping(gva_t arg)
{
	struct xen_machphys_mapping m = { M2P_VA, M2P_VA_END, frame_table_end - 1 };

	return guest_copy_out(arg, &m, sizeof(m));
}

/* Counts of a domain: current and maximum reservation, and the highest PFN it says it uses. */
static s64 domain_count_of(u32 op, gva_t arg)
{
	struct xen_memory_domain which;
	struct domain *d;
	s64 ret;
	int err;

	if (guest_copy_in(&which, arg, sizeof(which))) {
		return -EFAULT;
	}
	err = target_get(which.domid, &d);
	if (err) {
		return err;
	}
	if (op == XENMEM_maximum_gpfn) {
		u64 max_pfn = READ_ONCE(d->shared_info->arch.max_pfn);

		ret = max_pfn ? (s64)(max_pfn - 1) & ~(1LL << 63) : 0;
	} else {
		ret = op == XENMEM_current_reservation ? (s64)d->mem.tot_pages : (s64)d->mem.max_pages;
	}
	target_put(d);
	return ret;
}

static int claim(gva_t arg)
{
	struct xen_memory_reservation r;
	struct domain *d;
	int err;

	if (!current_vcpu()->domain->privileged) {
		return -EPERM;
	}
	if (guest_copy_in(&r, arg, sizeof(r))) {
		return -EFAULT;
	}
	err = r.extent_order ? -EINVAL : target_get(r.domid, &d);
	if (!err) {
		err = owner_claim(&d->mem, r.nr_extents > d->mem.tot_pages ? r.nr_extents - d->mem.tot_pages : 0);
		target_put(d);
	}
	return err;
}

/* Frames of @d's shared grant table, for its builder. */
static int grant_resource(struct domain *d, gva_t arg, struct xen_mem_acquire_resource *r)
{
	u32 i;
	int err = 0;

	if (r->nr_frames == 0) {
		r->nr_frames = grant_max_frames(d);
		return guest_copy_out(arg, r, sizeof(*r));
	}
	if (r->nr_frames > 64 || r->frame > 64) {
		return -EINVAL;
	}
	err = grant_grow(d, r->frame + r->nr_frames);
	for (i = 0; !err && i < r->nr_frames; i++) {
		mfn_t mfn;

		err = grant_frame_mfn(d, r->frame + i, &mfn);
		if (!err) {
			err = guest_copy_out(guest_elem(GVA(r->frame_list), i, sizeof(u64)), &mfn.v, sizeof(mfn.v));
		}
	}
	return err;
}

static int acquire_resource(gva_t arg)
{
	struct xen_mem_acquire_resource r;
	struct domain *d;
	int err;

	if (!current_vcpu()->domain->privileged) {
		return -EPERM;
	}
	if (guest_copy_in(&r, arg, sizeof(r))) {
		return -EFAULT;
	}
	if (r.pad || r.type != XENMEM_resource_grant_table || r.id != XENMEM_resource_grant_table_id_shared) {
		return -EOPNOTSUPP;
	}
	err = target_get(r.domid, &d);
	if (!err) {
		err = grant_resource(d, arg, &r);
		target_put(d);
	}
	return err;
}

HYPERCALL(memory_op)
{
	u32 op = a1 & MEMOP_MASK;

	(void)a3, (void)a4, (void)a5, (void)a6;
	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return memory_reservation(op, GVA(a2), a1 >> MEMOP_SHIFT);
	case XENMEM_exchange:
		return memory_exchange(GVA(a2));
	case XENMEM_maximum_ram_page:
		return frame_table_end - 1;
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn:
		return domain_count_of(op, GVA(a2));
	case XENMEM_memory_map:
		return own_map(GVA(a2));
	case XENMEM_machine_memory_map:
		/* dom0's own map is the machine's: dom0/memory_map.c. */
		return current_vcpu()->domain->privileged ? own_map(GVA(a2)) : -EPERM;
	case XENMEM_machphys_mapping:
		return machphys_mapping(GVA(a2));
	case XENMEM_claim_pages:
		return claim(GVA(a2));
	case XENMEM_acquire_resource:
		return acquire_resource(GVA(a2));
	default:
		return refuse(current_vcpu()->domain, -ENOSYS, "memory_op", "operation not offered", op, 0);
	}
}
