/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the iret hypercall enters user mode with exactly the registers of its frame, RCX and R11
 * included; `syscall` in user mode comes back at the syscall callback, with RCX = RIP behind the
 * instruction, R11 = RFLAGS, the user's RSP, and CS of RPL 3. Events are masked as RFLAGS.IF says
 * [CALL-10, MODE-9, MODE-12].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "user.h"

USER_ASM(code, "mov %rcx, %rbx\n mov %r11, %rbp\n mov %rax, %r12\n pushfq\n pop %r13\n"
	       "mov %cs, %r14d\n mov %ss, %r15d\n mov $0x77, %eax\n syscall\n ud2\n");

static void check(const struct trap_report *r)
{
	EXPECT_EQ(r->regs.rbx, user_default.rcx);
	EXPECT_EQ(r->regs.rbp, user_default.r11);
	EXPECT_EQ(r->regs.r12, user_default.rax);
	EXPECT_EQ(r->regs.r13 & 0x200, 0x200);
	EXPECT_EQ(r->regs.r13 & 0x3000, 0);
	EXPECT_EQ(r->regs.r14, FLAT_USER_CS64);
	EXPECT_EQ(r->regs.r15, FLAT_USER_SS64);
	EXPECT_EQ(r->regs.rax, 0x77);
	EXPECT_EQ(r->regs.rip, USER_CODE + (uint64_t)(code_end - code) - 2);
	EXPECT_EQ(r->regs.rcx, r->regs.rip);
	EXPECT_EQ(r->regs.rsp, USER_STACK_TOP);
	EXPECT_EQ(r->regs.cs & 3, 3);
	EXPECT_EQ(r->regs.rflags & 0x200, 0x200);
}

static void run(void)
{
	struct user_start start = user_default;
	struct trap_report report;

	REQUIRE(user_open());
	EXPECT_EQ(user_run(code, code_end, &start, &report), TRAP_SYSCALL);
	check(&report);
	start.rflags = 0x202 | 0x3000 | 0x8d5;
	EXPECT_EQ(user_run(code, code_end, &start, &report), TRAP_SYSCALL);
	EXPECT_EQ(report.regs.r13 & 0x3000, 0);
	EXPECT_EQ(report.regs.r13 & 0x8d5, 0x8d5);
	start = user_default;
	start.flags = 0x100;			/* VGCF_in_syscall */
	start.rcx = USER_CODE;
	start.r11 = 0x202;
	EXPECT_EQ(user_run(code, code_end, &start, &report), TRAP_SYSCALL);
	EXPECT_EQ(report.regs.r12, start.rax);
	user_close();
}

CASE(run, 0);
