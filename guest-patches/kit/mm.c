/* SPDX-License-Identifier: MIT */
/*
 * mm: see mm.h. Free pages form a stack of returned ones on top of a bump pointer.
 *
 * The bump pointer starts behind the boot stack and ends where the initial mapping ends, which is
 * found by looking each page up before it is handed out. At least 512 KiB lie there by the boot
 * contract when the domain is large enough.
 */
#include "mm.h"

#include <stddef.h>
#include <public/mmu.h>
#include "boot.h"
#include "hypercall.h"
#include "string.h"

struct free_page {
	struct free_page *next;
};

static struct free_page *returned;

static const volatile uint64_t *const m2p = (const volatile uint64_t *)MACH2PHYS_VIRT_START;

uint64_t pfn_to_mfn(uint64_t pfn)
{
	return ((uint64_t *)kit_start_info->mfn_list)[pfn];
}

uint64_t virt_to_mfn(const void *va)
{
	return pfn_to_mfn(virt_to_pfn(va));
}

uint64_t mfn_to_pfn(uint64_t mfn)
{
	return m2p[mfn];
}

void *mfn_to_virt(uint64_t mfn)
{
	return pfn_to_virt(mfn_to_pfn(mfn));
}

void page_set_mfn(const void *va, uint64_t mfn)
{
	((uint64_t *)kit_start_info->mfn_list)[virt_to_pfn(va)] = mfn;
}

volatile uint64_t *pte_lookup_in(uint64_t l4_mfn, const void *va, unsigned int level)
{
	volatile uint64_t *table = mfn_to_virt(l4_mfn);
	unsigned int at;

	for (at = 4;; at--) {
		volatile uint64_t *entry = table + (((uint64_t)va >> (12 + 9 * (at - 1))) & 511);

		if (at == level) {
			return entry;
		}
		if (!(*entry & XEN_PTE_PRESENT)) {
			return NULL;
		}
		table = mfn_to_virt((*entry & XEN_PTE_ADDR_MASK) / PAGE_BYTES);
	}
}

volatile uint64_t *pte_lookup(const void *va, unsigned int level)
{
	return pte_lookup_in(virt_to_mfn((void *)kit_start_info->pt_base), va, level);
}

uint64_t pte_maddr(const volatile uint64_t *pte)
{
	uint64_t va = (uint64_t)pte;

	return virt_to_mfn((void *)va) * PAGE_BYTES + va % PAGE_BYTES;
}

void *page_alloc(void)
{
	struct free_page *page = returned;
	volatile uint64_t *pte;

	if (page) {
		returned = page->next;
		return memset(page, 0, PAGE_BYTES);
	}
	kit_free_start = (char *)(((uint64_t)kit_free_start + PAGE_BYTES - 1) & -PAGE_BYTES);
	pte = pte_lookup(kit_free_start, 1);
	if (!pte || !(*pte & XEN_PTE_PRESENT)) {
		return NULL;
	}
	page = (struct free_page *)kit_free_start;
	kit_free_start += PAGE_BYTES;
	return memset(page, 0, PAGE_BYTES);
}

void page_free(void *page)
{
	struct free_page *entry = page;

	if (!page) {
		return;
	}
	entry->next = returned;
	returned = entry;
}

long page_map(const void *va, uint64_t pte)
{
	return hypercall_update_va_mapping(va, pte, UVMF_INVLPG | UVMF_ALL);
}

long page_make_ro(const void *va)
{
	return page_map(va, virt_to_mfn(va) * PAGE_BYTES | PTE_KERNEL_RO);
}

long page_make_rw(const void *va)
{
	return page_map(va, virt_to_mfn(va) * PAGE_BYTES | PTE_KERNEL_RW);
}

long pte_write(uint64_t maddr, uint64_t value)
{
	struct mmu_update update = { .ptr = maddr, .val = value };

	return hypercall_mmu_update(&update, 1, NULL, DOMID_SELF);
}

long mmuext_mfn(unsigned int cmd, uint64_t mfn)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };

	return hypercall_mmuext_op(&op, 1, NULL, DOMID_SELF);
}
