/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: one call switches both base pointers, the stack for entries from user mode and the base of GS in user mode, and tells what that
 * was; ~0 leaves the tables alone; a frame that cannot be a root or a base that is not canonical is refused [EXT-4].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "extension.h"
#include "mm.h"

#define NO_ROOT (~0UL)

static uint64_t stack[64];

static long change(uint64_t root, uint64_t user_root, uint64_t gs, uint64_t *before)
{
	struct lamina_switch s = { root, user_root, (uint64_t)(stack + 64), gs };
	long result = hypercall_lamina(LAMINA_switch, &s);

	*before = s.user_gs;
	return result;
}

static void run(void)
{
	volatile uint64_t *old = (void *)kit_start_info->pt_base, *copy = page_alloc();
	uint64_t old_mfn = virt_to_mfn((void *)old), mfn, cr3, first, gs;
	unsigned int i;

	if (!extension_is_offered(LAMINA_FEATURE_SWITCH)) {
		SKIP("this hypervisor has no such extension");
	}
	REQUIRE(copy);
	mfn = virt_to_mfn((void *)copy);
	for (i = 0; i < 512; i++) {
		copy[i] = i >= XEN_L4_SLOT_FIRST && i <= XEN_L4_SLOT_LAST ? 0 : old[i];
	}
	EXPECT_EQ(change(NO_ROOT, 0, 0x7fff00001000, &first), 0);
	EXPECT(change(mfn, 0, 0, &gs) < 0); /* still writable */
	EXPECT_EQ(change(NO_ROOT, 0, 1UL << 47, &gs), -XEN_EINVAL);
	REQUIRE(page_make_ro((void *)copy) == 0);
	EXPECT_EQ(change(mfn, old_mfn, 0xffffffff80001000, &gs), 0);
	EXPECT_EQ(gs, 0x7fff00001000);
	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	EXPECT_EQ(cr3 >> 12, mfn);
	EXPECT_EQ(change(old_mfn, 0, first, &gs), 0);
	EXPECT_EQ(gs, (long)0xffffffff80001000);
	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	EXPECT_EQ(cr3 >> 12, old_mfn);
	EXPECT_EQ(page_make_rw((void *)copy), 0);
	EXPECT(change(~0UL - 1, 0, first, &gs) < 0);
	EXPECT_EQ(hypercall_lamina(LAMINA_switch, NULL), -XEN_EFAULT);
	page_free((void *)copy);
}

CASE(run, 0);
