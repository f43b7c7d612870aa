/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: query_size tells how many frames the table has and may have; setup_table gives frames
 * that the guest maps writable by a plain PTE and that start empty; asking for too many or for
 * another domain fails in the status, not in the result [GNT-1, GNT-2, GNT-8].
 */
#include <public/grant_table.h>
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "window.h"

static void run(void)
{
	struct gnttab_query_size query = { .dom = DOMID_SELF, .status = 99 };
	struct gnttab_set_version version = { .version = 1 };
	struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = 1, .status = 99 };
	struct window w;
	uint64_t frames[4] = { 0 };

	REQUIRE(window_open(&w));
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_set_version, &version, 1), 0);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_query_size, &query, 1), 0);
	EXPECT_EQ(query.status, GNTST_okay);
	EXPECT(query.max_nr_frames >= 4);
	EXPECT(query.nr_frames <= query.max_nr_frames);
	setup.frame_list = (uint64_t)frames;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_setup_table, &setup, 1), 0);
	EXPECT_EQ(setup.status, GNTST_okay);
	EXPECT(frames[0] != 0);
	EXPECT_EQ(pte_write(window_pte(&w, 0), frames[0] * PAGE_BYTES | PTE_KERNEL_RW), 0);
	EXPECT_EQ(((volatile uint64_t *)window_va(0))[511], 0);
	((volatile uint64_t *)window_va(0))[511] = 0;
	EXPECT_EQ(pte_write(window_pte(&w, 0), 0), 0);
	setup.nr_frames = query.max_nr_frames + 1;
	setup.status = 0;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_setup_table, &setup, 1), 0);
	EXPECT_EQ(setup.status, GNTST_general_error);
	setup.dom = 999;
	setup.nr_frames = 1;
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_setup_table, &setup, 1), 0);
	EXPECT_EQ(setup.status, GNTST_bad_domain);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_setup_table, (void *)8, 1), -XEN_EFAULT);
	EXPECT_EQ(hypercall_grant_table_op(55, &setup, 1), -XEN_ENOSYS);
	window_close(&w);
}

CASE(run, 0);
