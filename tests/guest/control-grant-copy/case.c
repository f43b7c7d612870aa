/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI's grant copy moves bytes between a granted frame and the caller's memory by
 * virtual address, both ways, each segment with a status of its own. Ranges that leave the frame,
 * read-only grants, unused references and unknown flags are refused; an address that is not mapped,
 * read-only or the hypervisor's faults for its segment alone, and nothing else is touched [GNT-6].
 */
#include <public/control.h>
#include <public/mmu.h>
#include "case.h"
#include "grants.h"
#include "hypercall.h"
#include "mm.h"
#include "string.h"

#define GRANTED 11
#define READ_ONLY 12

static struct window w;
static volatile struct grant_entry_v1 *table;
static char *frame, *own;

static struct control_copy_segment segment(void *address, uint32_t ref, uint16_t offset, uint16_t bytes)
{
	return (struct control_copy_segment){ .address = (uint64_t)address, .ref = ref, .domid = DOMID_SELF,
					      .offset = offset, .bytes = bytes, .status = 99 };
}

static long copy(struct control_copy_segment *segments, uint32_t count)
{
	struct control_sys op = {
		.version = CONTROL_VERSION, .cmd = CONTROL_SYS_GRANT_COPY,
		.u.grant_copy = { .segments = (uint64_t)segments, .count = count },
	};

	return hypercall_sysctl(&op);
}

static void check_both_ways(void)
{
	struct control_copy_segment s[3];

	memset(frame, 0x5a, PAGE_BYTES);
	memset(own, 0, PAGE_BYTES);
	s[0] = segment(own + 1, GRANTED, 4000, 96);
	s[1] = segment(own + 100, READ_ONLY, 0, 3);
	EXPECT_EQ(copy(s, 2), 0);
	EXPECT_EQ(s[0].status | s[1].status, GNTST_okay);
	EXPECT_EQ(own[0] | own[97] | own[103], 0);
	EXPECT_EQ(own[1] & own[96] & own[100] & own[102], 0x5a);
	memset(own, 0x33, PAGE_BYTES);
	s[0] = segment(own, GRANTED, 7, 2);
	s[0].flags = CONTROL_COPY_TO_GRANT;
	EXPECT_EQ(copy(s, 1), 0);
	EXPECT_EQ(s[0].status, GNTST_okay);
	EXPECT_EQ(frame[6] & frame[9], 0x5a);
	EXPECT_EQ(frame[7] & frame[8], 0x33);
	EXPECT_EQ(table[GRANTED].flags, GTF_permit_access);
}

static void check_refused(void)
{
	struct control_copy_segment s[5];

	s[0] = segment(own, GRANTED, 4095, 2);
	s[1] = segment(own, 1U << 29, 0, 2);
	s[2] = segment(own, READ_ONLY, 0, 2);
	s[2].flags = CONTROL_COPY_TO_GRANT;
	s[3] = segment(own, GRANTED, 0, 2);
	s[3].flags = 0x80;
	s[4] = segment(own, GRANTED, 0, 2);
	s[4].domid = 77;
	EXPECT_EQ(copy(s, 5), 0);
	EXPECT_EQ(s[0].status, GNTST_bad_copy_arg);
	EXPECT_EQ(s[1].status, GNTST_bad_gntref);
	EXPECT(s[2].status < 0);
	EXPECT_EQ(s[3].status, GNTST_bad_copy_arg);
	EXPECT_EQ(s[4].status, GNTST_bad_domain);
}

static void check_faults(void)
{
	static const uint64_t places[] = { 0x1000, 0xffff800000000000, 0xffff820000000000, 0x8000000000000000 };
	struct control_copy_segment s[3];
	unsigned int i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		s[0] = segment((void *)places[i], GRANTED, 0, 8);
		s[1] = segment(own, GRANTED, 0, 8);
		EXPECT_EQ(copy(s, 2), 0);
		EXPECT_EQ(s[0].status, CONTROL_COPY_FAULT);
		EXPECT_EQ(s[1].status, GNTST_okay);
	}
	EXPECT_EQ(copy((void *)0x1000, 1), -14);
}

static void run(void)
{
	struct control_sys probe = { .version = CONTROL_VERSION, .cmd = CONTROL_SYS_GRANT_COPY };

	if (hypercall_sysctl(&probe) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	frame = page_alloc();
	own = page_alloc();
	REQUIRE(window_open(&w) && frame && own && (table = grants_map(&w)));
	grants_give(&table[GRANTED], virt_to_mfn(frame), GTF_permit_access);
	grants_give(&table[READ_ONLY], virt_to_mfn(frame), GTF_permit_access | GTF_readonly);
	check_both_ways();
	check_refused();
	check_faults();
	table[GRANTED].flags = table[READ_ONLY].flags = 0;
	grants_unmap(&w);
	window_close(&w);
	page_free(frame);
	page_free(own);
}

CASE(run, 0);
