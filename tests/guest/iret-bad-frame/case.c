/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an iret frame that the processor cannot load, a non-canonical RIP, a CS or SS that is no
 * fitting selector, ends as an exception or a failsafe callback in the guest kernel; the
 * hypervisor and the domain live on [MODE-11].
 */
#include <public/mmu.h>
#include "case.h"
#include "event.h"
#include "user.h"

USER_ASM(nothing, "syscall\n");

static void check(uint64_t cs, uint64_t ss, int line)
{
	struct user_start start = user_default;
	struct trap_report r;
	int vector;

	start.cs = cs;
	start.ss = ss;
	vector = user_run(nothing, nothing_end, &start, &r);
	if (vector != 13 && vector != 12 && vector != 11 && vector != TRAP_FAILSAFE) {
		case_fail(line, "cs %lx ss %lx: vector %d", cs, ss, vector);
	}
}

static void check_rip(uint64_t rip, uint64_t flags)
{
	struct user_start start = user_default;
	struct trap_report r;
	int vector;

	start.flags = flags;
	start.rcx = rip;
	start.r11 = start.rflags;
	vector = user_run_at(rip, &start, &r);
	if (vector != 13 && vector != 14 && vector != TRAP_FAILSAFE) {
		case_fail(__LINE__, "rip %lx flags %lx: vector %d", rip, flags, vector);
	}
}

static void run(void)
{
	struct trap_report r;

	REQUIRE(user_open());
	check(0x7773, FLAT_USER_SS64, __LINE__);
	check(0x0003, FLAT_USER_SS64, __LINE__);
	check(FLAT_USER_CS64, 0x7773, __LINE__);
	check(0xe02b, FLAT_USER_SS64, __LINE__);
	check(FLAT_USER_CS64, 0xe033, __LINE__);
	check_rip(0x800000000000, 0);
	check_rip(0x800000000000, 0x100);
	check_rip(0xffff7fffffffffff, 0);
	check_rip(0x8000000000000000, 0x100);
	check_rip(0xffff830000000000, 0);
	check_rip(0xffff830000000000, 0x100);
	EXPECT_EQ(user_run(nothing, nothing_end, &user_default, &r), TRAP_SYSCALL);
	event_enable();
	user_close();
}

CASE(run, 0);
