/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a kernel can read CR0, CR2, CR3 and CR4; CR3 shows the current top table, CR2 the last
 * page fault; CR4 shows PAE and none of what is hidden; setting TS makes the next FPU instruction
 * raise #NM, clts clears it. Descriptor table loads and CR8 fault [CPU-3].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"

static uint64_t cr0, cr2, cr3, cr4;

static void do_read(void *arg)
{
	(void)arg;
	asm volatile("mov %%cr0, %0" : "=r"(cr0));
	asm volatile("mov %%cr2, %0" : "=r"(cr2));
	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	asm volatile("mov %%cr4, %0" : "=r"(cr4));
}

static void do_fpu(void *arg)
{
	(void)arg;
	asm volatile("fninit");
}

static void do_write_cr0(void *arg)
{
	asm volatile("mov %0, %%cr0" : : "r"(*(uint64_t *)arg));
}

static void do_write_cr4(void *arg)
{
	asm volatile("mov %0, %%cr4" : : "r"(*(uint64_t *)arg));
}

static void do_clts(void *arg)
{
	(void)arg;
	asm volatile("clts");
}

static void do_lgdt(void *arg)
{
	asm volatile("lgdt %0" : : "m"(*(char (*)[10])arg));
}

static void check_fpu(void)
{
	struct trap_report r;
	uint64_t ts = cr0 | 8;

	EXPECT_EQ(trap_catch(do_fpu, NULL, &r), TRAP_NONE);
	EXPECT_EQ(trap_catch(do_write_cr0, &ts, &r), TRAP_NONE);
	EXPECT_EQ(trap_catch(do_fpu, NULL, &r), 7);
	EXPECT_EQ(trap_catch(do_fpu, NULL, &r), TRAP_NONE);
	EXPECT_EQ(trap_catch(do_clts, NULL, &r), TRAP_NONE);
	EXPECT_EQ(trap_catch(do_fpu, NULL, &r), TRAP_NONE);
	EXPECT_EQ(hypercall_two(__HYPERVISOR_fpu_taskswitch, 1, 0), 0);
	EXPECT_EQ(trap_catch(do_fpu, NULL, &r), 7);
	EXPECT_EQ(hypercall_two(__HYPERVISOR_fpu_taskswitch, 0, 0), 0);
	EXPECT_EQ(trap_catch(do_fpu, NULL, &r), TRAP_NONE);
}

static void run(void)
{
	static char descriptor[10];
	struct trap_report r;

	EXPECT_EQ(probe_read(0x123456789, NULL, &r), 14);
	EXPECT_EQ(trap_catch(do_read, NULL, &r), TRAP_NONE);
	EXPECT_EQ(cr0 & 0x80000001, 0x80000001);
	EXPECT_EQ(cr2, 0x123456789);
	EXPECT_EQ(cr3 >> 12, virt_to_mfn((void *)kit_start_info->pt_base));
	EXPECT_EQ(cr4 & 1U << 5, 1U << 5);
	EXPECT_EQ(cr4 & (1U << 20 | 1U << 21 | 1U << 17 | 1U << 12), 0);
	EXPECT_EQ(trap_catch(do_write_cr4, &cr4, &r), TRAP_NONE);
	check_fpu();
	EXPECT_EQ(trap_catch(do_lgdt, descriptor, &r), 13);
	EXPECT_EQ(r.error, 0);
}

CASE(run, 0);
