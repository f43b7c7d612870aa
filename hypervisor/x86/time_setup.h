/* SPDX-License-Identifier: GPL-2.0-only */
/* Bring-up of the clock: the interface for everybody is x86/time.h. */
#ifndef LAMINA_X86_TIME_SETUP_H
#define LAMINA_X86_TIME_SETUP_H

#include "lib/types.h"

/* Measures the clocks and starts time at 0 (boot processor, its APIC on). */
void time_init(void);
/* This processor's one-shot timer. */
void time_init_cpu(void);

/*
 * Both sides of the check that two processors' TSCs agree: called at the same time by the boot processor and by the one it just
 * started. Afterwards time_scale.stable tells whether all pairs so far agreed.
 */
void time_check_warp(bool is_boot_processor);

#endif
