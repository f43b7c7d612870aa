/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a guest that writes rubbish into its own event words, queue heads and control block
 * hurts only its own events: sends and unmasks keep returning [EVT-9].
 */
#include <public/event_channel.h>
#include "case.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"

#define PORTS 8

static volatile struct evtchn_fifo_control_block *control;
static volatile uint32_t *words;
static uint64_t state = 0x9e3779b97f4a7c15;

static uint32_t random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)state;
}

static void scribble(void)
{
	unsigned int i;

	for (i = 0; i < 1024; i++) {
		words[i] = random();
	}
	for (i = 0; i < EVTCHN_FIFO_MAX_QUEUES; i++) {
		control->head[i] = random();
	}
	control->ready = random();
}

static void run(void)
{
	struct evtchn_init_control init = { .vcpu = 0 };
	struct evtchn_expand_array expand;
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	struct evtchn_unmask unmask;
	uint32_t ports[PORTS];
	unsigned int round, i;

	control = page_alloc();
	words = page_alloc();
	REQUIRE(control && words);
	event_disable();
	init.control_gfn = virt_to_mfn((void *)control);
	expand.array_gfn = virt_to_mfn((void *)words);
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_init_control, &init) == 0);
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_expand_array, &expand) == 0);
	for (i = 0; i < PORTS; i++) {
		REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
		ports[i] = bind.port;
	}
	for (round = 0; round < 300; round++) {
		scribble();
		for (i = 0; i < PORTS; i++) {
			unmask.port = ports[i];
			EXPECT(event_send(ports[i]) <= 0);
			EXPECT(hypercall_event_channel_op(EVTCHNOP_unmask, &unmask) <= 0);
		}
	}
	for (i = 0; i < PORTS; i++) {
		EXPECT_EQ(event_close(ports[i]), 0);
	}
}

CASE(run, CASE_ALONE);
