/* SPDX-License-Identifier: GPL-2.0-only */
/* Host twin of x86/guest_state.h: SWAPGS and WBINVD are counted, not executed. */
#ifndef LAMINA_FAKE_X86_GUEST_STATE_H
#define LAMINA_FAKE_X86_GUEST_STATE_H

#define guest_swapgs real_guest_swapgs
#define guest_wbinvd real_guest_wbinvd
#include_next "x86/guest_state.h"
#undef guest_swapgs
#undef guest_wbinvd

extern u64 fake_swapgs_count, fake_wbinvd_count;

static inline void guest_swapgs(void) { fake_swapgs_count++; }
static inline void guest_wbinvd(void) { fake_wbinvd_count++; }

#endif
