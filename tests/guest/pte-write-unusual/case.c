/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: stores to an L1 table by forms that kernels do not use, one that spans two entries, a string
 * store, a vector store, additions, a 16-byte exchange, are a page fault without effect when they
 * would make invalid entries: never an unchecked store, never half of one [PAGE-15].
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "trap.h"
#include "window.h"

#define BAD (1UL << 51 | XEN_PTE_PRESENT)

static uint64_t bad_pair[2] __attribute__((aligned(16))) = { BAD, BAD };

static void by_span(void *arg)
{
	*(volatile uint64_t *)((char *)arg + 4) = BAD << 32 | BAD >> 32;
}

static void by_string(void *arg)
{
	uint64_t count = 1;

	asm volatile("cld\n\trep stosq" : "+D"(arg), "+c"(count) : "a"(BAD) : "memory");
}

static void by_vector(void *arg)
{
	asm volatile("movaps %0, %%xmm0\n\tmovaps %%xmm0, (%1)"
		     : : "m"(bad_pair), "r"(arg) : "memory");
}

static void by_add(void *arg)
{
	asm volatile("lock addq %1, (%0)" : : "r"(arg), "r"(BAD) : "memory", "cc");
}

static void by_xadd(void *arg)
{
	uint64_t value = BAD;

	asm volatile("lock xaddq %1, (%0)" : : "r"(arg), "r"(value) : "memory", "cc");
}

static void by_cmpxchg16b(void *arg)
{
	asm volatile("lock cmpxchg16b (%0)" : : "r"(arg), "a"(0UL), "d"(0UL), "b"(BAD), "c"(BAD)
		     : "memory", "cc");
}

static void run(void)
{
	static void (*const forms[])(void *) = {
		by_span, by_string, by_vector, by_add, by_xadd, by_cmpxchg16b,
	};
	struct trap_report r;
	struct window w;
	unsigned int i;

	REQUIRE(window_open(&w));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		int vector = trap_catch(forms[i], (void *)&w.l1[6], &r);

		if (vector != 14 || w.l1[6] || w.l1[7]) {
			case_fail(__LINE__, "form %u: vector %d, entries %lx %lx", i, vector,
				  w.l1[6], w.l1[7]);
		}
	}
	window_close(&w);
}

CASE(run, 0);
