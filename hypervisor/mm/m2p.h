/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine-to-pseudo-physical table: u64 per frame at M2P_VA, readable by every guest. Frames that no domain names read ~0.
 */
#ifndef LAMINA_MM_M2P_H
#define LAMINA_MM_M2P_H

#include "lib/types.h"

#define M2P_INVALID (~0ULL)

void m2p_set(mfn_t mfn, u64 pfn);
u64 m2p_get(mfn_t mfn);

#endif
