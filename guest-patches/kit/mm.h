/* SPDX-License-Identifier: MIT */
/*
 * mm: frame numbers and addresses of a kit guest, page-table look-ups, and free pages.
 *
 * A kit guest lives in its initial mapping: virtual = kit_virt_base + PFN * 4096. Page tables are
 * visible there read-only; they change through hypercalls only. Machine frame numbers come from
 * the p2m list that the builder left; page_remap keeps that list true when a page changes frames.
 */
#ifndef KIT_MM_H
#define KIT_MM_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_BYTES 4096UL

#define PTE_KERNEL_RW (XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER | XEN_PTE_ACCESSED | XEN_PTE_DIRTY)
#define PTE_KERNEL_RO (XEN_PTE_PRESENT | XEN_PTE_USER | XEN_PTE_ACCESSED)

extern char kit_virt_base[];

static inline uint64_t virt_to_pfn(const void *va)
{
	return ((uint64_t)va - (uint64_t)kit_virt_base) / PAGE_BYTES;
}

static inline void *pfn_to_virt(uint64_t pfn)
{
	return kit_virt_base + pfn * PAGE_BYTES;
}

uint64_t pfn_to_mfn(uint64_t pfn);
uint64_t virt_to_mfn(const void *va);
uint64_t mfn_to_pfn(uint64_t mfn);
void *mfn_to_virt(uint64_t mfn);

/* Records that the page at va now has this machine frame. */
void page_set_mfn(const void *va, uint64_t mfn);

/* The entry of the given level (1 to 4) that maps va in the tables under l4, or NULL. */
volatile uint64_t *pte_lookup_in(uint64_t l4_mfn, const void *va, unsigned int level);
volatile uint64_t *pte_lookup(const void *va, unsigned int level);

/* Machine address of an entry that lies in a mapped table page. */
uint64_t pte_maddr(const volatile uint64_t *pte);

/* A zeroed page from behind the boot stack, or NULL when the initial mapping ends. */
void *page_alloc(void);
void page_free(void *page);

/* Changes how one page of ours is mapped; returns what the hypervisor answered. */
long page_map(const void *va, uint64_t pte);
long page_make_ro(const void *va);
long page_make_rw(const void *va);

/* One checked write of a page-table entry; mmuext operations on one frame. */
long pte_write(uint64_t maddr, uint64_t value);
long mmuext_mfn(unsigned int cmd, uint64_t mfn);

#endif
