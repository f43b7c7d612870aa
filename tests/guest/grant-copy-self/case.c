/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: grant copy moves bytes between frames named by reference or by frame number, each
 * operation with its own status, and leaves no mark on the entries. A range that leaves its page,
 * a read-only destination and a bad reference are refused, and nothing is copied [GNT-2, GNT-6].
 */
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"
#include "string.h"

#define SOURCE 11
#define TARGET 12

static struct window w;
static volatile struct grant_entry_v1 *table;
static char *from, *to;

static struct gnttab_copy operation(uint16_t from_offset, uint16_t to_offset, uint16_t bytes)
{
	return (struct gnttab_copy){
		.source = { .u.ref = SOURCE, .domid = DOMID_SELF, .offset = from_offset },
		.dest = { .u.ref = TARGET, .domid = DOMID_SELF, .offset = to_offset },
		.len = bytes, .flags = GNTCOPY_source_gref | GNTCOPY_dest_gref, .status = 99,
	};
}

static int16_t copy(struct gnttab_copy *op)
{
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_copy, op, 1), 0);
	return op->status;
}

static void check_refused(void)
{
	struct gnttab_copy op = operation(4000, 0, 200);

	memset(to, 0, PAGE_BYTES);
	EXPECT_EQ(copy(&op), GNTST_bad_copy_arg);
	op = operation(0, 4095, 2);
	EXPECT_EQ(copy(&op), GNTST_bad_copy_arg);
	op = operation(0, 0, 16);
	op.source.u.ref = 1U << 29;
	EXPECT_EQ(copy(&op), GNTST_bad_gntref);
	table[TARGET].flags = GTF_permit_access | GTF_readonly;
	op = operation(0, 0, 16);
	EXPECT(copy(&op) < 0);
	EXPECT_EQ(to[0] | to[1] | to[15] | to[4095], 0);
}

static void run(void)
{
	struct gnttab_copy ops[2];

	from = page_alloc();
	to = page_alloc();
	REQUIRE(window_open(&w) && from && to && (table = grants_map(&w)));
	memset(from, 0x5a, PAGE_BYTES);
	grants_give(&table[SOURCE], virt_to_mfn(from), GTF_permit_access | GTF_readonly);
	grants_give(&table[TARGET], virt_to_mfn(to), GTF_permit_access);
	ops[0] = operation(0, 0, PAGE_BYTES);
	EXPECT_EQ(copy(&ops[0]), GNTST_okay);
	EXPECT(!memcmp(from, to, PAGE_BYTES));
	memset(from, 0x33, PAGE_BYTES);
	ops[0] = operation(10, 20, 30);
	ops[1] = operation(0, 100, 4);
	ops[1].flags = GNTCOPY_dest_gref;
	ops[1].source.u.gmfn = virt_to_mfn(from);
	EXPECT_EQ(hypercall_grant_table_op(GNTTABOP_copy, ops, 2), 0);
	EXPECT_EQ(ops[0].status, GNTST_okay);
	EXPECT_EQ(ops[1].status, GNTST_okay);
	EXPECT_EQ(to[19], 0x5a);
	EXPECT_EQ(to[20], 0x33);
	EXPECT_EQ(to[49], 0x33);
	EXPECT_EQ(to[50], 0x5a);
	EXPECT_EQ(to[103], 0x33);
	EXPECT_EQ(table[SOURCE].flags, GTF_permit_access | GTF_readonly);
	EXPECT_EQ(table[TARGET].flags, GTF_permit_access);
	check_refused();
	table[SOURCE].flags = table[TARGET].flags = 0;
	grants_unmap(&w);
	window_close(&w);
	page_free(from);
	page_free(to);
}

CASE(run, 0);
