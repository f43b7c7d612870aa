/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: x87 and SSE registers and MXCSR survive hypercalls, yielding and timer interrupts; a new
 * kernel starts with the architectural defaults [VCPU-5].
 */
#include <public/sched.h>
#include <public/version.h>
#include "case.h"
#include "clock.h"
#include "hypercall.h"

static uint64_t before[2] __attribute__((aligned(16))) = { 0x1122334455667788, 0x99aabbccddeeff00 };
static uint64_t after[2] __attribute__((aligned(16)));

static void run(void)
{
	uint32_t mxcsr = 0, changed = 0x3f80;
	uint16_t control = 0;

	asm volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
	EXPECT_EQ(mxcsr & 0xffc0, 0x1f80);
	EXPECT_EQ(control, 0x37f);
	asm volatile("movaps %0, %%xmm0\n\tmovaps %0, %%xmm15\n\tldmxcsr %1\n\tfld1"
		     : : "m"(before), "m"(changed));
	clock_spin(20000000);
	hypercall_sched_op(SCHEDOP_yield, NULL);
	asm volatile("movaps %%xmm0, %0" : "=m"(after));
	EXPECT(after[0] == before[0] && after[1] == before[1]);
	asm volatile("movaps %%xmm15, %0\n\tstmxcsr %1" : "=m"(after), "=m"(mxcsr));
	EXPECT(after[0] == before[0] && after[1] == before[1]);
	EXPECT_EQ(mxcsr, changed);
	asm volatile("fstpl %0" : "=m"(after[0]));
	EXPECT_EQ(after[0], 0x3ff0000000000000);
	changed = 0x1f80;
	asm volatile("fninit\n\tldmxcsr %0" : : "m"(changed));
}

CASE(run, 0);
