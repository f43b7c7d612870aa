/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: debug registers set by hypercall are read back and work: a data breakpoint raises #DB
 * with its bit in DR6; a breakpoint on an address of the hypervisor is refused, and so is a
 * number that does not exist [CPU-6].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "trap.h"

static volatile uint64_t watched;

static long set(unsigned int reg, uint64_t value)
{
	return hypercall_two(__HYPERVISOR_set_debugreg, reg, value);
}

static uint64_t get(unsigned int reg)
{
	return (uint64_t)hypercall_two(__HYPERVISOR_get_debugreg, reg, 0);
}

static void do_store(void *arg)
{
	*(volatile uint64_t *)arg = 1;
	asm volatile("nop\n\tnop");
}

static void run(void)
{
	struct trap_report r;

	EXPECT_EQ(set(0, (uint64_t)&watched), 0);
	EXPECT_EQ(get(0), (uint64_t)&watched);
	EXPECT(set(1, HYPERVISOR_VIRT_START) < 0);
	EXPECT(set(1, 0xffff830000000000) < 0);
	EXPECT(set(1, 0x800000000000) < 0);
	EXPECT_EQ(set(7, 0xd0002), 0);			/* DR0, 8 bytes, writes, global */
	EXPECT_EQ(trap_catch(do_store, (void *)&watched, &r), 1);
	EXPECT_EQ(get(6) & 0xf, 1);
	EXPECT_EQ(set(6, 0), 0);
	EXPECT_EQ(set(7, 0), 0);
	EXPECT_EQ(trap_catch(do_store, (void *)&watched, &r), TRAP_NONE);
	EXPECT_EQ(set(0, 0), 0);
	EXPECT(set(8, 0) < 0);
	EXPECT(set(99, 0) < 0);
}

CASE(run, 0);
