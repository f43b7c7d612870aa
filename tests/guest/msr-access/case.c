/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the MSRs that a PV kernel touches can be read, the ones that do not exist raise a
 * general protection fault with error code 0, in either direction; base registers written by
 * wrmsr take effect [CPU-2]. A frame of its own becomes the hypercall page by MSR, another does not.
 */
#include "case.h"
#include "hypercall.h"
#include "mm.h"
#include "probe.h"

#define MSR_APIC_BASE		0x1b
#define MSR_PAT			0x277
#define MSR_EFER		0xc0000080
#define MSR_FS_BASE		0xc0000100
#define MSR_GS_BASE		0xc0000101
#define MSR_KERNEL_GS_BASE	0xc0000102

static uint64_t cell = 0xce11;

static uint8_t stubs[4096] __attribute__((aligned(4096)));

static void check_hypercall_page(void)
{
	const uint8_t *stub = stubs + 17 * 32;	/* xen_version */
	int i, found = 0;

	EXPECT_EQ(probe_wrmsr(0x40000000, virt_to_mfn(stubs) << 12), TRAP_NONE);
	for (i = 0; i < 31; i++) {
		found |= stub[i] == 0x0f && stub[i + 1] == 0x05;	/* syscall */
	}
	EXPECT(found);
	EXPECT_EQ(probe_wrmsr(0x40000000, 1ULL << 51), 13);
}

static void check_bases(void)
{
	uint64_t value = 0, old;

	EXPECT_EQ(probe_rdmsr(MSR_GS_BASE, &old), TRAP_NONE);
	EXPECT_EQ(probe_wrmsr(MSR_GS_BASE, (uint64_t)&cell), TRAP_NONE);
	asm volatile("mov %%gs:0, %0" : "=r"(value));
	EXPECT_EQ(value, cell);
	EXPECT_EQ(probe_rdmsr(MSR_GS_BASE, &value), TRAP_NONE);
	EXPECT_EQ(value, (uint64_t)&cell);
	EXPECT_EQ(probe_wrmsr(MSR_FS_BASE, (uint64_t)&cell), TRAP_NONE);
	asm volatile("mov %%fs:0, %0" : "=r"(value));
	EXPECT_EQ(value, cell);
	EXPECT_EQ(hypercall_set_segment_base(1, 0x123000), 0);
	EXPECT_EQ(probe_rdmsr(MSR_KERNEL_GS_BASE, &value), TRAP_NONE);
	EXPECT_EQ(value, 0x123000);
	EXPECT_EQ(probe_wrmsr(MSR_GS_BASE, 0x800000000000), 13);
	EXPECT_EQ(probe_wrmsr(MSR_GS_BASE, old), TRAP_NONE);
}

static void run(void)
{
	static const uint32_t unknown[] = { 0x2, 0x4fff, 0x12345678, 0xc0009999, 0xffffffff };
	uint64_t value;
	unsigned int i;

	check_bases();
	EXPECT_EQ(probe_rdmsr(MSR_EFER, &value), TRAP_NONE);
	EXPECT_EQ(value & 0xd01, 0xd01);
	EXPECT_EQ(probe_rdmsr(MSR_PAT, &value), TRAP_NONE);
	EXPECT_EQ(value, 0x0000050100070406);
	check_hypercall_page();
	EXPECT_EQ(probe_rdmsr(MSR_APIC_BASE, &value), TRAP_NONE);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		if (probe_rdmsr(unknown[i], &value) != 13) {
			case_fail(__LINE__, "reading %x gave %lx", unknown[i], value);
		}
		if (probe_wrmsr(unknown[i], 0) != 13) {
			case_fail(__LINE__, "writing %x was accepted", unknown[i]);
		}
	}
}

CASE(run, 0);
