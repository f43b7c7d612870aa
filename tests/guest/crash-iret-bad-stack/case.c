/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an iret hypercall whose frame cannot be read ends the domain [MODE-11].
 */
#include "case.h"
#include "hypercall.h"

static void run(void)
{
	expect_crash();
	asm volatile("mov %0, %%rsp\n\tmov %1, %%eax\n\tsyscall"
		     : : "r"(0xffff830000001000), "i"(__HYPERVISOR_iret) : "memory");
}

CASE(run, CASE_CRASHES);
