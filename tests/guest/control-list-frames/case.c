/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI lists each frame of a domain once, upwards by machine frame number, with the
 * pseudo-physical number that the M2P gives it, and no special ones; a list in parts of any size is the
 * whole; a start behind the end, room for nothing, bad buffers and domains that are not there are told
 * [CONTROL_DOM_LIST_FRAMES].
 */
#include <public/control.h>
#include <public/hypercall.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "string.h"

#define ROOM 64
#define FEW 5
#define FIRST_PFN 7

static struct control_frame rows[ROOM];
static struct control_frame_list answer;

static long domain_op(struct control_dom *op, uint32_t cmd, uint16_t domid)
{
	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	op->domid = domid;
	return hypercall_two(__HYPERVISOR_domctl, (uint64_t)op, 0);
}

static long list(uint16_t domid, void *buffer, uint64_t first, uint64_t count)
{
	struct control_dom op = { .u.frame_list = { .buffer = (uint64_t)buffer, .first = first, .count = count } };
	long rc = domain_op(&op, CONTROL_DOM_LIST_FRAMES, domid);

	answer = op.u.frame_list;
	return rc;
}

static uint64_t pages_of(uint16_t domid)
{
	static struct control_info info;
	struct control_dom op = { .u.info = (uint64_t)&info };

	EXPECT_EQ(domain_op(&op, CONTROL_DOM_INFO, domid), 0);
	return info.tot_pages;
}

/* All frames of a domain in parts of @room, checked for order and against the M2P; how many. */
static uint64_t walk(uint16_t domid, uint32_t room)
{
	uint64_t first = 0, last = 0, found = 0, i;
	bool in_order = true, is_m2p = true;

	do {
		if (list(domid, rows, first, room) != 0 || answer.count > room) {
			EXPECT(!"a part of the list");
			return 0;
		}
		for (i = 0; i < answer.count; i++) {
			in_order &= rows[i].mfn > last && rows[i].mfn >= first && rows[i].mfn < answer.first;
			is_m2p &= rows[i].pfn == mfn_to_pfn(rows[i].mfn);
			last = rows[i].mfn;
		}
		found += answer.count;
		if (answer.first <= first) {
			EXPECT(!"the list goes on");
			return 0;
		}
		first = answer.first;
	} while (first != ~0UL);
	EXPECT(in_order);
	EXPECT(is_m2p);
	return found;
}

static void check_self(void)
{
	static const uint32_t rooms[] = { ROOM, 7 };
	unsigned int i;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		EXPECT_EQ(walk(DOMID_SELF, rooms[i]), pages_of(DOMID_SELF));
	}
}

/* The numbers that @domid was populated with, and nothing else. */
static void check_other(uint16_t domid, const uint64_t mfns[FEW])
{
	uint64_t i, j, found = 0;

	EXPECT_EQ(list(domid, rows, 0, ROOM), 0);
	while (answer.count == 0 && answer.first != ~0UL) {
		EXPECT_EQ(list(domid, rows, answer.first, ROOM), 0);
	}
	EXPECT_EQ(answer.count, FEW);
	EXPECT_EQ(pages_of(domid), FEW);
	for (i = 0; i < answer.count; i++) {
		for (j = 0; j < FEW; j++) {
			found += rows[i].mfn == mfns[j] && rows[i].pfn == FIRST_PFN + j;
		}
	}
	EXPECT_EQ(found, FEW);
	EXPECT_EQ(walk(domid, 1), FEW);
}

static void check_odd(uint16_t domid)
{
	EXPECT_EQ(list(domid, rows, 0, 0), 0);
	EXPECT_EQ(answer.count, 0);
	EXPECT_EQ(answer.first, 0);
	EXPECT_EQ(list(domid, rows, ~0UL, ROOM), 0);
	EXPECT_EQ(answer.count, 0);
	EXPECT_EQ(answer.first, ~0UL);
	EXPECT_EQ(list(domid, rows, 1UL << 40, ROOM), 0);
	EXPECT_EQ(answer.first, ~0UL);
	EXPECT_EQ(list(DOMID_SELF, (void *)8, 0, ROOM), -XEN_EFAULT);
	EXPECT_EQ(list(DOMID_SELF, (void *)0xffff820000000000, 0, ROOM), -XEN_EFAULT);
	EXPECT_EQ(list(DOMID_SELF, (void *)0x800000000000, 0, ROOM), -XEN_EFAULT);
	EXPECT_EQ(list(0x7000, rows, 0, ROOM), -XEN_ESRCH);
	EXPECT_EQ(list(0x7ff2, rows, 0, ROOM), -XEN_ESRCH);
}

static void run(void)
{
	struct control_dom op = { .u.create = { .max_pages = FEW, .vcpus = 1 } };
	static uint64_t mfns[FEW];
	uint16_t domid;

	if (list(DOMID_SELF, rows, 0, ROOM) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	check_self();
	REQUIRE(domain_op(&op, CONTROL_DOM_CREATE, 0x7ff4) == 0);
	domid = op.domid;
	EXPECT_EQ(walk(domid, ROOM), 0);
	memset(&op, 0, sizeof(op));
	op.u.populate = (struct control_populate){ .first_pfn = FIRST_PFN, .count = FEW, .mfns = (uint64_t)mfns };
	EXPECT_EQ(domain_op(&op, CONTROL_DOM_POPULATE, domid), 0);
	check_other(domid, mfns);
	check_odd(domid);
	memset(&op, 0, sizeof(op));
	while (domain_op(&op, CONTROL_DOM_DESTROY, domid) == -XEN_EAGAIN) {
	}
	EXPECT_EQ(list(domid, rows, 0, ROOM), -XEN_ESRCH);
}

CASE(run, 0);
