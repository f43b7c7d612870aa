/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: arrays whose addresses run into the hypervisor's range, past the canonical end or around
 * 2^64, with counts that overflow a byte size, are -EFAULT or another error at the element that
 * is wrong; nothing beyond is touched and the domain lives on [CALL-5, CALL-6].
 */
#include <public/event_channel.h>
#include <public/memory.h>
#include <public/mmu.h>
#include <public/sched.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

static const uint64_t addresses[] = {
	0, 1, 8, 0x7ffffffffff8, 0x7fffffffffff, 0x800000000000, 0xffff7ffffffffff8,
	0xffff800000000000, 0xffff87fffffffff8, 0xfffffffffffffff0, 0xfffffffffffffff8, ~0UL,
};

static const uint64_t counts[] = {
	1, 2, 4096, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x0fffffffffffffff,
	0x1fffffffffffffff, 0x2000000000000000, 0x7fffffffffffffff,
};

static void check(uint64_t va, uint64_t count)
{
	void *p = (void *)va;
	struct xen_memory_reservation reservation = {
		.extent_start = va, .nr_extents = count, .domid = DOMID_SELF,
	};
	struct sched_poll poll = { .ports = va, .nr_ports = (uint32_t)count, .timeout = 1 };

	EXPECT(hypercall_mmu_update(p, (unsigned int)count & 0x7fffffff, NULL, DOMID_SELF) <= 0);
	EXPECT(hypercall_mmuext_op(p, (unsigned int)count & 0x7fffffff, NULL, DOMID_SELF) <= 0);
	EXPECT(hypercall_grant_table_op(0, p, (unsigned int)count) <= 0);
	EXPECT(hypercall_grant_table_op(5, p, (unsigned int)count) <= 0);
	EXPECT(hypercall_memory_op(XENMEM_decrease_reservation, &reservation) <= 0);
	EXPECT(hypercall_memory_op(XENMEM_populate_physmap, &reservation) <= 0);
	EXPECT(hypercall_sched_op(SCHEDOP_poll, &poll) <= 0);
	EXPECT(hypercall_multicall(p, (unsigned int)count) <= 0);
	EXPECT(hypercall_set_gdt(p, 512) <= 0);
}

static void check_extents(void)
{
	uint64_t frame = 0;
	struct xen_memory_reservation op = {
		.extent_start = (uint64_t)&frame, .nr_extents = 1, .domid = DOMID_SELF,
	};
	uint32_t order;

	for (order = 21; order < 300; order += 17) {
		op.extent_order = order;
		EXPECT(hypercall_memory_op(XENMEM_populate_physmap, &op) <= 0);
		EXPECT(hypercall_memory_op(XENMEM_decrease_reservation, &op) <= 0);
	}
	op.extent_order = 0;
	op.domid = 555;
	EXPECT(hypercall_memory_op(XENMEM_populate_physmap, &op) <= 0);
	op.domid = DOMID_SELF;
	op.extent_start = (uint64_t)&frame + 4;
	EXPECT(hypercall_memory_op(XENMEM_decrease_reservation, &op) <= 0);
}

static void run(void)
{
	unsigned int i, j;

	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		for (j = 0; j < sizeof(counts) / sizeof(counts[0]); j++) {
			check(addresses[i], counts[j]);
		}
	}
	check_extents();
}

CASE(run, CASE_ALONE);
