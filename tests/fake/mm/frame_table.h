/* SPDX-License-Identifier: GPL-2.0-only */
/* Host twin of mm/frame_table.h: the frame table is where mm_init() put its only section. */
#ifndef LAMINA_FAKE_MM_FRAME_TABLE_H
#define LAMINA_FAKE_MM_FRAME_TABLE_H

extern void *fake_frame_table;
#define FRAME_TABLE_BASE ((struct page_info *)fake_frame_table)
#include_next "mm/frame_table.h"

#endif
