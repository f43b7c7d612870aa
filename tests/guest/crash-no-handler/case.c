/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an exception without a handler ends the domain, and only the domain [MODE-7, MODE-8].
 */
#include <public/vcpu.h>
#include "case.h"
#include "hypercall.h"

static void run(void)
{
	static struct trap_info none[1];

	EXPECT_EQ(hypercall_set_trap_table(NULL), 0);
	EXPECT_EQ(hypercall_set_trap_table(none), 0);
	expect_crash();
	asm volatile("ud2");
}

CASE(run, CASE_CRASHES);
