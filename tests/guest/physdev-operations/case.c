/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: legacy lines map to pirqs of the same number, tell whether they need an eoi, and can be
 * bound once; eoi and unmap of what is not there are errors; unknown operations are -ENOSYS
 * [PLAT-4].
 */
#include <public/event_channel.h>
#include <public/physdev.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"

#define RTC_LINE 8

static long map_gsi(int gsi, int *pirq)
{
	struct physdev_map_pirq op = {
		.domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = gsi, .pirq = gsi,
	};
	long result = hypercall_physdev_op(PHYSDEVOP_map_pirq, &op);

	*pirq = op.pirq;
	return result;
}

static void run(void)
{
	struct physdev_irq_status_query query = { .irq = RTC_LINE };
	struct evtchn_bind_pirq bind = { .pirq = RTC_LINE };
	struct physdev_eoi eoi = { .irq = 5000 };
	struct physdev_unmap_pirq unmap = { .domid = DOMID_SELF, .pirq = RTC_LINE };
	int pirq = -1;

	EXPECT_EQ(map_gsi(RTC_LINE, &pirq), 0);
	EXPECT_EQ(pirq, RTC_LINE);
	EXPECT(map_gsi(10000, &pirq) < 0);
	EXPECT_EQ(hypercall_physdev_op(PHYSDEVOP_irq_status_query, &query), 0);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_pirq, &bind), 0);
	EXPECT(hypercall_event_channel_op(EVTCHNOP_bind_pirq, &bind) < 0);
	EXPECT_EQ(event_send(bind.port), -XEN_EINVAL);
	EXPECT_EQ(event_close(bind.port), 0);
	EXPECT_EQ(hypercall_physdev_op(PHYSDEVOP_eoi, &eoi), -XEN_EINVAL);
	bind.pirq = 5000;
	EXPECT(hypercall_event_channel_op(EVTCHNOP_bind_pirq, &bind) < 0);
	EXPECT_EQ(hypercall_physdev_op(PHYSDEVOP_unmap_pirq, &unmap), 0);
	EXPECT_EQ(hypercall_physdev_op(99, &unmap), -XEN_ENOSYS);
	EXPECT_EQ(hypercall_physdev_op(PHYSDEVOP_set_iopl, (void *)8), -XEN_EFAULT);
}

CASE(run, 0);
