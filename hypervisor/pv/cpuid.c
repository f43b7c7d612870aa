// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUID as a guest kernel sees it, by the marked instruction.
 *
 * Features pass through a list of what works at CPL 3 on 4 KiB pages, with extended state that we switch and without
 * registers that we do not virtualize; what is not listed is hidden. User space executes the real CPUID (there is no
 * way to trap it on most processors), so nothing here is a secret: it is what the kernel may rely on.
 * SDM vol. 2A, CPUID; APM vol. 3, appendix E.
 */
#include "core/domain.h"
#include "core/vcpu.h"
#include "public/cpuid.h"
#include "public/extension.h"
#include "pv/pv.h"
#include "x86/cpu.h"

#define BIT(n) (1u << (n))

#define LEAF_MAX_BASIC 0xdu
#define LEAF_MAX_EXTENDED 0x80000008u
#define XEN_LEAF_RANGE_END 0x40010000u
#define ABI_VERSION ((4u << 16) | 17)

#define EDX1_APIC BIT(9)
#define ECX1_XSAVE_GROUP (BIT(12) | BIT(26) | BIT(28) | BIT(29)) /* FMA XSAVE AVX F16C */
#define ECX1_AVX_GROUP (BIT(12) | BIT(28) | BIT(29))
#define ECX1_XSAVE BIT(26)
#define ECX1_OSXSAVE BIT(27)
#define ECX1_HYPERVISOR BIT(31)

/* FPU DE TSC MSR PAE CX8 SEP CMOV PAT CLFLUSH MMX FXSR SSE SSE2 SS HTT */
#define EDX1_SHOWN                                                                                                            \
	(BIT(0) | BIT(2) | BIT(4) | BIT(5) | BIT(6) | BIT(8) | BIT(11) | BIT(15) | BIT(16) | BIT(19) | BIT(23) | BIT(24) |    \
	 BIT(25) | BIT(26) | BIT(27) | BIT(28))
/* SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES XSAVE AVX F16C RDRAND */
#define ECX1_SHOWN                                                                                                            \
	(BIT(0) | BIT(1) | BIT(9) | BIT(12) | BIT(13) | BIT(19) | BIT(20) | BIT(22) | BIT(23) | BIT(25) | BIT(26) | BIT(28) | \
	 BIT(29) | BIT(30))
/* FSGSBASE BMI1 AVX2 FDP_EXCPTN BMI2 ERMS NO_FPU_SEL RDSEED ADX CLFLUSHOPT CLWB SHA */
#define EBX7_SHOWN                                                                                                            \
	(BIT(0) | BIT(3) | BIT(5) | BIT(6) | BIT(8) | BIT(9) | BIT(13) | BIT(18) | BIT(19) | BIT(23) | BIT(24) | BIT(29))
#define EBX7_AVX2 BIT(5)
/* F DQ IFMA PF ER CD BW VL */
#define EBX7_AVX512 (BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27) | BIT(28) | BIT(30) | BIT(31))
/* GFNI MOVDIRI MOVDIR64B, RDPID with RDTSCP */
#define ECX7_SHOWN (BIT(8) | BIT(27) | BIT(28))
#define ECX7_RDPID BIT(22)
/* VAES VPCLMULQDQ */
#define ECX7_AVX (BIT(9) | BIT(10))
/* VBMI VBMI2 VNNI BITALG VPOPCNTDQ */
#define ECX7_AVX512 (BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14))
/* FSRM SERIALIZE */
#define EDX7_SHOWN (BIT(4) | BIT(14))
/* 4VNNIW 4FMAPS VP2INTERSECT */
#define EDX7_AVX512 (BIT(2) | BIT(3) | BIT(8))
/* FZRM FSRS FSRC */
#define EAX71_SHOWN (BIT(10) | BIT(11) | BIT(12))
/* LAHF ABM SSE4A MISALIGNSSE 3DNOWPREFETCH */
#define ECX81_SHOWN (BIT(0) | BIT(5) | BIT(6) | BIT(7) | BIT(8))
/* SYSCALL NX MMXEXT FFXSR RDTSCP LM 3DNOWEXT 3DNOW */
#define EDX81_SHOWN (BIT(11) | BIT(20) | BIT(22) | BIT(25) | BIT(27) | BIT(29) | BIT(30) | BIT(31))
/* AMD repeats part of leaf 1 here. */
#define EDX81_AMD_COMMON (BIT(0) | BIT(2) | BIT(4) | BIT(5) | BIT(6) | BIT(8) | BIT(15) | BIT(16) | BIT(23) | BIT(24))
#define EDX81_FFXSR BIT(25)
#define EDX87_INVARIANT_TSC BIT(8)
#define EBX88_CLZERO BIT(0)
/* XSAVEOPT XSAVEC XGETBV1 */
#define EAXD1_SHOWN (BIT(0) | BIT(1) | BIT(2))

