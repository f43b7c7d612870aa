/* SPDX-License-Identifier: GPL-2.0-only */
/* Bring-up of processors: the interface for everybody is x86/smp.h. */
#ifndef LAMINA_X86_SMP_SETUP_H
#define LAMINA_X86_SMP_SETUP_H

#include "lib/boot_info.h"
#include "lib/types.h"

/* Reserves the areas of all processors that the MADT lists (before mm_init()), and finds the real-mode page. */
void smp_prepare(const struct boot_info *bi);

/*
 * Puts the calling processor, number @cpu, into its final state: control registers, descriptor tables, system call entry,
 * local APIC, timer. Its area is mapped and it runs on its own stack.
 */
void cpu_init(u32 cpu);

#endif
