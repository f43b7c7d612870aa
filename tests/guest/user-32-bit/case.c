/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: user mode may run 32-bit code on the flat 32-bit selector: `int $0x80` and faults come back with
 * that selector, 32-bit stack and address [MODE-4, MODE-6, DESC-5].
 */
#include <public/mmu.h>
#include "case.h"
#include "user.h"

asm(".pushsection .rodata\n.code32\n"
    "code: mov $0x12345678, %eax\n dec %eax\n push %eax\n int $0x80\n"
    "code_end: bad: mov 0x20, %eax\n bad_end:\n.code64\n.popsection\n");
extern const char code[], code_end[], bad[], bad_end[];

static void run(void)
{
	struct user_start start = user_default;
	struct trap_report r;

	REQUIRE(user_open());
	start.cs = FLAT_USER_CS32;
	EXPECT_EQ(user_run(code, code_end, &start, &r), 0x80);
	EXPECT_EQ(r.regs.rax, 0x12345677);
	EXPECT_EQ(r.regs.cs & 0xffff, FLAT_USER_CS32);
	EXPECT_EQ(r.regs.rsp, USER_STACK_TOP - 4);
	EXPECT_EQ(user_run(bad, bad_end, &start, &r), 14);
	EXPECT_EQ(r.cr2, 0x20);
	EXPECT_EQ(r.error & 0x1f, 4);
	EXPECT_EQ(r.regs.cs & 0xffff, FLAT_USER_CS32);
	user_close();
}

CASE(run, 0);
