/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an exception in kernel mode pushes RCX, R11, the error code where the vector has one,
 * RIP, CS, RFLAGS, RSP, SS on the current stack, which is first aligned down to 16. CS has its
 * low two bits clear and the saved event mask in byte 4; RFLAGS.IF is the inverse of that mask
 * and IOPL reads 0. A page fault's U bit is clear and its address is in vcpu_info [MODE-1,
 * MODE-2, MODE-5].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

static struct trap_regs seen;
static uint64_t frame_end;

/* Every instruction raised here is two bytes long. */
static bool hook(struct trap_regs *regs)
{
	if (regs->vector != 6) {
		return false;
	}
	seen = *regs;
	frame_end = (uint64_t)(regs + 1);
	regs->rip += 2;
	return true;
}

static uint64_t raise_ud2(void)
{
	uint64_t rcx = 0xc0c0, sp;

	asm volatile("mov $0x1111, %%r11\n\tmov %%rsp, %1\n\tsub $8, %%rsp\n\tud2\n\tadd $8, %%rsp"
		     : "+c"(rcx), "=&r"(sp) : : "r11", "memory", "cc");
	EXPECT_EQ(rcx, 0xc0c0);
	return sp - 8;
}

static void check_mask(uint8_t mask)
{
	uint64_t sp;

	kit_shared_info->vcpu_info[0].evtchn_upcall_mask = mask;
	sp = raise_ud2();
	EXPECT_EQ(kit_shared_info->vcpu_info[0].evtchn_upcall_mask, mask);
	EXPECT_EQ(seen.rcx, 0xc0c0);
	EXPECT_EQ(seen.r11, 0x1111);
	EXPECT_EQ(seen.cs & 0xffff, FLAT_KERNEL_CS & ~3);
	EXPECT_EQ(seen.cs >> 32 & 0xff, mask);
	EXPECT_EQ(seen.rflags >> 9 & 1, !mask);
	EXPECT_EQ(seen.rflags >> 12 & 3, 0);
	EXPECT_EQ(seen.rsp, sp);
	EXPECT_EQ(seen.ss & 0xfffc, FLAT_KERNEL_SS & 0xfffc);
	EXPECT_EQ(frame_end, sp & -16UL);
	EXPECT_EQ(seen.error, 0);
}

static void check_page_faults(void)
{
	struct trap_report report;
	struct window w;
	void *page = page_alloc();

	REQUIRE(window_open(&w) && page);
	EXPECT_EQ(probe_read(WINDOW_VA + 0x123, NULL, &report), 14);
	EXPECT_EQ(report.error, 0);
	EXPECT_EQ(report.cr2, WINDOW_VA + 0x123);
	EXPECT_EQ(probe_write(WINDOW_VA + 0x1000, 0, &report), 14);
	EXPECT_EQ(report.error, 2);
	pte_write(window_pte(&w, 2), virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RO | XEN_PTE_NX);
	EXPECT_EQ(probe_write((uint64_t)window_va(2), 0, &report), 14);
	EXPECT_EQ(report.error, 3);
	EXPECT_EQ(probe_call((uint64_t)window_va(2), &report), 14);
	EXPECT_EQ(report.error, 0x11);
	EXPECT_EQ(report.regs.rip, (uint64_t)window_va(2));
	pte_write(window_pte(&w, 2), 0);
	window_close(&w);
	page_free(page);
}

static void do_bad_segment(void *arg)
{
	asm volatile("mov %0, %%ds" : : "r"(arg));
}

static void run(void)
{
	struct trap_report report;

	trap_set_hook(hook);
	check_mask(0);
	check_mask(1);
	event_enable();
	trap_set_hook(NULL);
	check_page_faults();
	EXPECT_EQ(trap_catch(do_bad_segment, (void *)0x7778, &report), 13);
	EXPECT_EQ(report.error, 0x7778);
}

CASE(run, 0);
