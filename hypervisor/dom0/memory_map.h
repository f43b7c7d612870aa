/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine's memory map as dom0 sees it. */
#ifndef LAMINA_DOM0_MEMORY_MAP_H
#define LAMINA_DOM0_MEMORY_MAP_H

#include "lib/boot_info.h"

struct domain;

/* Gives @d the firmware's map, with the interrupt controllers' pages marked reserved where the firmware left them out. */
void dom0_set_memory_map(struct domain *d, const struct boot_info *bi);

#endif