#define LINEAR_BITS 48u
#define XCR0_AVX 4u
#define XCR0_AVX512 0xe0u

static bool switches(u64 components)
{
	return cpu_features.has_xsave && (cpu_features.xcr0 & components) == components;
}

static u32 apic_id(const struct vcpu *v)
{
	return v->id * 2;
}

static void leaf_1(const struct vcpu *v, struct cpuid_regs *r)
{
	r->ebx = (r->ebx & 0x00ffffff) | (apic_id(v) << 24);
	r->edx = (r->edx & EDX1_SHOWN) | (v->domain->privileged ? r->edx & EDX1_APIC : 0);
	r->ecx &= ECX1_SHOWN;
	if (!cpu_features.has_xsave) {
		r->ecx &= ~ECX1_XSAVE_GROUP;
	} else if (!switches(XCR0_AVX)) {
		r->ecx &= ~ECX1_AVX_GROUP;
	}
	/*
	 * Not as the guest's CR4 says: stock kernels look before they set it and leave XSAVE alone when the bit is off. The
	 * processor's own bit is on at all times, and user mode sees that one by a plain CPUID: programs then use AVX.
	 */
	if (r->ecx & ECX1_XSAVE) {
		r->ecx |= ECX1_OSXSAVE;
	}
	r->ecx |= ECX1_HYPERVISOR;
}

static void leaf_7(u32 subleaf, struct cpuid_regs *r)
{
	bool avx = switches(XCR0_AVX), avx512 = switches(XCR0_AVX512);

	if (subleaf == 1) {
		*r = (struct cpuid_regs){ .eax = r->eax & EAX71_SHOWN };
		return;
	}
	if (subleaf > 1) {
		*r = (struct cpuid_regs){ 0 };
		return;
	}
	r->eax = MIN(r->eax, 1u);
	r->ebx &= EBX7_SHOWN | (avx512 ? EBX7_AVX512 : 0);
	r->ecx &= ECX7_SHOWN | (avx ? ECX7_AVX : 0) | (avx512 ? ECX7_AVX512 : 0) | (cpu_features.has_rdtscp ? ECX7_RDPID : 0);
	r->edx &= EDX7_SHOWN | (avx512 ? EDX7_AVX512 : 0);
	if (!avx) {
		r->ebx &= ~EBX7_AVX2;
	}
}

/* Bytes of an XSAVE area in standard format for @xcr0. */
static u32 xsave_bytes(u64 xcr0)
{
	u32 bytes = 576, i;

	for (i = 2; i < 63; i++) {
		if ((xcr0 >> i) & 1) {
			struct cpuid_regs r = cpuid(0xd, i);

			bytes = MAX(bytes, r.ebx + r.eax);
		}
	}
	return bytes;
}

static void leaf_d(const struct vcpu *v, u32 subleaf, struct cpuid_regs *r)
{
	struct cpuid_regs host = *r;

	*r = (struct cpuid_regs){ 0 };
	if (!cpu_features.has_xsave) {
		return;
	}
	if (subleaf == 0) {
		r->eax = (u32)cpu_features.xcr0;
		r->edx = (u32)(cpu_features.xcr0 >> 32);
		r->ebx = xsave_bytes(v->pv.xcr0);
		r->ecx = xsave_bytes(cpu_features.xcr0);
	} else if (subleaf == 1) {
		r->eax = host.eax & EAXD1_SHOWN;
	} else if (subleaf < 63 && ((cpu_features.xcr0 >> subleaf) & 1)) {
		r->eax = host.eax;
		r->ebx = host.ebx;
		r->ecx = host.ecx & ~1u; /* not managed by XSS */
	}
}

