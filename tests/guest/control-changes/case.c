/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI's changes say which domains vanished since the caller's position, in order and
 * once for each change, and take nothing away from another reader; a position that the log does not
 * reach, 0 and one that never was are answered with "read the list", none else, and the present
 * [CONTROL_SYS_CHANGES].
 */
#include <public/control.h>
#include <public/hypercall.h>
#include "case.h"
#include "hypercall.h"
#include "string.h"

#define KEPT 1024

static struct control_changes answer;

static long changes(uint64_t pos)
{
	struct control_sys op = { .version = CONTROL_VERSION, .cmd = CONTROL_SYS_CHANGES, .u.changes.pos = pos };
	long rc = hypercall_sysctl(&op);

	answer = op.u.changes;
	return rc;
}

static long domain_op(struct control_dom *op, uint32_t cmd, uint16_t domid)
{
	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	op->domid = domid;
	return hypercall_two(__HYPERVISOR_domctl, (uint64_t)op, 0);
}

/* Created and destroyed; its id. */
static uint16_t brief_domain(void)
{
	struct control_dom op = { .u.create = { .max_pages = 8, .vcpus = 1 } };
	uint16_t domid;
	long rc;

	EXPECT_EQ(domain_op(&op, CONTROL_DOM_CREATE, 0x7ff4), 0);
	domid = op.domid;
	memset(&op, 0, sizeof(op));
	do {
		rc = domain_op(&op, CONTROL_DOM_DESTROY, domid);
	} while (rc == -XEN_EAGAIN);
	EXPECT_EQ(rc, 0);
	return domid;
}

static void check_order(uint64_t start)
{
	uint16_t first = brief_domain(), second = brief_domain();
	uint64_t end;

	EXPECT_EQ(changes(start), 0);
	EXPECT_EQ(answer.flags, 0);
	EXPECT_EQ(answer.count, 2);
	EXPECT_EQ(answer.domids[0], first);
	EXPECT_EQ(answer.domids[1], second);
	EXPECT_EQ(answer.domids[2], 0);
	end = answer.pos;
	EXPECT_EQ(changes(end), 0);
	EXPECT_EQ(answer.count, 0);
	EXPECT_EQ(answer.pos, end);
	/* Another reader, further behind. */
	EXPECT_EQ(changes(start), 0);
	EXPECT_EQ(answer.count, 2);
	EXPECT_EQ(changes(start + 1), 0);
	EXPECT_EQ(answer.count, 1);
	EXPECT_EQ(answer.domids[0], second);
}

static void check_bounds(uint64_t start)
{
	uint64_t end;
	uint32_t i, got = 0;

	for (i = 0; i < KEPT; i++) {
		brief_domain();
	}
	EXPECT_EQ(changes(start), 0);
	EXPECT_EQ(answer.flags, CONTROL_CHANGES_ALL);
	EXPECT_EQ(answer.count, 0);
	end = answer.pos;
	EXPECT_EQ(changes(end - KEPT), 0);
	do {
		EXPECT_EQ(answer.flags, 0);
		got += answer.count;
		EXPECT_EQ(changes(answer.pos), 0);
	} while (answer.count);
	EXPECT_EQ(got, KEPT);
	EXPECT_EQ(changes(end + 1), 0);
	EXPECT_EQ(answer.flags, CONTROL_CHANGES_ALL);
	EXPECT_EQ(changes(~0UL), 0);
	EXPECT_EQ(answer.flags, CONTROL_CHANGES_ALL);
	EXPECT_EQ(answer.pos, end);
}

static void run(void)
{
	if (changes(0) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	EXPECT_EQ(answer.flags, CONTROL_CHANGES_ALL);
	check_order(answer.pos);
	EXPECT_EQ(changes(0), 0);
	check_bounds(answer.pos - 1);
}

CASE(run, 0);
