/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI sends a vCPU an NMI, which it takes before the call returns when it is the
 * caller's own and has a callback, and once when there were two while the first was handled; without a
 * callback it waits for one. A vCPU that does not exist or is down, a domain that does not exist or dies:
 * refused [MODE-13, VCPU-6].
 */
#include <public/callback.h>
#include <public/control.h>
#include <public/hypercall.h>
#include "case.h"
#include "hypercall.h"
#include "string.h"
#include "trap.h"

static unsigned int nmis;
static bool sends_again;

static long domain_op(struct control_dom *op, uint32_t cmd, uint16_t domid)
{
	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	op->domid = domid;
	return hypercall_two(__HYPERVISOR_domctl, (uint64_t)op, 0);
}

static long send_nmi(uint16_t domid, uint32_t vcpu)
{
	struct control_dom op = { .u.vcpu.vcpu = vcpu };

	return domain_op(&op, CONTROL_DOM_SEND_NMI, domid);
}

static bool hook(struct trap_regs *regs)
{
	unsigned int seen;

	if (regs->vector != 2) {
		return false;
	}
	seen = ++nmis;
	if (sends_again) {
		sends_again = false;
		/* Another one is kept until this one is over. */
		EXPECT_EQ(send_nmi(DOMID_SELF, 0), 0);
		EXPECT_EQ(send_nmi(DOMID_SELF, 0), 0);
		EXPECT_EQ(nmis, seen);
	}
	return true;
}

static void check_own(void)
{
	struct callback_register on = { .type = CALLBACKTYPE_nmi, .address = trap_entries[2] };
	struct callback_unregister off = { .type = CALLBACKTYPE_nmi };

	trap_set_hook(hook);
	EXPECT_EQ(hypercall_callback_op(CALLBACKOP_register, &on), 0);
	EXPECT_EQ(send_nmi(DOMID_SELF, 0), 0);
	EXPECT_EQ(nmis, 1);
	EXPECT_EQ(send_nmi(0, 0), 0);
	EXPECT_EQ(nmis, 2);
	sends_again = true;
	EXPECT_EQ(send_nmi(0, 0), 0);
	EXPECT_EQ(nmis, 4);
	EXPECT_EQ(hypercall_callback_op(CALLBACKOP_unregister, &off), 0);
	EXPECT_EQ(send_nmi(0, 0), 0);
	EXPECT_EQ(nmis, 4);
	EXPECT_EQ(hypercall_callback_op(CALLBACKOP_register, &on), 0);
	EXPECT_EQ(nmis, 5);
	EXPECT_EQ(hypercall_callback_op(CALLBACKOP_unregister, &off), 0);
}

static void check_refused(void)
{
	struct control_dom op = { .u.create = { .max_pages = 8, .vcpus = 2 } };
	uint16_t domid;

	EXPECT_EQ(send_nmi(DOMID_SELF, 1), -XEN_EINVAL);
	EXPECT_EQ(send_nmi(DOMID_SELF, 128), -XEN_EINVAL);
	EXPECT_EQ(send_nmi(DOMID_SELF, ~0U), -XEN_EINVAL);
	EXPECT_EQ(send_nmi(0x7000, 0), -XEN_ESRCH);
	EXPECT_EQ(send_nmi(0x7ff2, 0), -XEN_ESRCH);
	REQUIRE(domain_op(&op, CONTROL_DOM_CREATE, 0x7ff4) == 0);
	domid = op.domid;
	EXPECT_EQ(send_nmi(domid, 0), -XEN_EINVAL);
	EXPECT_EQ(send_nmi(domid, 1), -XEN_EINVAL);
	memset(&op, 0, sizeof(op));
	while (domain_op(&op, CONTROL_DOM_DESTROY, domid) == -XEN_EAGAIN) {
	}
	EXPECT_EQ(send_nmi(domid, 0), -XEN_ESRCH);
}

static void run(void)
{
	static struct control_info info;
	struct control_dom op = { .u.info = (uint64_t)&info };

	if (domain_op(&op, CONTROL_DOM_INFO, DOMID_SELF) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	check_own();
	check_refused();
}

CASE(run, 0);
