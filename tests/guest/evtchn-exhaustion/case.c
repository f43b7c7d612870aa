/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: ports run out with an error, not before a thousand of them; all are distinct and work; closed
 * ones can be had again [EVT-1, EVT-3, CALL-6].
 */
#include <public/event_channel.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"

static uint32_t ports[EVTCHN_2L_NR_CHANNELS + 1];

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	unsigned int count = 0, i, wrong = 0;
	long result = 0;

	event_disable();
	while (count <= EVTCHN_2L_NR_CHANNELS) {
		result = hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind);
		if (result) {
			break;
		}
		ports[count++] = bind.port;
	}
	EXPECT(result == -XEN_ENOSPC || result == -XEN_ENOMEM);
	EXPECT(count >= 1000 && count < EVTCHN_2L_NR_CHANNELS);
	for (i = 1; i < count; i++) {
		wrong += ports[i] <= ports[i - 1] || ports[i] >= EVTCHN_2L_NR_CHANNELS;
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(event_send(ports[count - 1]), 0);
	EXPECT(event_is_pending(ports[count - 1]));
	event_clear(ports[count - 1]);
	for (i = 0; i < count; i++) {
		wrong += event_close(ports[i]) != 0;
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind), 0);
	EXPECT_EQ(event_close(bind.port), 0);
}

CASE(run, CASE_ALONE);
