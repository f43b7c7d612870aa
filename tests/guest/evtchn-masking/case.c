/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a raised port that is masked becomes pending and nothing else; the unmask operation
 * delivers it. A raised port under a masked vCPU sets the selector and upcall_pending, and is
 * delivered at the next hypercall after the guest has cleared the mask by a plain store [CALL-7,
 * EVT-6, EVT-7].
 */
#include <public/event_channel.h>
#include <public/version.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"

static unsigned int hits;

static void on_event(uint32_t port)
{
	(void)port;
	hits++;
}

static void mask_port(uint32_t port)
{
	__atomic_or_fetch(&kit_shared_info->evtchn_mask[port / 64], 1UL << (port % 64),
			  __ATOMIC_SEQ_CST);
}

static void check_port_mask(uint32_t port)
{
	struct evtchn_unmask unmask = { .port = port };
	volatile struct vcpu_info *vcpu = &kit_shared_info->vcpu_info[0];
	uint64_t upcalls = event_upcalls;

	mask_port(port);
	EXPECT_EQ(event_send(port), 0);
	EXPECT_EQ(event_upcalls, upcalls);
	EXPECT_EQ(hits, 0);
	EXPECT(event_is_pending(port));
	EXPECT_EQ(vcpu->evtchn_pending_sel, 0);
	EXPECT_EQ(vcpu->evtchn_upcall_pending, 0);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_unmask, &unmask), 0);
	EXPECT_EQ(hits, 1);
	EXPECT(!event_is_pending(port));
}

static void check_vcpu_mask(uint32_t port)
{
	volatile struct vcpu_info *vcpu = &kit_shared_info->vcpu_info[0];

	hits = 0;
	event_disable();
	EXPECT_EQ(event_send(port), 0);
	EXPECT_EQ(hits, 0);
	EXPECT_EQ(vcpu->evtchn_upcall_pending, 1);
	EXPECT_EQ(vcpu->evtchn_pending_sel, 1UL << port / 64);
	EXPECT_EQ(hypercall_xen_version(XENVER_version, NULL) > 0, 1);
	EXPECT_EQ(hits, 0);
	vcpu->evtchn_upcall_mask = 0;
	hypercall_xen_version(XENVER_version, NULL);
	EXPECT_EQ(hits, 1);
	EXPECT_EQ(vcpu->evtchn_upcall_mask, 0);
	EXPECT_EQ(vcpu->evtchn_upcall_pending, 0);
}

static void run(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };

	REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
	event_bind(bind.port, on_event);
	check_port_mask(bind.port);
	check_vcpu_mask(bind.port);
	event_unbind(bind.port);
	EXPECT_EQ(event_close(bind.port), 0);
}

CASE(run, 0);
