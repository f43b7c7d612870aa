/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window: see window.h. Tables are linked bottom up while their pages are still writable, then made
 * read-only, then hooked by one checked write to the L4; validation of the three levels happens in
 * that write.
 */
#include "window.h"

#include <stddef.h>
#include <public/mmu.h>
#include "boot.h"
#include "mm.h"

#define TABLE_FLAGS (XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER | XEN_PTE_ACCESSED)

bool table_make(volatile uint64_t *page)
{
	return page_make_ro((void *)page) == 0;
}

void table_unmake(volatile uint64_t *page)
{
	if (page) {
		page_make_rw((void *)page);
		page_free((void *)page);
	}
}

static uint64_t slot_maddr(uint64_t l4_mfn)
{
	return l4_mfn * PAGE_BYTES + (WINDOW_VA >> 39) * 8;
}

bool window_open(struct window *w)
{
	*w = (struct window){ .l4_mfn = virt_to_mfn((void *)kit_start_info->pt_base) };
	w->l1 = page_alloc();
	w->l2 = page_alloc();
	w->l3 = page_alloc();
	if (!w->l1 || !w->l2 || !w->l3) {
		return false;
	}
	w->l2[0] = virt_to_mfn((void *)w->l1) * PAGE_BYTES | TABLE_FLAGS;
	w->l3[0] = virt_to_mfn((void *)w->l2) * PAGE_BYTES | TABLE_FLAGS;
	if (!table_make(w->l1) || !table_make(w->l2) || !table_make(w->l3)) {
		return false;
	}
	w->open = !pte_write(slot_maddr(w->l4_mfn),
			     virt_to_mfn((void *)w->l3) * PAGE_BYTES | TABLE_FLAGS);
	return w->open;
}

void window_close(struct window *w)
{
	if (w->open) {
		pte_write(slot_maddr(w->l4_mfn), 0);
	}
	table_unmake(w->l3);
	table_unmake(w->l2);
	table_unmake(w->l1);
	*w = (struct window){ 0 };
}

void *window_va(unsigned int i)
{
	return (void *)(WINDOW_VA + i * PAGE_BYTES);
}

uint64_t window_pte(const struct window *w, unsigned int i)
{
	return pte_maddr(&w->l1[i]);
}
