/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages, page-table entries and the direct map.
 */
#ifndef LAMINA_X86_PAGE_H
#define LAMINA_X86_PAGE_H

#include "lib/types.h"
#include "x86/layout.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))
#define PTES_PER_PAGE 512

/* Page-table entry bits (Intel SDM vol. 3A, section 4.5). */
#define PTE_P        (1ULL << 0)
#define PTE_RW       (1ULL << 1)
#define PTE_US       (1ULL << 2)
#define PTE_PWT      (1ULL << 3)
#define PTE_PCD      (1ULL << 4)
#define PTE_A        (1ULL << 5)
#define PTE_D        (1ULL << 6)
#define PTE_PSE      (1ULL << 7)   /* L2 and up; PAT in an L1 entry */
#define PTE_PAT      (1ULL << 7)
#define PTE_G        (1ULL << 8)
#define PTE_AVAIL    (7ULL << 9)
#define PTE_AVAIL_HI (0x7ffULL << 52)
#define PTE_GUEST_KERNEL (1ULL << 52) /* ABI: set by the hypervisor on L1 entries the guest wrote without US */
#define PTE_NX       (1ULL << 63)
#define PTE_ADDR     0x000ffffffffff000ULL

typedef u64 pte_t;

static inline mfn_t pte_mfn(pte_t e) { return MFN((e & PTE_ADDR) >> PAGE_SHIFT); }
static inline pte_t pte_make(mfn_t mfn, u64 flags) { return (mfn.v << PAGE_SHIFT) | flags; }

/* Table index of @va at @level (1..4). */
static inline unsigned int va_index(u64 va, int level)
{
	return (va >> (PAGE_SHIFT + 9 * (level - 1))) & (PTES_PER_PAGE - 1);
}

static inline maddr_t mfn_to_maddr(mfn_t mfn) { return MADDR(mfn.v << PAGE_SHIFT); }
static inline mfn_t maddr_to_mfn(maddr_t ma) { return MFN(ma.v >> PAGE_SHIFT); }
static inline bool mfn_eq(mfn_t a, mfn_t b) { return a.v == b.v; }

/* Direct-map address of RAM; the frame must be RAM (frame_is_ram()). tests/fake replaces the base. */
#ifndef DIRECT_MAP_BASE
#define DIRECT_MAP_BASE DIRECT_MAP_VA
#endif
static inline void *mfn_to_virt(mfn_t mfn) { return (void *)(DIRECT_MAP_BASE + (mfn.v << PAGE_SHIFT)); }
static inline void *maddr_to_virt(maddr_t ma) { return (void *)(DIRECT_MAP_BASE + ma.v); }
static inline mfn_t virt_to_mfn(const void *p) { return MFN(((u64)p - DIRECT_MAP_BASE) >> PAGE_SHIFT); }
static inline maddr_t virt_to_maddr(const void *p) { return MADDR((u64)p - DIRECT_MAP_BASE); }

static inline bool va_is_canonical(u64 va) { return (u64)((s64)(va << 16) >> 16) == va; }
/* A guest may name [va, va+bytes): canonical throughout and clear of the hypervisor's hole. */
static inline bool guest_range_ok(u64 va, u64 bytes)
{
	u64 end = va + bytes;

	if (end < va) {
		return false;
	}
	return end <= 0x0000800000000000ULL || va >= HV_HOLE_END;
}

#endif
