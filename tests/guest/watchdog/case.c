/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: SCHEDOP_watchdog gives ids 1 and 2, no third one; an id that is not in use is
 * refused; one that is asked again in time does not fire; a stopped one is free
 * again [VCPU-7].
 */
#include <public/sched.h>
#include "case.h"
#include "clock.h"
#include "hypercall.h"

/* The peer answers a new one in 32 bits. */
static int dog(uint32_t id, uint32_t seconds)
{
	struct sched_watchdog op = { .id = id, .timeout = seconds };

	return (int)hypercall_sched_op(SCHEDOP_watchdog, &op);
}

static void run(void)
{
	uint64_t end;

	EXPECT_EQ(dog(1, 5), -XEN_EINVAL);
	EXPECT_EQ(dog(3, 5), -XEN_EINVAL);
	EXPECT_EQ(dog(~0u, 5), -XEN_EINVAL);
	EXPECT_EQ(dog(0, 1000), 1);
	EXPECT_EQ(dog(0, 1000), 2);
	EXPECT_EQ(dog(0, 1000), -XEN_ENOSPC);
	EXPECT_EQ(dog(1, 0), 0);
	EXPECT_EQ(dog(1, 5), -XEN_EINVAL);
	EXPECT_EQ(dog(0, 2), 1);
	for (end = clock_now() + 3000000000; clock_now() < end;) {
		EXPECT_EQ(dog(1, 2), 0);
	}
	EXPECT_EQ(dog(1, 0), 0);
	EXPECT_EQ(dog(2, 0), 0);
	EXPECT_EQ(dog(2, 0), -XEN_EINVAL);
}

CASE(run, 0);
