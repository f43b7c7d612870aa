/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a page that becomes a table on one vCPU cannot be written by another that still has the
 * writable translation cached: when the pin returns, the other's plain stores have ended; what it
 * stores later is refused by a page fault [PAGE-3].
 */
#include <public/mmu.h>
#include "case.h"
#include "clock.h"
#include "hypercall.h"
#include "mm.h"
#include "second.h"
#include "trap.h"

static volatile unsigned int stage, faults;
static volatile uint64_t *page;

/* The second vCPU's store faults: let it out of its loop. */
static bool hook(struct trap_regs *regs)
{
	if (regs->vector != 14) {
		return false;
	}
	faults++;
	regs->rip = regs->r15;
	return true;
}

static void second(void)
{
	stage = 1;
	asm volatile("lea 2f(%%rip), %%r15\n"
		     "1:\tmov %0, (%1)\n\taddq $0x1000, %0\n\tjmp 1b\n2:"
		     : : "r"(1UL << 51 | XEN_PTE_PRESENT), "r"(page) : "r15", "memory");
	stage = 2;
	for (;;) {
		second_sleep();
	}
}

static void run(void)
{
	uint64_t mfn, before;

	if (hypercall_vcpu_op(VCPUOP_is_up, 1, NULL) == -XEN_ENOENT) {
		SKIP("no second vCPU");
	}
	page = page_alloc();
	REQUIRE(page);
	mfn = virt_to_mfn((void *)page);
	trap_set_hook(hook);
	REQUIRE(second_start(second) == 0 && wait_for(&stage, 1));
	clock_spin(10000000);
	EXPECT(page[0] != 0);
	EXPECT_EQ(hypercall_update_va_mapping((void *)page, mfn * PAGE_BYTES | PTE_KERNEL_RO,
					      UVMF_NONE), 0);
	/* The page holds entries that no table may have: refused, and the store may go on. */
	EXPECT(mmuext_mfn(MMUEXT_PIN_L1_TABLE, mfn) < 0);
	EXPECT_EQ(hypercall_update_va_mapping((void *)page, mfn * PAGE_BYTES | PTE_KERNEL_RO,
					      UVMF_INVLPG | UVMF_ALL), 0);
	EXPECT(wait_for(&stage, 2));
	EXPECT_EQ(faults, 1);
	before = page[0];
	clock_spin(10000000);
	EXPECT_EQ(page[0], before);
	EXPECT_EQ(page_make_rw((void *)page), 0);
}

CASE(run, CASE_TWO_VCPUS);
