/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: vcpu_info can move once to a place inside a page of the domain: old contents move along,
 * an upcall is pending so that nothing is lost, and events are delivered there from then on; a
 * place that leaves its page, is not aligned, or a second move is refused [VCPU-3].
 */
#include <public/mmu.h>
#include <public/shared_info.h>
#include <public/vcpu.h>
#include <public/version.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"
#include "trap.h"

static volatile struct vcpu_info *moved;
static unsigned int upcalls;

/* The kit's own upcall looks at the old place. */
static bool hook(struct trap_regs *regs)
{
	if (regs->vector != TRAP_EVENT) {
		return false;
	}
	upcalls++;
	moved->evtchn_upcall_pending = 0;
	moved->evtchn_pending_sel = 0;
	return true;
}

static long place(uint64_t mfn, uint32_t offset)
{
	struct vcpu_register_vcpu_info op = { .mfn = mfn, .offset = offset };

	return hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, &op);
}

static void run(void)
{
	char *page = page_alloc();
	uint64_t mfn;

	REQUIRE(page);
	mfn = virt_to_mfn(page);
	EXPECT_EQ(place(mfn, PAGE_BYTES - 32), -XEN_ENXIO);
	EXPECT_EQ(place(mfn, 0x1003), -XEN_ENXIO);
	EXPECT(place(~0UL >> 20, 0) < 0);
	event_disable();
	moved = (struct vcpu_info *)(page + 0x80);
	trap_set_hook(hook);
	EXPECT_EQ(place(mfn, 0x80), 0);
	EXPECT_EQ(moved->evtchn_upcall_mask, 1);
	EXPECT_EQ(moved->evtchn_upcall_pending, 1);
	EXPECT(moved->time.tsc_to_system_mul != 0);
	EXPECT_EQ(place(mfn, 0x200), -XEN_EINVAL);
	EXPECT(page_make_ro(page) == 0);
	EXPECT(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn) < 0);
	EXPECT_EQ(page_make_rw(page), 0);
	moved->evtchn_upcall_mask = 0;
	hypercall_xen_version(XENVER_version, NULL);
	EXPECT_EQ(upcalls, 1);
	EXPECT_EQ(moved->evtchn_upcall_mask, 0);
}

CASE(run, CASE_ALONE);
