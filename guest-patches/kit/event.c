/* SPDX-License-Identifier: MIT */
/*
 * event: see event.h. The guest's half of the two-level protocol.
 *
 * The order matters against a hypervisor that sets bits at the same time: upcall_pending is cleared
 * before the selector is taken, the selector is taken whole by an exchange, and a port's pending bit
 * is cleared before its handler runs, so that an event raised meanwhile is delivered again.
 */
#include "event.h"

#include <stddef.h>
#include <public/event_channel.h>
#include <public/sched.h>
#include <public/version.h>
#include "boot.h"
#include "hypercall.h"
#include "string.h"

#define MAX_BINDINGS 32

struct binding {
	uint32_t port;
	event_handler_fn handler;
};

uint64_t event_upcalls, event_deliveries;

static struct binding bindings[MAX_BINDINGS];

static volatile struct vcpu_info *self(void)
{
	return &kit_shared_info->vcpu_info[0];
}

static void bit_set(uint64_t *words, uint32_t bit)
{
	asm volatile("lock btsq %1, %0" : "+m"(words[bit / 64]) : "r"((uint64_t)(bit % 64)) : "cc");
}

static void bit_clear(uint64_t *words, uint32_t bit)
{
	asm volatile("lock btrq %1, %0" : "+m"(words[bit / 64]) : "r"((uint64_t)(bit % 64)) : "cc");
}

void event_init(void)
{
	memset(kit_shared_info->evtchn_mask, 0xff, sizeof(kit_shared_info->evtchn_mask));
	event_enable();
}

static void deliver(uint32_t port)
{
	unsigned int i;

	event_deliveries++;
	for (i = 0; i < MAX_BINDINGS; i++) {
		if (bindings[i].handler && bindings[i].port == port) {
			bindings[i].handler(port);
			return;
		}
	}
}

void event_upcall(void)
{
	struct shared_info *shared = kit_shared_info;
	uint64_t selector, ready;

	event_upcalls++;
	self()->evtchn_upcall_pending = 0;
	selector = __atomic_exchange_n(&self()->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	while (selector) {
		unsigned int word = (unsigned int)__builtin_ctzl(selector);

		selector &= selector - 1;
		while ((ready = __atomic_load_n(&shared->evtchn_pending[word], __ATOMIC_SEQ_CST) &
				~shared->evtchn_mask[word])) {
			uint32_t port = word * 64 + (uint32_t)__builtin_ctzl(ready);

			bit_clear(shared->evtchn_pending, port);
			deliver(port);
		}
	}
}

void event_bind(uint32_t port, event_handler_fn handler)
{
	struct evtchn_unmask op = { .port = port };
	unsigned int i;

	for (i = 0; i < MAX_BINDINGS; i++) {
		if (!bindings[i].handler) {
			bindings[i] = (struct binding){ .port = port, .handler = handler };
			hypercall_event_channel_op(EVTCHNOP_unmask, &op);
			return;
		}
	}
}

void event_unbind(uint32_t port)
{
	unsigned int i;

	bit_set(kit_shared_info->evtchn_mask, port);
	for (i = 0; i < MAX_BINDINGS; i++) {
		if (bindings[i].handler && bindings[i].port == port) {
			bindings[i].handler = NULL;
		}
	}
}

void event_disable(void)
{
	self()->evtchn_upcall_mask = 1;
	asm volatile("" : : : "memory");
}

void event_enable(void)
{
	asm volatile("" : : : "memory");
	self()->evtchn_upcall_mask = 0;
	if (self()->evtchn_upcall_pending) {
		hypercall_xen_version(XENVER_version, NULL);
	}
}

void event_wait(void)
{
	hypercall_sched_op(SCHEDOP_block, NULL);
}

long event_send(uint32_t port)
{
	struct evtchn_send op = { .port = port };

	return hypercall_event_channel_op(EVTCHNOP_send, &op);
}

long event_close(uint32_t port)
{
	struct evtchn_close op = { .port = port };

	return hypercall_event_channel_op(EVTCHNOP_close, &op);
}

bool event_is_pending(uint32_t port)
{
	return kit_shared_info->evtchn_pending[port / 64] >> (port % 64) & 1;
}

void event_clear(uint32_t port)
{
	bit_clear(kit_shared_info->evtchn_pending, port);
}
