// SPDX-License-Identifier: GPL-2.0-only
/* Counters behind tests/fake/x86/guest_state.h. */
#include "x86/guest_state.h"

u64 fake_swapgs_count, fake_wbinvd_count;
