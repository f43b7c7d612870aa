/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the processor can do, and the control registers that follow from it.
 */
#ifndef LAMINA_X86_FEATURES_H
#define LAMINA_X86_FEATURES_H

#include "lib/types.h"

/* Fills cpu_features (boot processor). Panics if something that Lamina cannot do without is missing. */
void cpu_features_init(void);

/* CR0, CR4, EFER and PAT of the calling processor as cpu_features says; the same value on every processor. */
void cpu_features_apply(void);

/* The CR4 value of every processor while no vCPU asks for TSD, DE, FSGSBASE or OSXSAVE changes. */
u64 cpu_features_cr4(void);

/* Patches the SMAP sites when the processor has SMAP (boot processor, after own_maps_init(), before others start). */
void cpu_features_patch_smap(void);

#endif
