/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: each exception of a kernel's own making arrives at its own vector: divide, debug step,
 * breakpoint (RIP behind the instruction), invalid opcode, general protection with error code 0
 * for a privileged instruction and for a non-canonical address [MODE-1, MODE-5].
 */
#include "case.h"
#include "trap.h"

static struct trap_report report;

static void do_divide(void *arg)
{
	(void)arg;
	asm volatile("xor %%ecx, %%ecx\n\txor %%edx, %%edx\n\tmov $1, %%eax\n\tdiv %%ecx"
		     : : : "rax", "rcx", "rdx", "cc");
}

static void do_int3(void *arg)
{
	(void)arg;
	asm volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n\tint3\n1:"
		     : "=m"(*(uint64_t *)arg) : : "rax");
}

static void do_step(void *arg)
{
	(void)arg;
	asm volatile("pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n\tnop\n\tnop\n\tnop" : : : "cc");
}

static void do_ud2(void *arg)
{
	(void)arg;
	asm volatile("ud2");
}

static void do_ltr(void *arg)
{
	(void)arg;
	asm volatile("ltr %w0" : : "r"(0));
}

static void do_non_canonical(void *arg)
{
	(void)*(volatile uint64_t *)arg;
}

static void run(void)
{
	uint64_t behind = 0;

	EXPECT_EQ(trap_catch(do_divide, NULL, &report), 0);
	EXPECT_EQ(trap_catch(do_step, NULL, &report), 1);
	EXPECT_EQ(report.regs.rflags & 0x100, 0x100);
	EXPECT_EQ(trap_catch(do_int3, &behind, &report), 3);
	EXPECT_EQ(report.regs.rip, behind);
	EXPECT_EQ(trap_catch(do_ud2, NULL, &report), 6);
	EXPECT_EQ(trap_catch(do_ltr, NULL, &report), 13);
	EXPECT_EQ(report.error, 0);
	EXPECT_EQ(trap_catch(do_non_canonical, (void *)0x800000000000, &report), 13);
	EXPECT_EQ(report.error, 0);
}

CASE(run, 0);
