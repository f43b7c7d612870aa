/* SPDX-License-Identifier: GPL-2.0-only */
/* The CMOS real-time clock. */
#ifndef LAMINA_X86_CMOS_H
#define LAMINA_X86_CMOS_H

#include "lib/types.h"

/* Seconds since 1970 (UTC, as the clock is set); 0 if the clock holds no valid date. */
u64 cmos_read_wallclock_s(void);

#endif
