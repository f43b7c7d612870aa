/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: `int3` and `int $0x80` in user mode reach the kernel at their vectors, RIP behind the
 * instruction; `int n` for a vector whose gate does not allow user mode is a general protection
 * fault at the instruction with error code n * 8 + 2 [MODE-6].
 *
 * Some emulated processors give n * 16 + 2 there; the case takes both (QEMU before 10).
 */
#include "case.h"
#include "user.h"

USER_ASM(breakpoint, "int3\n nop\n");
USER_ASM(int_80, "int $0x80\n nop\n");
USER_ASM(int_6, "int $6\n nop\n");
USER_ASM(int_99, "int $0x99\n nop\n");

static void check_denied(const char *code, const char *end, uint64_t vector)
{
	struct trap_report r;

	EXPECT_EQ(user_run(code, end, &user_default, &r), 13);
	EXPECT_EQ(r.regs.rip, USER_CODE);
	if (r.error != vector * 8 + 2 && r.error != vector * 16 + 2) {
		case_fail(__LINE__, "vector %lx: error code %lx", vector, r.error);
	}
}

static void run(void)
{
	struct trap_report r;

	REQUIRE(user_open());
	EXPECT_EQ(user_run(breakpoint, breakpoint_end, &user_default, &r), 3);
	EXPECT_EQ(r.regs.rip, USER_CODE + 1);
	EXPECT_EQ(user_run(int_80, int_80_end, &user_default, &r), 0x80);
	EXPECT_EQ(r.regs.rip, USER_CODE + 2);
	EXPECT_EQ(r.regs.cs & 3, 3);
	check_denied(int_6, int_6_end, 6);
	check_denied(int_99, int_99_end, 0x99);
	user_close();
}

CASE(run, 0);
