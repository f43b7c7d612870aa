/* SPDX-License-Identifier: GPL-2.0-only */
/* Measuring unknown clocks against one of known frequency, for x86/time.c alone. */
#ifndef LAMINA_X86_CALIBRATE_H
#define LAMINA_X86_CALIBRATE_H

#include "lib/types.h"

struct calibration {
	u64 tsc_hz;
	u64 apic_timer_hz; /* at divide by 1 */
};

/* Measures against the best reference clock there is. Panics if there is none. About 60 ms. */
struct calibration calibrate(void);

#endif
