/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's clock: nanoseconds since boot, derived from the TSC with one scale for all processors, and the one-shot
 * interrupt of the local APIC.
 */
#ifndef LAMINA_X86_TIME_H
#define LAMINA_X86_TIME_H

#include "lib/types.h"

/* ns = ((tsc - tsc_base) shifted left by shift (right when negative)) * mul >> 32, plus ns_base: the form guests use. */
struct time_scale {
	u64 tsc_base;
	u64 ns_base;
	u32 mul;
	s8 shift;
	bool stable;  /* all processors agree (warp test), guests may read it without the hypervisor's help */
};
extern struct time_scale time_scale;

/* Nanoseconds since boot. Any context, monotonic on one processor (and across them when stable). */
u64 time_now_ns(void);
/* TSC frequency in kHz. */
u64 time_tsc_khz(void);

/* Programs this processor's one-shot interrupt for @deadline_ns (~0ULL: none). A deadline in the past fires at once. */
void time_set_deadline(u64 deadline_ns);

/* Wall-clock seconds since 1970 at time 0 as the CMOS clock said at boot. */
u64 time_boot_wallclock_s(void);

/* Busy wait. */
void time_udelay(u32 us);

#endif
