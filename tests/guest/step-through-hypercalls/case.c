/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a kernel may single-step itself through hypercalls: it gets its debug exceptions, each in its own
 * code, the calls answer as always, and the hypervisor never steps [MODE-5, CALL-1].
 */
#include <public/version.h>
#include "case.h"
#include "hypercall.h"
#include "trap.h"

extern char kit_text_start[], kit_image_end[];

static unsigned int steps, strays;

static bool hook(struct trap_regs *regs)
{
	if (regs->vector != 1) {
		return false;
	}
	steps++;
	if (regs->rip < (uint64_t)kit_text_start || regs->rip >= (uint64_t)kit_image_end) {
		strays++;
	}
	if (steps > 5000) {
		regs->rflags &= ~0x100UL;
	}
	return true;
}

static void step(bool on)
{
	if (on) {
		asm volatile("pushfq\n\torl $0x100, (%%rsp)\n\tpopfq" : : : "cc", "memory");
	} else {
		asm volatile("pushfq\n\tandl $~0x100, (%%rsp)\n\tpopfq" : : : "cc", "memory");
	}
}

static void run(void)
{
	struct multicall_entry batch[2] = {
		{ .op = __HYPERVISOR_xen_version, .args = { XENVER_pagesize } },
		{ .op = __HYPERVISOR_xen_version, .args = { XENVER_pagesize } },
	};
	long results[4];

	trap_set_hook(hook);
	step(true);
	results[0] = hypercall_xen_version(XENVER_pagesize, NULL);
	results[1] = hypercall_two(999, 0, 0);
	results[2] = hypercall_multicall(batch, 2);
	results[3] = hypercall_xen_version(XENVER_version, NULL);
	step(false);
	EXPECT_EQ(results[0], 4096);
	EXPECT_EQ(results[1], -XEN_ENOSYS);
	EXPECT_EQ(results[2], 0);
	EXPECT(results[3] > 0);
	EXPECT(steps > 20 && steps < 5000);
	EXPECT_EQ(strays, 0);
}

CASE(run, CASE_ALONE);
