/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a multicall runs its entries in order, writes each result, goes on behind a refused
 * entry, and itself returns 0. A multicall inside a multicall is refused in its entry; a batch at
 * a bad address is -EFAULT [CALL-8].
 */
#include <public/mmu.h>
#include <public/version.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

static struct multicall_entry uva(void *va, uint64_t pte)
{
	return (struct multicall_entry){
		.op = __HYPERVISOR_update_va_mapping, .result = 0x5555,
		.args = { (uint64_t)va, pte, UVMF_INVLPG },
	};
}

static void run(void)
{
	static struct multicall_entry batch[6];
	struct window w;
	void *page = page_alloc();
	uint64_t good;

	REQUIRE(window_open(&w) && page);
	good = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RO;
	batch[0] = uva(window_va(0), good);
	batch[1] = uva(window_va(0), good | 1UL << 51);
	batch[2] = uva(window_va(0), 0);
	batch[3] = (struct multicall_entry){ .op = 11, .result = 1 };
	batch[4] = (struct multicall_entry){ .op = __HYPERVISOR_multicall, .result = 1,
					     .args = { (uint64_t)batch, 1 } };
	batch[5] = (struct multicall_entry){ .op = __HYPERVISOR_xen_version, .result = 1,
					     .args = { XENVER_pagesize } };
	EXPECT_EQ(hypercall_multicall(batch, 6), 0);
	EXPECT_EQ(batch[0].result, 0);
	EXPECT((long)batch[1].result < 0);
	EXPECT_EQ(batch[2].result, 0);
	EXPECT_EQ(batch[3].result, -XEN_ENOSYS);
	EXPECT_EQ(batch[4].result, -XEN_EINVAL);
	EXPECT_EQ(batch[5].result, 4096);
	EXPECT_EQ(w.l1[0], 0);
	EXPECT_EQ(hypercall_multicall(batch, 0), 0);
	EXPECT_EQ(hypercall_multicall((void *)0x10, 1), -XEN_EFAULT);
	EXPECT_EQ(hypercall_multicall((void *)HYPERVISOR_VIRT_START, 1), -XEN_EFAULT);
	window_close(&w);
	page_free(page);
}

CASE(run, 0);
