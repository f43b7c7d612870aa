/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an exception while the kernel's stack is not mapped ends the domain [MODE-8].
 */
#include "case.h"

static void run(void)
{
	expect_crash();
	asm volatile("mov %0, %%rsp\n\tud2" : : "r"(0x1234567000));
}

CASE(run, CASE_CRASHES);
