/* SPDX-License-Identifier: GPL-2.0-only */
/* Bring-up of the memory floor: frame table, M2P and page allocator from the boot memory map (x86/early_alloc.h). */
#ifndef LAMINA_MM_MM_H
#define LAMINA_MM_MM_H

void mm_init(void);

#endif
