/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an entry without the present bit is stored as it is, whatever the other bits say, at
 * every level: kernels keep swap entries there [PAGE-8].
 */
#include <public/mmu.h>
#include "case.h"
#include "mm.h"
#include "window.h"

static void run(void)
{
	static const uint64_t values[] = {
		0xfffffffffffffffe, 0x8000000000000100, 0x00000000deadbee0, 0x7ffffffffffff182, 0,
	};
	struct window w;
	unsigned int i;

	REQUIRE(window_open(&w));
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		EXPECT_EQ(pte_write(window_pte(&w, 9), values[i]), 0);
		EXPECT_EQ(w.l1[9], values[i]);
		EXPECT_EQ(pte_write(pte_maddr(&w.l2[9]), values[i]), 0);
		EXPECT_EQ(w.l2[9], values[i]);
		EXPECT_EQ(pte_write(pte_maddr(&w.l3[9]), values[i]), 0);
		EXPECT_EQ(w.l3[9], values[i]);
	}
	window_close(&w);
}

CASE(run, 0);
