/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an exception while the kernel's stack pointer is in the hypervisor's range ends the
 * domain, since the frame cannot be written; the hypervisor is unharmed and says so [MODE-8].
 */
#include "case.h"

static void run(void)
{
	expect_crash();
	asm volatile("mov %0, %%rsp\n\tud2" : : "r"(0xffff830000001000));
}

CASE(run, CASE_CRASHES);
