/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: descriptors of an LDT set by mmuext work, from a page that is mapped read-only; while
 * the LDT is in use the page cannot be mapped writable; after it is removed the selector faults
 * and the page is free again [DESC-3].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "trap.h"

#define DATA_DPL3 0x00cff3000000ffffUL
#define SELECTOR (2 * 8 | 4 | 3)

static void do_load(void *arg)
{
	asm volatile("mov %0, %%es" : : "r"(arg));
}

static long set_ldt(void *va, unsigned int entries)
{
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT, .arg1.linear_addr = (uint64_t)va,
				.arg2.nr_ents = entries };

	return hypercall_mmuext_op(&op, 1, NULL, DOMID_SELF);
}

static void run(void)
{
	struct trap_report r;
	uint64_t *page = page_alloc();

	REQUIRE(page);
	page[2] = DATA_DPL3;
	REQUIRE(page_make_ro(page) == 0);
	EXPECT_EQ(trap_catch(do_load, (void *)SELECTOR, &r), 13);
	EXPECT_EQ(r.error, SELECTOR & ~3);
	EXPECT_EQ(set_ldt(page, 16), 0);
	EXPECT_EQ(trap_catch(do_load, (void *)SELECTOR, &r), TRAP_NONE);
	EXPECT(page_make_rw(page) < 0);
	EXPECT_EQ(trap_catch(do_load, NULL, &r), TRAP_NONE);
	EXPECT_EQ(set_ldt(NULL, 0), 0);
	EXPECT_EQ(trap_catch(do_load, (void *)SELECTOR, &r), 13);
	EXPECT_EQ(page_make_rw(page), 0);
	page_free(page);
}

CASE(run, 0);
