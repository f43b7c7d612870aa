/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: ports raised in some order are linked in that order in their queue; consuming the whole
 * queue as kernels do, by following links and clearing them, shows every port once; an event
 * raised again while it is linked is not linked twice [EVT-8].
 */
#include <public/event_channel.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"

#define PORTS	40
#define BIT(n)	(1U << (n))
#define QUEUE	EVTCHN_FIFO_PRIORITY_DEFAULT

static volatile struct evtchn_fifo_control_block *control;
static volatile uint32_t *words;
static uint32_t ports[PORTS];

/* Takes the head of the queue off it, the way of public/event_channel.h; 0 when there is none. */
static uint32_t consume(uint32_t *head)
{
	uint32_t port = *head ? *head : control->head[QUEUE], word, next;

	if (!port) {
		return 0;
	}
	word = __atomic_load_n(&words[port], __ATOMIC_SEQ_CST);
	while (!__atomic_compare_exchange_n(&words[port], &word,
					    word & ~(BIT(EVTCHN_FIFO_LINKED) | EVTCHN_FIFO_LINK_MASK),
					    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
	}
	next = word & EVTCHN_FIFO_LINK_MASK;
	__atomic_and_fetch(&words[port], ~BIT(EVTCHN_FIFO_PENDING), __ATOMIC_SEQ_CST);
	*head = next;
	return port;
}

static void check_order(unsigned int stride)
{
	uint32_t head = 0, port;
	unsigned int i, wrong = 0;

	control->ready = 0;
	control->head[QUEUE] = 0;
	for (i = 0; i < PORTS; i++) {
		EXPECT_EQ(event_send(ports[i * stride % PORTS]), 0);
		EXPECT_EQ(event_send(ports[i * stride % PORTS]), 0);
	}
	EXPECT(control->ready & BIT(QUEUE));
	head = control->head[QUEUE];
	for (i = 0; i < PORTS; i++) {
		port = consume(&head);
		wrong += port != ports[i * stride % PORTS];
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(head, 0);
}

static void run(void)
{
	struct evtchn_init_control init = { .vcpu = 0 };
	struct evtchn_expand_array expand;
	struct evtchn_bind_ipi bind = { .vcpu = 0 };
	unsigned int i;

	control = page_alloc();
	words = page_alloc();
	REQUIRE(control && words);
	event_disable();
	for (i = 0; i < PORTS; i++) {
		REQUIRE(hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind) == 0);
		ports[i] = bind.port;
	}
	init.control_gfn = virt_to_mfn((void *)control);
	expand.array_gfn = virt_to_mfn((void *)words);
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_init_control, &init) == 0);
	REQUIRE(hypercall_event_channel_op(EVTCHNOP_expand_array, &expand) == 0);
	for (i = 0; i < PORTS; i++) {
		words[ports[i]] = 0;
	}
	check_order(1);
	check_order(7);
	check_order(13);
}

CASE(run, CASE_ALONE);
