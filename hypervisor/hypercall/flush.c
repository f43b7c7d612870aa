/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest names vCPUs; we flush the processors they run on. A vCPU that does not run needs no flush: its processor loads page tables,
 * which flushes, before it runs again.
 */
#include "hypercall/flush.h"

#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/guest_copy.h"
#include "public/mmu.h"
#include "x86/tlb.h"

static inline void flush_mask(const struct cpumask *mask, const u64 *va)
{
	if (va) {
		tlb_invlpg_mask(mask, *va);
	} else {
		tlb_flush_mask(mask);
	}
}

int flush_vcpus(struct vcpu *v, gva_t bitmap, const u64 *va)
{
	struct domain *d = v->domain;
	struct cpumask mask = { { 0 } };
	u64 bits[(MAX_VCPUS + 63) / 64] = { 0 };
	u32 i, bytes = (d->vcpu_count + 7) / 8;

	if (guest_copy_in(bits, bitmap, bytes)) {
		return -EFAULT;
	}
	for (i = 0; i < d->vcpu_count; i++) {
		if (((bits[i / 64] >> (i % 64)) & 1) && READ_ONCE(d->vcpus[i]->sched.running)) {
			cpumask_set(&mask, READ_ONCE(d->vcpus[i]->sched.cpu));
		}
	}
	flush_mask(&mask, va);
	return 0;
}

void flush_domain(struct vcpu *v, const u64 *va)
{
	flush_mask(&v->domain->mem.dirty_cpus, va);
}

int flush_after_update(struct vcpu *v, u64 va, u64 flags)
{
	u64 what = flags & UVMF_FLUSHTYPE_MASK, where = flags & ~(u64)UVMF_FLUSHTYPE_MASK;
	const u64 *page = what == UVMF_INVLPG ? &va : NULL;

	if (what == UVMF_NONE) {
		return 0;
	}
	if (what == UVMF_FLUSHTYPE_MASK) {
		return -EINVAL;
	}
	if (page && !guest_range_ok(va, 1)) {
		return 0;
	}
	if (where == UVMF_LOCAL) {
		if (page) {
			tlb_invlpg_local(va);
		} else {
			tlb_flush_local();
		}
		return 0;
	}
	if (where == UVMF_ALL) {
		flush_domain(v, page);
		return 0;
	}
	return flush_vcpus(v, GVA(where), page);
}
