/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: system time computed from vcpu_time_info never goes back, moves forward, and has a sane
 * scale; the wall clock in shared_info is a plausible date with an even version [TIME-1, TIME-2].
 */
#include "boot.h"
#include "case.h"
#include "clock.h"

static void run(void)
{
	const volatile struct vcpu_time_info *t = &kit_shared_info->vcpu_info[0].time;
	uint64_t last = clock_now(), now, start = last;
	unsigned int i;

	EXPECT(last > 0);
	EXPECT(t->tsc_to_system_mul != 0);
	for (i = 0; i < 10000; i++) {
		now = clock_now();
		if (now < last) {
			case_fail(__LINE__, "back by %lu ns", last - now);
			break;
		}
		last = now;
	}
	EXPECT(last > start);
	clock_spin(20000000);
	EXPECT(clock_now() >= last + 20000000);
	EXPECT_EQ(kit_shared_info->wc_version & 1, 0);
	EXPECT(kit_shared_info->wc_sec > 1500000000 || kit_shared_info->wc_sec_hi);
	EXPECT(kit_shared_info->wc_nsec < 1000000000);
}

CASE(run, 0);
