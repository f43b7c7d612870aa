/* SPDX-License-Identifier: GPL-2.0-only */
/* Host twin of x86/page.h: the direct map is the fake machine's memory. */
#ifndef LAMINA_FAKE_X86_PAGE_H
#define LAMINA_FAKE_X86_PAGE_H

extern char *fake_ram;
#define DIRECT_MAP_BASE ((unsigned long)fake_ram)
#include_next "x86/page.h"

#endif
