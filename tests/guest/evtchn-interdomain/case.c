/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: an unbound port can be bound by the domain it was made for, here by the domain itself;
 * the new local port starts pending; a send on either end raises the other; closing one end
 * leaves the other unbound; status tells each state [EVT-2, EVT-3, EVT-5].
 */
#include <public/event_channel.h>
#include <public/hypercall.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"

static struct evtchn_status status(uint32_t port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port, .status = 99 };

	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_status, &s), 0);
	return s;
}

static void run(void)
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF };
	uint32_t a, b;

	REQUIRE(hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &alloc) == 0);
	a = alloc.port;
	EXPECT(a != 0);
	EXPECT_EQ(status(a).status, EVTCHNSTAT_unbound);
	bind.remote_port = a;
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &bind) == 0);
	b = bind.local_port;
	EXPECT(b != 0 && b != a);
	EXPECT_EQ(status(a).status, EVTCHNSTAT_interdomain);
	EXPECT_EQ(status(a).u.interdomain.port, b);
	EXPECT_EQ(status(b).u.interdomain.port, a);
	EXPECT_EQ(status(b).u.interdomain.dom, 0);
	EXPECT(event_is_pending(b));
	event_clear(b);
	EXPECT_EQ(event_send(a), 0);
	EXPECT(event_is_pending(b));
	EXPECT(!event_is_pending(a));
	EXPECT_EQ(event_send(b), 0);
	EXPECT(event_is_pending(a));
	event_clear(a);
	event_clear(b);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
	EXPECT_EQ(event_close(b), 0);
	EXPECT_EQ(status(b).status, EVTCHNSTAT_closed);
	EXPECT_EQ(status(a).status, EVTCHNSTAT_unbound);
	EXPECT_EQ(event_send(a), 0);
	EXPECT_EQ(event_close(a), 0);
	EXPECT_EQ(status(a).status, EVTCHNSTAT_closed);
	EXPECT_EQ(event_close(a), -XEN_EINVAL);
	EXPECT_EQ(event_send(a), -XEN_EINVAL);
}

CASE(run, 0);
