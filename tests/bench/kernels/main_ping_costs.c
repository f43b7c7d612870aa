/* SPDX-License-Identifier: MIT */
/*
 * ping-costs: two guests that send each other events, in TSC ticks per round trip (tests/bench/rows/ping.sh). The command line:
 *
 *   offer=N                  makes a port for domain N, "PING offers port P", and answers each event on it for ever
 *   join=N port=P name=NAME  binds that port and sends, waiting for each answer: COST NAME-round-trip
 *
 * Both sleep in between: a round trip is two sends, two wake-ups and, on one processor, two switches.
 */
#include <public/event_channel.h>
#include <public/sched.h>
#include "boot.h"
#include "event.h"
#include "hypercall.h"
#include "printf.h"

#define WARM 20u
#define ROUNDS 2000u

static volatile unsigned int answers;

static uint64_t ticks(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static uint32_t number(const char *word)
{
	char text[12];
	uint32_t value = 0;
	unsigned int i;

	if (!kit_option_value(word, text, sizeof(text))) {
		return 0;
	}
	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++) {
		value = value * 10 + (uint32_t)(text[i] - '0');
	}
	return value;
}

static void check(const char *what, long rc)
{
	if (rc) {
		kprintf("BENCH-BAD %s: %ld\nBENCH-END\n", what, rc);
		kit_shutdown(SHUTDOWN_poweroff);
	}
}

static void on_answer(uint32_t port)
{
	(void)port;
	answers++;
}

static void on_ping(uint32_t port)
{
	event_send(port);
}

static void sleep_until(unsigned int wanted)
{
	for (;;) {
		event_disable();
		if (answers >= wanted) {
			event_enable();
			return;
		}
		event_wait();
	}
}

static void offer(void)
{
	struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = (uint16_t)number("offer") };

	check("alloc_unbound", hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &alloc));
	event_bind(alloc.port, on_ping);
	kprintf("PING offers port %u\n", alloc.port);
	sleep_until(~0u);
}

static void join(void)
{
	struct evtchn_bind_interdomain bind = { .remote_dom = (uint16_t)number("join"), .remote_port = number("port") };
	char name[24] = "ping";
	uint64_t start = 0;
	unsigned int i;

	kit_option_value("name", name, sizeof(name));
	check("bind_interdomain", hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &bind));
	event_bind(bind.local_port, on_answer);
	/* Binding raises the port once. */
	sleep_until(1);
	answers = 0;
	for (i = 0; i < WARM + ROUNDS; i++) {
		if (i == WARM) {
			start = ticks();
		}
		event_send(bind.local_port);
		sleep_until(i + 1);
	}
	kprintf("COST %s-round-trip %lu\nBENCH-END\n", name, (ticks() - start) / ROUNDS);
	kit_shutdown(SHUTDOWN_poweroff);
}

void kit_main(void)
{
	if (kit_option("offer")) {
		offer();
	} else {
		join();
	}
}
