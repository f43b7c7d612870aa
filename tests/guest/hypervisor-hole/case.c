/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the hypervisor's addresses are nothing to the guest kernel: a read, write or jump there
 * is an ordinary page fault at that address, with U clear in the error code, and the domain lives
 * on; hypercall arguments there are -EFAULT [CALL-5, PAGE-16].
 */
#include <public/mmu.h>
#include <public/version.h>
#include "case.h"
#include "hypercall.h"
#include "probe.h"

static void check(uint64_t va)
{
	struct trap_report r;
	struct xen_feature_info *info = (void *)va;

	EXPECT_EQ(probe_read(va, NULL, &r), 14);
	EXPECT_EQ(r.cr2, va);
	EXPECT_EQ(r.error & 0x1e, 0);
	EXPECT_EQ(probe_write(va, 1, &r), 14);
	EXPECT_EQ(r.cr2, va);
	EXPECT_EQ(r.error & 0x1e, 2);
	EXPECT_EQ(probe_call(va, &r), 14);
	EXPECT_EQ(r.error & 4, 0);
	EXPECT_EQ(r.cr2, va);
	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, info), -XEN_EFAULT);
	EXPECT_EQ(hypercall_mmu_update(info, 1, NULL, DOMID_SELF), -XEN_EFAULT);
	EXPECT_EQ(hypercall_memory_op(12, info), -XEN_EFAULT);
}

static void run(void)
{
	uint64_t slot;

	for (slot = XEN_L4_SLOT_FIRST + 1; slot <= XEN_L4_SLOT_LAST; slot++) {
		check(0xffff000000000000 | slot << 39);
		check(0xffff000000000000 | slot << 39 | 0x40200000);
		check((0xffff000000000000 | (slot + 1) << 39) - 4096);
	}
	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, (void *)0xffff87fffffffffc),
		  -XEN_EFAULT);
	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, (void *)0x7ffffffffffe), -XEN_EFAULT);
	EXPECT_EQ(hypercall_xen_version(XENVER_get_features, (void *)0x800000000000), -XEN_EFAULT);
}

CASE(run, 0);
