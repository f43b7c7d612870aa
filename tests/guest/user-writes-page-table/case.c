/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a store from user mode to a read-only mapping of an L1 table is never carried out as an
 * update: it is a page fault with U, W and P set, delivered to the kernel [PAGE-15].
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "user.h"

USER_ASM(store, "movq $0, 0x10003000\n");

static void run(void)
{
	struct trap_report r;
	volatile uint64_t *l1;

	REQUIRE(user_open());
	l1 = pte_lookup_in(user_l4_mfn(), (void *)(USER_CODE + 0x3000), 1);
	REQUIRE(l1 && pte_write(pte_maddr(l1), virt_to_mfn((void *)((uint64_t)l1 & -4096UL)) *
				PAGE_BYTES | PTE_KERNEL_RO) == 0);
	EXPECT_EQ(user_run(store, store_end, &user_default, &r), 14);
	EXPECT_EQ(r.error & 0x1f, 7);
	EXPECT_EQ(r.cr2, USER_CODE + 0x3000);
	EXPECT(((volatile uint64_t *)((uint64_t)l1 & -4096UL))[0] & XEN_PTE_PRESENT);
	EXPECT_EQ(pte_write(pte_maddr(l1), 0), 0);
	user_close();
}

CASE(run, 0);
