/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an iret to user mode without user page tables ends the domain [MODE-11].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"

static void run(void)
{
	static uint64_t frame[9] = {
		0, 0, 0, 0, 0x1000, FLAT_USER_CS64, 0x202, 0x2000, FLAT_USER_SS64,
	};

	expect_crash();
	asm volatile("mov %0, %%rsp\n\tmov %1, %%eax\n\tsyscall"
		     : : "r"(frame), "i"(__HYPERVISOR_iret) : "memory");
}

CASE(run, CASE_CRASHES);
