/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the prefixed cpuid is answered by the hypervisor: its signature and enough leaves, the
 * hypervisor bit, and none of the features that would make a PV kernel fail: PAT, PAE and NX are
 * there; no large pages, SMEP, SMAP, PCID, INVPCID, LA57, x2APIC, VMX, SVM. The address widths
 * are told even when the processor has no leaf for them. A plain ud2 stays an invalid opcode
 * [CPU-1].
 */
#include <public/cpuid.h>
#include "case.h"
#include "trap.h"

struct leaf {
	uint32_t a, b, c, d;
};

static struct leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct leaf r;

	asm volatile(XEN_CPUID : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
		     : "0"(leaf), "2"(subleaf));
	return r;
}

static void check_hypervisor_leaves(void)
{
	struct leaf r = cpuid(XEN_CPUID_LEAF(0), 0);

	EXPECT(r.a >= XEN_CPUID_LEAF(2) && r.a < XEN_CPUID_LEAF(0x100));
	EXPECT_EQ(r.b, XEN_CPUID_SIGNATURE_EBX);
	EXPECT_EQ(r.c, XEN_CPUID_SIGNATURE_ECX);
	EXPECT_EQ(r.d, XEN_CPUID_SIGNATURE_EDX);
	EXPECT(cpuid(XEN_CPUID_LEAF(1), 0).a >= (4 << 16 | 2));
	r = cpuid(XEN_CPUID_LEAF(2), 0);
	EXPECT_EQ(r.c & XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD, 1);
	r = cpuid(XEN_CPUID_FIRST_LEAF + 0x200, 0);
	EXPECT(r.b != XEN_CPUID_SIGNATURE_EBX);
}

static void check_features(void)
{
	struct leaf one = cpuid(1, 0), seven = cpuid(7, 0), ext = cpuid(0x80000001, 0);

	EXPECT_EQ(one.c >> 31, 1);
	EXPECT_EQ(one.d & (1U << 3 | 1U << 13 | 1U << 17), 0);
	EXPECT_EQ(one.d & (1U << 6 | 1U << 16 | 1U << 15), 1U << 6 | 1U << 16 | 1U << 15);
	EXPECT_EQ(one.c & (1U << 3 | 1U << 5 | 1U << 17 | 1U << 21), 0);
	EXPECT_EQ(seven.b & (1U << 7 | 1U << 10 | 1U << 20), 0);
	EXPECT_EQ(seven.c & (1U << 2 | 1U << 3 | 1U << 16), 0);
	EXPECT_EQ(ext.d & (1U << 20 | 1U << 29 | 1U << 11), 1U << 20 | 1U << 29 | 1U << 11);
	EXPECT_EQ(ext.d & 1U << 26, 0);
	EXPECT_EQ(ext.c & 1U << 2, 0);
}

static void do_ud2(void *arg)
{
	(void)arg;
	asm volatile("ud2\n\t.byte 0x78, 0x65, 0x6f");
}

static void run(void)
{
	struct trap_report r;
	uint32_t widths;

	check_hypervisor_leaves();
	check_features();
	EXPECT_EQ(trap_catch(do_ud2, NULL, &r), 6);
	EXPECT(cpuid(0, 0).a >= 7);
	EXPECT(cpuid(0x80000000, 0).a >= 0x80000008);
	widths = cpuid(0x80000008, 0).a;
	EXPECT((widths & 0xff) >= 36 && (widths & 0xff) <= 52);
	EXPECT_EQ(widths >> 8 & 0xff, 48);
}

CASE(run, 0);
