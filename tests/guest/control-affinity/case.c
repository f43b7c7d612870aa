/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI sets a vCPU's hard and soft affinity apart from each other and gives both back. A
 * set without a processor of the machine, no set, an unknown one, a vCPU or a domain that does not exist:
 * refused, and nothing is changed [CONTROL_DOM_SET_AFFINITY].
 */
#include <public/control.h>
#include <public/hypercall.h>
#include "case.h"
#include "hypercall.h"
#include "string.h"

#define ALL (~0ull)

static long vcpu_op(struct control_dom *op, uint32_t cmd, uint16_t domid)
{
	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	op->domid = domid;
	return hypercall_two(__HYPERVISOR_domctl, (uint64_t)op, 0);
}

static long set(uint32_t vcpu, uint32_t flags, uint64_t hard, uint64_t soft)
{
	struct control_dom op = {
		.u.vcpu = { .vcpu = vcpu, .flags = flags, .affinity = { hard }, .soft = { soft } },
	};

	return vcpu_op(&op, CONTROL_DOM_SET_AFFINITY, DOMID_SELF);
}

static void expect(uint64_t hard, uint64_t soft)
{
	struct control_dom op = { 0 };

	REQUIRE(vcpu_op(&op, CONTROL_DOM_VCPU_INFO, DOMID_SELF) == 0);
	EXPECT_EQ(op.u.vcpu.affinity[0], hard);
	EXPECT_EQ(op.u.vcpu.soft[0], soft);
}

static void run(void)
{
	static struct control_info info;
	struct control_dom op = { .u.info = (uint64_t)&info };

	if (vcpu_op(&op, CONTROL_DOM_INFO, DOMID_SELF) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	expect(ALL, ALL);
	EXPECT_EQ(set(0, CONTROL_AFFINITY_HARD, 1, 0), 0);
	expect(1, ALL);
	EXPECT_EQ(set(0, CONTROL_AFFINITY_SOFT, 0, 3), 0);
	expect(1, 3);
	EXPECT_EQ(set(0, 0, 1, 1), -XEN_EINVAL);
	EXPECT_EQ(set(0, 4 | CONTROL_AFFINITY_HARD, 1, 1), -XEN_EINVAL);
	EXPECT_EQ(set(0, CONTROL_AFFINITY_HARD | CONTROL_AFFINITY_SOFT, ALL, 0), -XEN_EINVAL);
	EXPECT_EQ(set(0, CONTROL_AFFINITY_HARD | CONTROL_AFFINITY_SOFT, 0, ALL), -XEN_EINVAL);
	EXPECT_EQ(set(0, CONTROL_AFFINITY_SOFT, 1, 1ull << 63), -XEN_EINVAL);
	EXPECT_EQ(set(1, CONTROL_AFFINITY_HARD, 1, 0), -XEN_EINVAL);
	EXPECT_EQ(set(~0U, CONTROL_AFFINITY_HARD, 1, 0), -XEN_EINVAL);
	expect(1, 3);
	memset(&op, 0, sizeof(op));
	op.u.vcpu.flags = CONTROL_AFFINITY_HARD;
	op.u.vcpu.affinity[0] = 1;
	EXPECT_EQ(vcpu_op(&op, CONTROL_DOM_SET_AFFINITY, 0x7000), -XEN_ESRCH);
	EXPECT_EQ(set(0, CONTROL_AFFINITY_HARD | CONTROL_AFFINITY_SOFT, ALL, ALL), 0);
	expect(ALL, ALL);
}

CASE(run, 0);
