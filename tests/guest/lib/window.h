/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window: page tables of a case's own, hooked into the running kernel's tables.
 *
 * window_open builds one L1, L2 and L3 for a 2 MiB piece of address space that nothing else uses, and
 * hooks the L3 into an L4. The three pages are read-only in the kernel's mapping and can be looked
 * at there. window_close unhooks them and gives the pages back writable.
 *
 * The user tables are an L4 of their own with such a window in it and nothing of the kernel.
 */
#ifndef TEST_WINDOW_H
#define TEST_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_VA	0x40000000000UL		/* L4 slot 8 */

struct window {
	uint64_t l4_mfn;
	volatile uint64_t *l1, *l2, *l3;
	bool open;
};

/* Into the tables the kernel runs on; false when pages or the hypervisor refuse. */
bool window_open(struct window *w);
void window_close(struct window *w);

/* The address of entry i of the window's L1, and the machine address of that entry. */
void *window_va(unsigned int i);
uint64_t window_pte(const struct window *w, unsigned int i);

/* Turns a page of ours into a table candidate (read-only) and back. */
bool table_make(volatile uint64_t *page);
void table_unmake(volatile uint64_t *page);

#endif
