/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: where the processor has XSAVE a kernel finds OSXSAVE on before it has set CR4, as stock
 * kernels expect, can enable AVX by CR4 and XSETBV, and the upper halves of the registers survive
 * hypercalls, yielding and timer interrupts [VCPU-5, CPU-1].
 */
#include <public/cpuid.h>
#include <public/sched.h>
#include "case.h"
#include "clock.h"
#include "hypercall.h"

#define ECX_XSAVE (1u << 26)
#define ECX_OSXSAVE (1u << 27)
#define ECX_AVX (1u << 28)
#define CR4_OSXSAVE (1u << 18)
#define XCR0_X87_SSE_AVX 7u

static uint64_t before[4] __attribute__((aligned(32))) = {
	0x1122334455667788, 0x99aabbccddeeff00, 0x0f1e2d3c4b5a6978, 0x8796a5b4c3d2e1f0,
};
static uint64_t after[4] __attribute__((aligned(32)));

static uint32_t features(void)
{
	uint32_t a = 1, b, c = 0, d;

	asm volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return c;
}

static uint64_t enable_avx(void)
{
	uint64_t cr4;
	uint32_t low, high;

	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %0, %%cr4" : : "r"(cr4 | CR4_OSXSAVE));
	asm volatile("xsetbv" : : "a"(XCR0_X87_SSE_AVX), "d"(0), "c"(0));
	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static void expect_same(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		EXPECT_EQ(after[i], before[i]);
	}
}

static void run(void)
{
	uint32_t c = features();

	if ((c & ECX_XSAVE) == 0) {
		SKIP("the processor has no XSAVE");
	}
	EXPECT_EQ(c & ECX_OSXSAVE, ECX_OSXSAVE);
	if ((c & ECX_AVX) == 0) {
		SKIP("the processor has no AVX");
	}
	EXPECT_EQ(enable_avx(), XCR0_X87_SSE_AVX);
	asm volatile("vmovaps %0, %%ymm0\n\tvmovaps %0, %%ymm15" : : "m"(before));
	clock_spin(20000000);
	hypercall_sched_op(SCHEDOP_yield, NULL);
	asm volatile("vmovaps %%ymm0, %0" : "=m"(after));
	expect_same();
	asm volatile("vmovaps %%ymm15, %0" : "=m"(after));
	expect_same();
	asm volatile("vzeroall");
}

CASE(run, 0);
