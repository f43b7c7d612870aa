/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a page fault inside the page-fault handler is delivered like any other, each with its
 * own address, and returning from both goes on where the first one happened [MODE-14].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "mm.h"
#include "trap.h"
#include "window.h"

static struct window w;
static uint64_t pte, addresses[4];
static unsigned int depth, deepest;

/* Faults three deep, then maps what each level needs on the way out. */
static bool hook(struct trap_regs *regs)
{
	uint64_t cr2 = kit_shared_info->vcpu_info[0].arch.cr2;

	if (regs->vector != 14 || depth >= 4) {
		return false;
	}
	addresses[depth++] = cr2;
	deepest = depth > deepest ? depth : deepest;
	if (depth < 3) {
		*(volatile uint64_t *)window_va(depth) = depth;
	}
	depth--;
	return pte_write(window_pte(&w, (unsigned int)((cr2 - WINDOW_VA) / PAGE_BYTES)), pte) == 0;
}

static void run(void)
{
	void *page = page_alloc();
	unsigned int i;

	REQUIRE(window_open(&w) && page);
	pte = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RW;
	trap_set_hook(hook);
	*(volatile uint64_t *)window_va(0) = 0x55;
	trap_set_hook(NULL);
	EXPECT_EQ(deepest, 3);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(addresses[i], (uint64_t)window_va(i));
		pte_write(window_pte(&w, i), 0);
	}
	EXPECT_EQ(*(uint64_t *)page, 0x55);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
