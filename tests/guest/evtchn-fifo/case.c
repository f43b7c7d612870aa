/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: after init_control and expand_array, a raised port sets the pending and linked bits of
 * its event word and appears at the head of its priority's queue, whose ready bit is set; a
 * second one is linked behind it; a masked port becomes pending without being linked, and unmask
 * links it; a raised priority moves the port to another queue. Bad control pages are refused
 * [EVT-8].
 */
#include <public/event_channel.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"

#define BIT(n) (1U << (n))

static volatile struct evtchn_fifo_control_block *control;
static volatile uint32_t *words;

static uint32_t new_ipi(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };

	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind), 0);
	return bind.port;
}

static void set_up(void)
{
	struct evtchn_init_control init = { .control_gfn = virt_to_mfn((void *)control),
					    .vcpu = 0, .offset = PAGE_BYTES - 8 };
	struct evtchn_expand_array expand = { .array_gfn = virt_to_mfn((void *)words) };

	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_init_control, &init), -XEN_EINVAL);
	init.offset = 4;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_init_control, &init), -XEN_EINVAL);
	init.offset = 0;
	init.vcpu = 99;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_init_control, &init), -XEN_ENOENT);
	init.vcpu = 0;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_init_control, &init), 0);
	EXPECT_EQ(init.link_bits, EVTCHN_FIFO_LINK_BITS);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_expand_array, &expand), 0);
}

static void check_masked(void)
{
	uint32_t port = new_ipi();
	struct evtchn_set_priority priority = { .port = port, .priority = 2 };
	struct evtchn_unmask unmask = { .port = port };

	words[port] = BIT(EVTCHN_FIFO_MASKED);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_set_priority, &priority), 0);
	EXPECT_EQ(event_send(port), 0);
	EXPECT_EQ(words[port] >> 28, 0xc);
	EXPECT_EQ(control->ready & BIT(2), 0);
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_unmask, &unmask), 0);
	EXPECT_EQ(words[port] >> 28, 0xa);
	EXPECT_EQ(control->head[2], port);
	EXPECT_EQ(control->ready & BIT(2), BIT(2));
	priority.priority = 16;
	EXPECT_EQ(hypercall_event_channel_op(EVTCHNOP_set_priority, &priority), -XEN_EINVAL);
}

static void run(void)
{
	volatile struct vcpu_info *vcpu = &kit_shared_info->vcpu_info[0];
	uint32_t a, b;

	control = page_alloc();
	words = page_alloc();
	REQUIRE(control && words);
	event_disable();
	set_up();
	a = new_ipi();
	b = new_ipi();
	words[a] = words[b] = 0;
	vcpu->evtchn_upcall_pending = 0;
	EXPECT_EQ(event_send(a), 0);
	EXPECT_EQ(words[a], BIT(EVTCHN_FIFO_PENDING) | BIT(EVTCHN_FIFO_LINKED));
	EXPECT_EQ(control->head[EVTCHN_FIFO_PRIORITY_DEFAULT], a);
	EXPECT_EQ(control->ready & BIT(7), BIT(7));
	EXPECT_EQ(vcpu->evtchn_upcall_pending, 1);
	EXPECT_EQ(event_send(b), 0);
	EXPECT_EQ(words[a] & EVTCHN_FIFO_LINK_MASK, b);
	EXPECT_EQ(words[b], BIT(EVTCHN_FIFO_PENDING) | BIT(EVTCHN_FIFO_LINKED));
	check_masked();
}

CASE(run, CASE_ALONE);