static void leaf_ours(u32 leaf, struct cpuid_regs *r)
{
	*r = (struct cpuid_regs){ 0 };
	switch (leaf) {
	case XEN_CPUID_LEAF(0):
		r->eax = XEN_CPUID_LEAF(XEN_CPUID_MAX_NUM_LEAVES);
		r->ebx = XEN_CPUID_SIGNATURE_EBX;
		r->ecx = XEN_CPUID_SIGNATURE_ECX;
		r->edx = XEN_CPUID_SIGNATURE_EDX;
		break;
	case XEN_CPUID_LEAF(1):
		r->eax = ABI_VERSION;
		break;
	case XEN_CPUID_LEAF(2):
		r->ecx = XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD;
		break;
	case XEN_CPUID_LEAF(5):
		r->ebx = MIN((u32)cpu_features.phys_bits, 44u);
		break;
	case LAMINA_CPUID_FIRST_LEAF:
		r->eax = LAMINA_CPUID_FIRST_LEAF + 1;
		r->ebx = LAMINA_CPUID_SIGNATURE_EBX;
		r->ecx = LAMINA_CPUID_SIGNATURE_ECX;
		r->edx = LAMINA_CPUID_SIGNATURE_EDX;
		break;
	case LAMINA_CPUID_FIRST_LEAF + 1:
		r->eax = LAMINA_FEATURE_TREE | LAMINA_FEATURE_SWITCH;
		break;
	}
}

static void leaf_extended(u32 leaf, struct cpuid_regs *r)
{
	switch (leaf) {
	case 0x80000000:
		r->eax = LEAF_MAX_EXTENDED;
		break;
	case 0x80000001:
		r->ecx &= ECX81_SHOWN;
		r->edx &= EDX81_SHOWN | (cpu_features.amd ? EDX81_AMD_COMMON : EDX81_FFXSR);
		break;
	case 0x80000002 ... 0x80000006:
		break;
	case 0x80000007:
		*r = (struct cpuid_regs){ .edx = r->edx & EDX87_INVARIANT_TSC };
		break;
	case 0x80000008:
		/* Five-level paging is hidden. */
		*r = (struct cpuid_regs){ .eax = cpu_features.phys_bits | LINEAR_BITS << 8, .ebx = r->ebx & EBX88_CLZERO };
		break;
	default:
		*r = (struct cpuid_regs){ 0 };
	}
}

static void leaf_basic(const struct vcpu *v, u32 leaf, u32 subleaf, struct cpuid_regs *r)
{
	switch (leaf) {
	case 0:
		r->eax = MIN(r->eax, LEAF_MAX_BASIC);
		break;
	case 1:
		leaf_1(v, r);
		break;
	case 2:
	case 4:
		break;
	case 7:
		leaf_7(subleaf, r);
		break;
	case 0xb:
		*r = (struct cpuid_regs){ .ecx = subleaf & 0xff, .edx = apic_id(v) };
		break;
	case 0xd:
		leaf_d(v, subleaf, r);
		break;
	default:
		*r = (struct cpuid_regs){ 0 };
	}
}

void pv_cpuid(const struct vcpu *v, u32 leaf, u32 subleaf, struct cpuid_regs *out)
{
	if (leaf >= XEN_CPUID_FIRST_LEAF && leaf <= XEN_LEAF_RANGE_END) {
		leaf_ours(leaf, out);
		return;
	}
	/* Beyond the last leaf processors answer with something, each its own. */
	if (cpuid(leaf & 0x80000000, 0).eax >= leaf) {
		*out = cpuid(leaf, subleaf);
	} else {
		*out = (struct cpuid_regs){ 0 };
	}
	if (leaf >= 0x80000000) {
		leaf_extended(leaf, out);
	} else {
		leaf_basic(v, leaf, subleaf, out);
	}
}
