/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a batch stops at the first refused update, returns its error, and tells how many were
 * done before; updates before it took effect, later ones did not. Count 0 is fine, a bad pointer
 * is -EFAULT [PAGE-11, CALL-5].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

static void run(void)
{
	struct mmu_update batch[3];
	struct window w;
	void *page = page_alloc();
	unsigned int done = 99;
	uint64_t good;

	REQUIRE(window_open(&w) && page);
	good = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RO;
	batch[0] = (struct mmu_update){ window_pte(&w, 0), good };
	batch[1] = (struct mmu_update){ window_pte(&w, 1), good | 1UL << 51 };
	batch[2] = (struct mmu_update){ window_pte(&w, 2), good };
	EXPECT(hypercall_mmu_update(batch, 3, &done, DOMID_SELF) < 0);
	EXPECT_EQ(done, 1);
	EXPECT_EQ(w.l1[0] & XEN_PTE_PRESENT, 1);
	EXPECT_EQ(w.l1[1], 0);
	EXPECT_EQ(w.l1[2], 0);
	batch[1].val = good;
	EXPECT_EQ(hypercall_mmu_update(batch, 3, &done, DOMID_SELF), 0);
	EXPECT_EQ(done, 3);
	EXPECT_EQ(hypercall_mmu_update(batch, 0, &done, DOMID_SELF), 0);
	EXPECT_EQ(hypercall_mmu_update((void *)8, 1, &done, DOMID_SELF), -XEN_EFAULT);
	EXPECT_EQ(hypercall_mmu_update(batch, 3, NULL, DOMID_SELF), 0);
	batch[0].val = batch[1].val = batch[2].val = 0;
	EXPECT_EQ(hypercall_mmu_update(batch, 3, &done, DOMID_SELF), 0);
	EXPECT(hypercall_mmu_update(batch, 1, &done, 1234) < 0);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
