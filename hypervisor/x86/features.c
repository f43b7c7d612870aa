// SPDX-License-Identifier: GPL-2.0-only
/*
 * Detection of processor features and set-up of the control registers.
 *
 * UMIP stays off: guest kernels run at CPL 3 and use SGDT, SIDT and STR. The PAT is the one the guest ABI promises
 * (WB WT UC- UC WC WP UC UC). PCID stays off. XCR0 offers every component that has a fixed place in the standard format
 * and needs no supervisor state: x87, SSE, AVX, AVX-512; protection keys and AMX are left out.
 */
#include "x86/features.h"

#include "lib/log.h"
#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/own_maps.h"

#define PAT_VALUE 0x0000050100070406ULL

#define CPUID1_ECX_X2APIC   (1u << 21)
#define CPUID1_ECX_TSC_DL   (1u << 24)
#define CPUID1_ECX_XSAVE    (1u << 26)
#define CPUID1_EDX_NEEDED   ((1u << 0) | (1u << 4) | (1u << 5) | (1u << 6) | (1u << 9) | (1u << 13) | (1u << 16) | (1u << 24) | \
			     (1u << 25) | (1u << 26))
#define CPUID7_EBX_FSGSBASE (1u << 0)
#define CPUID7_EBX_SMEP     (1u << 7)
#define CPUID7_EBX_SMAP     (1u << 20)
#define CPUIDD1_EAX_XSAVEOPT (1u << 0)
#define CPUIDX1_EDX_1G      (1u << 26)
#define CPUIDX1_EDX_RDTSCP  (1u << 27)

#define XCR0_X87    (1ULL << 0)
#define XCR0_SSE    (1ULL << 1)
#define XCR0_AVX    (1ULL << 2)
#define XCR0_AVX512 (7ULL << 5)

#define EFER_SCE (1ULL << 0)
#define EFER_NX  (1ULL << 11)

#define CR0_MP (1ULL << 1)
#define CR0_NE (1ULL << 5)
#define CR0_WP (1ULL << 16)
#define CR0_EM (1ULL << 2)

struct cpu_features cpu_features;

static void xsetbv0(u64 v)
{
	__asm__ volatile("xsetbv" :: "c"(0), "a"((u32)v), "d"((u32)(v >> 32)));
}

static void detect_vendor(struct cpu_features *f)
{
	struct cpuid_regs r = cpuid(0, 0);
	u32 name[3] = { r.ebx, r.edx, r.ecx };

	f->intel = memcmp(name, "GenuineIntel", 12) == 0;
	f->amd = memcmp(name, "AuthenticAMD", 12) == 0 || memcmp(name, "HygonGenuine", 12) == 0;
}

static void detect_xsave(struct cpu_features *f)
{
	u64 offered, chosen = XCR0_X87 | XCR0_SSE;
	struct cpuid_regs r;

	f->xsave_bytes = 512;
	if (!f->has_xsave) {
		f->xcr0 = chosen;
		return;
	}
	r = cpuid(0xd, 0);
	offered = ((u64)r.edx << 32) | r.eax;
	if (offered & XCR0_AVX) {
		chosen |= XCR0_AVX;
		if ((offered & XCR0_AVX512) == XCR0_AVX512) {
			chosen |= XCR0_AVX512;
		}
	}
	f->xcr0 = chosen;
	f->has_xsaveopt = cpuid(0xd, 1).eax & CPUIDD1_EAX_XSAVEOPT;
	write_cr4(read_cr4() | CR4_OSXSAVE | CR4_OSFXSR);
	xsetbv0(chosen);
	f->xsave_bytes = cpuid(0xd, 0).ebx;
}

void cpu_features_init(void)
{
	struct cpu_features *f = &cpu_features;
	struct cpuid_regs one = cpuid(1, 0), seven = { 0 }, ext = cpuid(0x80000001, 0);

	if (cpuid(0, 0).eax >= 7) {
		seven = cpuid(7, 0);
	}
	if ((one.edx & CPUID1_EDX_NEEDED) != CPUID1_EDX_NEEDED) {
		panic("this processor lacks features every 64-bit processor has (CPUID 1 EDX %08x)", one.edx);
	}
	detect_vendor(f);
	f->has_x2apic = one.ecx & CPUID1_ECX_X2APIC;
	f->has_tsc_deadline = one.ecx & CPUID1_ECX_TSC_DL;
	f->has_xsave = one.ecx & CPUID1_ECX_XSAVE;
	f->has_fsgsbase = seven.ebx & CPUID7_EBX_FSGSBASE;
	f->has_smep = seven.ebx & CPUID7_EBX_SMEP;
	f->has_smap = seven.ebx & CPUID7_EBX_SMAP;
	f->has_1g = ext.edx & CPUIDX1_EDX_1G;
	f->has_rdtscp = ext.edx & CPUIDX1_EDX_RDTSCP;
	f->phys_bits = 36;
	if (cpuid(0x80000000, 0).eax >= 0x80000008) {
		f->phys_bits = cpuid(0x80000008, 0).eax & 0xff;
	}
	detect_xsave(f);
}

u64 cpu_features_cr4(void)
{
	const struct cpu_features *f = &cpu_features;
	u64 cr4 = CR4_PAE | CR4_MCE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;

	cr4 |= f->has_fsgsbase ? CR4_FSGSBASE : 0;
	cr4 |= f->has_xsave ? CR4_OSXSAVE : 0;
	cr4 |= f->has_smep ? CR4_SMEP : 0;
	cr4 |= f->has_smap ? CR4_SMAP : 0;
	return cr4;
}

void cpu_features_apply(void)
{
	write_cr0((read_cr0() | CR0_WP | CR0_NE | CR0_MP) & ~(CR0_EM | CR0_TS));
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE | EFER_NX);
	wrmsr(MSR_PAT, PAT_VALUE);
	write_cr4(cpu_features_cr4());
}

struct smap_site {
	s32 at;
	u32 is_stac;
};

extern const struct smap_site __smap_sites_start[], __smap_sites_end[];

void cpu_features_patch_smap(void)
{
	static const u8 stac[3] = { 0x0f, 0x01, 0xcb }, clac[3] = { 0x0f, 0x01, 0xca };
	const struct smap_site *s;

	for (s = __smap_sites_start; cpu_features.has_smap && s < __smap_sites_end; s++) {
		const u8 *insn = (const u8 *)&s->at + s->at;

		memcpy(own_maps_text_alias(insn), s->is_stac ? stac : clac, 3);
	}
}
