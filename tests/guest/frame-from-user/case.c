/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an exception in user mode is delivered on the stack of stack_switch, with CS of RPL 3,
 * the error code's U bit set, and the user's stack pointer in the frame. User mode sees none of
 * the kernel's memory, and the hypervisor's addresses fault as if nothing were there [MODE-2,
 * MODE-4, MODE-5, PAGE-16].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "mm.h"
#include "user.h"

USER_ASM(read_zero, "mov 0x20, %rax\n");
USER_ASM(read_kernel, "movabs $kit_virt_base, %rax\n mov (%rax), %rax\n");
USER_ASM(write_hole, "mov $0xffff830000000000, %rax\n mov %rax, (%rax)\n");
USER_ASM(write_m2p, "mov $0xffff800000000000, %rax\n mov %rax, (%rax)\n");
USER_ASM(exec_stack, "lea -8(%rsp), %rax\n jmp *%rax\n");
USER_ASM(privileged, "mov %cr0, %rax\n");
USER_ASM(port, "in $0x80, %al\n");
USER_ASM(undefined, "ud2\n");

struct expected {
	const char *code, *end;
	int vector;
	uint64_t error, error_mask, cr2;
};

static void check(const struct expected *e, unsigned int i)
{
	struct trap_report r;
	int vector = user_run(e->code, e->end, &user_default, &r);

	if (vector != e->vector || (r.error & e->error_mask) != e->error) {
		case_fail(__LINE__, "step %u: vector %d error %lx", i, vector, r.error);
	}
	if (vector == 14 && r.cr2 != e->cr2) {
		case_fail(__LINE__, "step %u: cr2 %lx", i, r.cr2);
	}
	if ((r.regs.cs & 0xffff) != FLAT_USER_CS64 || r.regs.rsp != USER_STACK_TOP) {
		case_fail(__LINE__, "step %u: cs %lx rsp %lx", i, r.regs.cs, r.regs.rsp);
	}
	EXPECT_EQ(r.regs.cs >> 32 & 0xff, 0);
}

static void run(void)
{
	const struct expected list[] = {
		{ read_zero, read_zero_end, 14, 4, 0x1f, 0x20 },
		{ read_kernel, read_kernel_end, 14, 4, 0x1f, (uint64_t)kit_virt_base },
		{ write_hole, write_hole_end, 14, 6, 0x1e, 0xffff830000000000 },
		{ write_m2p, write_m2p_end, 14, 6, 0x1e, 0xffff800000000000 },
		{ exec_stack, exec_stack_end, 14, 0x15, 0x1f, USER_STACK_TOP - 8 },
		{ privileged, privileged_end, 13, 0, ~0UL, 0 },
		{ port, port_end, 13, 0, ~0UL, 0 },
		{ undefined, undefined_end, 6, 0, ~0UL, 0 },
	};
	unsigned int i;

	REQUIRE(user_open());
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		check(&list[i], i);
	}
	user_close();
}

CASE(run, 0);
