/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a kernel-mode store to a read-only mapping of its own L1 table is carried out as a
 * checked update, for every instruction that kernels use on page-table entries: mov of each
 * width, xchg, lock and, lock or, lock cmpxchg, lock bts and btr by constant and by register,
 * plain or. Results and flags are those of the instruction [PAGE-15].
 *
 * Acceptable otherwise: nothing; kernels do all of this without looking at the outcome.
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"
#include "window.h"

struct state {
	volatile uint64_t *entry;
	uint64_t pte;
};

static void by_mov(void *arg)
{
	struct state *s = arg;

	s->entry[0] = s->pte;
	EXPECT_EQ(s->entry[0] & (XEN_PTE_ADDR_MASK | 3), s->pte & (XEN_PTE_ADDR_MASK | 3));
	EXPECT_EQ(*(volatile char *)window_va(0), 0);
	asm volatile("movq $0, %0" : "+m"(s->entry[0]));
	EXPECT_EQ(s->entry[0], 0);
}

static void by_xchg(void *arg)
{
	struct state *s = arg;
	uint64_t old = s->pte;

	asm volatile("xchg %0, %1" : "+r"(old), "+m"(s->entry[1]));
	EXPECT_EQ(old, 0);
	old = 0;
	asm volatile("xchg %0, %1" : "+r"(old), "+m"(s->entry[1]));
	EXPECT_EQ(old & (XEN_PTE_ADDR_MASK | 3), s->pte & (XEN_PTE_ADDR_MASK | 3));
	EXPECT_EQ(s->entry[1], 0);
}

static void by_logic(void *arg)
{
	struct state *s = arg;

	s->entry[2] = s->pte;
	asm volatile("lock andb $0xfd, %0" : "+m"(s->entry[2]));
	EXPECT_EQ(s->entry[2] & 3, 1);
	asm volatile("lock orb $2, %0" : "+m"(s->entry[2]));
	EXPECT_EQ(s->entry[2] & 3, 3);
	asm volatile("lock andq %1, %0" : "+m"(s->entry[2]) : "r"(~2UL));
	EXPECT_EQ(s->entry[2] & 3, 1);
	asm volatile("orq $0x40, %0" : "+m"(s->entry[2]));
	EXPECT_EQ(s->entry[2] & 0x40, 0x40);
	s->entry[2] = 0;
}

static void by_cmpxchg(void *arg)
{
	struct state *s = arg;
	uint64_t expected = 0;
	uint8_t equal;

	asm volatile("lock cmpxchg %3, %1\n\tsete %2"
		     : "+a"(expected), "+m"(s->entry[3]), "=q"(equal) : "r"(s->pte) : "cc");
	EXPECT_EQ(equal, 1);
	EXPECT_EQ(s->entry[3] & XEN_PTE_PRESENT, 1);
	expected = 0x123;
	asm volatile("lock cmpxchg %3, %1\n\tsete %2"
		     : "+a"(expected), "+m"(s->entry[3]), "=q"(equal) : "r"(0UL) : "cc");
	EXPECT_EQ(equal, 0);
	EXPECT_EQ(expected, s->entry[3]);
	s->entry[3] = 0;
}

static void by_bits(void *arg)
{
	struct state *s = arg;
	uint8_t carry;

	s->entry[4] = s->pte;
	asm volatile("lock btrq $1, %0\n\tsetc %1" : "+m"(s->entry[4]), "=q"(carry) : : "cc");
	EXPECT_EQ(carry, 1);
	EXPECT_EQ(s->entry[4] & 3, 1);
	asm volatile("lock btsq $1, %0\n\tsetc %1" : "+m"(s->entry[4]), "=q"(carry) : : "cc");
	EXPECT_EQ(carry, 0);
	EXPECT_EQ(s->entry[4] & 3, 3);
	asm volatile("lock btrq %2, %0\n\tsetc %1"
		     : "+m"(s->entry[4]), "=q"(carry) : "r"(6UL) : "cc");
	EXPECT_EQ(s->entry[4] & 0x40, 0);
	s->entry[4] = 0;
}

static void by_narrow(void *arg)
{
	struct state *s = arg;
	volatile uint32_t *half = (volatile uint32_t *)&s->entry[5];

	half[1] = 0x00ab0000;
	EXPECT_EQ(s->entry[5], 0x00ab000000000000);
	((volatile uint16_t *)half)[1] = 0x7654;
	EXPECT_EQ(s->entry[5], 0x00ab000076540000);
	((volatile uint8_t *)half)[1] = 0x98;
	EXPECT_EQ(s->entry[5], 0x00ab000076549800);
	s->entry[5] = 0;
}

static void run(void)
{
	static void (*const steps[])(void *) = {
		by_mov, by_xchg, by_logic, by_cmpxchg, by_bits, by_narrow,
	};
	struct trap_report report;
	struct window w;
	void *page = page_alloc();
	struct state s;
	unsigned int i;

	REQUIRE(window_open(&w) && page);
	s = (struct state){ .entry = w.l1, .pte = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RW };
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (trap_catch(steps[i], &s, &report) != TRAP_NONE) {
			case_fail(__LINE__, "step %u: vector %d at %lx", i, report.vector,
				  report.regs.rip);
		}
	}
	for (i = 0; i < 512; i++) {
		pte_write(window_pte(&w, i), 0);
	}
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
