// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model-specific registers as a guest kernel sees them.
 *
 * Three groups: the guest's own (segment bases, TSC_AUX), which are real; constants that a kernel checks and leaves alone
 * (PAT, EFER, APIC base, microcode); and registers that it touches blindly, which read 0 and ignore writes. Everything else is #GP,
 * which guests expect of MSRs they probe. The base of the inactive GS is by far the most frequent: stock kernels read
 * it at each context switch.
 */
#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "mm/page_type.h"
#include "pv/hypercall_page.h"
#include "pv/pv.h"
#include "x86/cpu.h"
#include "x86/page.h"
#include "x86/pcpu.h"

/* As CPUID leaf 0x40000002 tells it. */
#define MSR_HYPERCALL_PAGE      0x40000000
#define MSR_TSC                 0x10
#define MSR_FEATURE_CONTROL     0x3a
#define MSR_UCODE_REV           0x8b
#define MSR_PLATFORM_INFO       0xce
#define MSR_ARCH_CAPABILITIES   0x10a
#define MSR_MISC_FEATURES       0x140
#define MSR_MCG_CAP             0x179
#define MSR_MCG_STATUS          0x17a
#define MSR_MCG_CTL             0x17b
#define MSR_PERF_STATUS         0x198
#define MSR_MISC_ENABLE         0x1a0
#define MSR_MC_FIRST            0x400
#define MSR_MC_LAST             0x47f
#define MSR_AMD_PERF_FIRST      0xc0010000
#define MSR_AMD_PERF_LAST       0xc0010007
#define MSR_AMD_SYSCFG          0xc0010010
#define MSR_AMD_HWCR            0xc0010015
#define MSR_AMD_INT_PENDING     0xc0010055
#define MSR_AMD_DE_CFG          0xc0011029

#define EFER_SCE (1ULL << 0)
#define EFER_LME (1ULL << 8)
#define EFER_LMA (1ULL << 10)
#define EFER_NX  (1ULL << 11)
#define GUEST_EFER (EFER_SCE | EFER_LME | EFER_LMA | EFER_NX)
#define APIC_BASE_BSP (1ULL << 8)
#define APIC_BASE_VALUE 0xfee00800ULL /* enabled */
#define PAT_VALUE 0x050100070406ULL   /* WB WT UC- UC WC WP UC UC */
#define MISC_ENABLE_FAST_STRINGS 1ULL

/* Registers that a kernel probes or clears without caring. */
static bool reads_zero(u32 msr)
{
	return (msr >= MSR_MC_FIRST && msr <= MSR_MC_LAST) || (msr >= MSR_AMD_PERF_FIRST && msr <= MSR_AMD_PERF_LAST) ||
	       msr == MSR_MCG_CAP || msr == MSR_MCG_STATUS || msr == MSR_MCG_CTL || msr == MSR_AMD_SYSCFG ||
	       msr == MSR_AMD_HWCR || msr == MSR_AMD_INT_PENDING || msr == MSR_AMD_DE_CFG || msr == MSR_PERF_STATUS;
}

int pv_rdmsr(struct vcpu *v, u32 msr, u64 *value)
{
	if (likely(msr == MSR_KERNEL_GS_BASE)) {
		*value = rdmsr(MSR_KERNEL_GS_BASE);
		return 0;
	}
	switch (msr) {
	case MSR_FS_BASE:
	case MSR_GS_BASE:
		*value = rdmsr(msr);
		return 0;
	case MSR_TSC_AUX:
		*value = v->pv.tsc_aux;
		return cpu_features.has_rdtscp ? 0 : -EINVAL;
	case MSR_EFER:
		*value = GUEST_EFER;
		return 0;
	case MSR_PAT:
		*value = PAT_VALUE;
		return 0;
	case MSR_APIC_BASE:
		*value = APIC_BASE_VALUE | (v->id == 0 ? APIC_BASE_BSP : 0);
		return 0;
	case MSR_TSC:
		*value = rdtsc();
		return 0;
	case MSR_UCODE_REV:
		return rdmsr_safe(msr, value) ? -EINVAL : 0;
	case MSR_MISC_ENABLE:
		*value = MISC_ENABLE_FAST_STRINGS;
		return cpu_features.intel ? 0 : -EINVAL;
	case MSR_FEATURE_CONTROL:
	case MSR_PLATFORM_INFO:
	case MSR_MISC_FEATURES:
		*value = 0;
		return cpu_features.intel ? 0 : -EINVAL;
	default:
		*value = 0;
		return reads_zero(msr) ? 0 : -EINVAL;
	}
}

static int write_base(u32 msr, u64 value)
{
	if (!va_is_canonical(value)) {
		return -EINVAL;
	}
	wrmsr(msr, value);
	return 0;
}

/* The guest names a frame of its own that becomes the hypercall page; there is one such page, so the low bits are 0. */
static int write_hypercall_page(struct vcpu *v, u64 value)
{
	struct page_info *pg = frame_lookup(MFN(value >> PAGE_SHIFT));

	if ((value & ~PAGE_MASK) || !pg || !page_get_and_type(pg, &v->domain->mem, PGT_WRITABLE)) {
		return -EINVAL;
	}
	pv_fill_hypercall_page(mfn_to_virt(page_to_mfn(pg)));
	page_put_and_type(pg);
	return 0;
}

int pv_wrmsr(struct vcpu *v, u32 msr, u64 value)
{
	switch (msr) {
	case MSR_HYPERCALL_PAGE:
		return write_hypercall_page(v, value);
	case MSR_FS_BASE:
	case MSR_GS_BASE:
	case MSR_KERNEL_GS_BASE:
		return write_base(msr, value);
	case MSR_TSC_AUX:
		if (!cpu_features.has_rdtscp || value >> 32) {
			return -EINVAL;
		}
		v->pv.tsc_aux = (u32)value;
		wrmsr(MSR_TSC_AUX, value);
		return 0;
	case MSR_EFER:
		return value == GUEST_EFER ? 0 : -EINVAL;
	case MSR_PAT:
		return value == PAT_VALUE ? 0 : -EINVAL;
	case MSR_UCODE_REV:
	case MSR_MISC_ENABLE:
		return 0;
	default:
		return reads_zero(msr) ? 0 : -EINVAL;
	}
}
