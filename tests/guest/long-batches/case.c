/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: batches of thousands, which a hypervisor may interrupt and issue again, do all their entries
 * once and in order, and report as if they had not been interrupted, also when a timer fires
 * [CALL-9, CALL-4].
 */
#include <public/mmu.h>
#include <public/vcpu.h>
#include <public/version.h>
#include "case.h"
#include "clock.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

#define UPDATES	4000
#define CALLS	2000

static struct mmu_update updates[UPDATES];
static struct multicall_entry calls[CALLS];
static struct gnttab_copy copies[CALLS];

static void check_updates(struct window *w, void *a, void *b)
{
	unsigned int i, done = 0, wrong = 0;

	/* Each entry of the window is written several times; the last value must win. */
	for (i = 0; i < UPDATES; i++) {
		void *page = i % 3 ? a : b;

		updates[i].ptr = window_pte(w, i % 500);
		updates[i].val = virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RO;
	}
	EXPECT_EQ(hypercall_mmu_update(updates, UPDATES, &done, DOMID_SELF), 0);
	EXPECT_EQ(done, UPDATES);
	for (i = 0; i < 500; i++) {
		uint64_t wanted = virt_to_mfn((i + UPDATES - 500) % 3 ? a : b);

		wrong += (w->l1[i] & XEN_PTE_ADDR_MASK) / PAGE_BYTES != wanted;
	}
	EXPECT_EQ(wrong, 0);
	updates[3210].val |= 1UL << 51;
	EXPECT(hypercall_mmu_update(updates, UPDATES, &done, DOMID_SELF) < 0);
	EXPECT_EQ(done, 3210);
	for (i = 0; i < 500; i++) {
		pte_write(window_pte(w, i), 0);
	}
}

static void check_multicall(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < CALLS; i++) {
		calls[i] = (struct multicall_entry){ .result = 7 };
		calls[i].op = i % 5 ? __HYPERVISOR_xen_version : 11;
		calls[i].args[0] = XENVER_pagesize;
	}
	EXPECT_EQ(hypercall_multicall(calls, CALLS), 0);
	for (i = 0; i < CALLS; i++) {
		wrong += (long)calls[i].result != (i % 5 ? 4096 : -XEN_ENOSYS);
	}
	EXPECT_EQ(wrong, 0);
}

static void check_copies(uint64_t *a, uint64_t *b)
{
	unsigned int i, wrong = 0;

	*a = 0x1111;
	for (i = 0; i < CALLS; i++) {
		uint64_t *from = i % 2 ? b : a, *to = i % 2 ? a : b;

		copies[i] = (struct gnttab_copy){
			.source = { .u.gmfn = virt_to_mfn(from), .domid = DOMID_SELF },
			.dest = { .u.gmfn = virt_to_mfn(to), .domid = DOMID_SELF, .offset = 8 },
			.len = 8, .status = 9,
		};
	}
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_copy, copies, CALLS), 0);
	for (i = 0; i < CALLS; i++) {
		wrong += copies[i].status != GNTST_okay;
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(b[1], 0x1111);
}

static void run(void)
{
	struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = clock_now() + 1000000 };
	uint64_t *a = page_alloc(), *b = page_alloc();
	struct window w;

	REQUIRE(window_open(&w) && a && b);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer), 0);
	check_updates(&w, a, b);
	check_multicall();
	check_copies(a, b);
	EXPECT_EQ(hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
	window_close(&w);
	page_free(a);
	page_free(b);
}

CASE(run, 0);
