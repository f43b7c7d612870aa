/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: user mode runs on the user page tables and no others: after the user base pointer moves to
 * another L4, the same address shows the other memory, even though user pages may be cached as global
 * [PAGE-14, MODE-4].
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "user.h"

USER_ASM(load, "mov 0x10001000, %rbx\n syscall\n");

#define FLAGS (XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER | XEN_PTE_ACCESSED)

static volatile uint64_t *tables[4];

/* A path of tables like the first user L4's, with another page behind the stack address. */
static bool build_other(uint64_t *page)
{
	volatile uint64_t *l1 = pte_lookup_in(user_l4_mfn(), (void *)USER_CODE, 1);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		tables[i] = page_alloc();
		if (!tables[i]) {
			return false;
		}
	}
	tables[0][0] = *l1;
	tables[0][1] = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RW;
	for (i = 1; i < 4; i++) {
		tables[i][(USER_CODE >> (12 + 9 * i)) & 511] =
			virt_to_mfn((void *)tables[i - 1]) * PAGE_BYTES | FLAGS;
	}
	for (i = 0; i < 4; i++) {
		if (page_make_ro((void *)tables[i])) {
			return false;
		}
	}
	return !mmuext_mfn(MMUEXT_PIN_L4_TABLE, virt_to_mfn((void *)tables[3]));
}

static uint64_t load_from(uint64_t l4_mfn)
{
	struct trap_report r;

	EXPECT_EQ(mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, l4_mfn), 0);
	EXPECT_EQ(user_run(load, load_end, &user_default, &r), TRAP_SYSCALL);
	return r.regs.rbx;
}

static void run(void)
{
	uint64_t *page = page_alloc(), other;
	unsigned int i;

	REQUIRE(page && user_open());
	*page = 0x0123456789abcdef;
	REQUIRE(build_other(page));
	other = virt_to_mfn((void *)tables[3]);
	for (i = 0; i < 5; i++) {
		EXPECT(load_from(user_l4_mfn()) != *page);
		EXPECT_EQ(load_from(other), *page);
	}
	EXPECT_EQ(mmuext_mfn(MMUEXT_NEW_USER_BASEPTR, user_l4_mfn()), 0);
	EXPECT_EQ(mmuext_mfn(MMUEXT_UNPIN_TABLE, other), 0);
	for (i = 4; i-- > 0;) {
		EXPECT_EQ(page_make_rw((void *)tables[i]), 0);
		page_free((void *)tables[i]);
	}
	user_close();
	page_free(page);
}

CASE(run, 0);
