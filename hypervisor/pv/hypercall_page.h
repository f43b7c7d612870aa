/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypercall page: stubs of 32 bytes, one per hypercall number, for kernels that call instead of issuing SYSCALL themselves.
 */
#ifndef LAMINA_PV_HYPERCALL_PAGE_H
#define LAMINA_PV_HYPERCALL_PAGE_H

/* Fills one page at @page. */
void pv_fill_hypercall_page(void *page);

#endif
