/* SPDX-License-Identifier: MIT */
/*
 * misbehave: a guest kernel that does on purpose what a hypervisor must contain.
 *
 * Says "MISBEHAVE <word>" on its console and then does what a word of its command line says:
 *   fault     takes its trap table away and faults: nothing is left that could handle it
 *   stack     the same with a kernel stack that is not mapped
 *   spin      masks events and loops for ever
 *   flood     sends an event to its own store port without end
 *   yield     yields without end
 *   watchdog  starts a watchdog of one second and forgets it
 * Without a word it crashes itself by the shutdown reason "crash".
 */
#include <public/sched.h>
#include <stddef.h>
#include "acts.h"
#include "boot.h"
#include "event.h"
#include "hypercall.h"
#include "printf.h"

/* An address that no page table of the kit maps. */
#define NOWHERE ((volatile char *)0x123456789000ull)

static void fault(void)
{
	hypercall_set_trap_table(NULL);
	*NOWHERE = 1;
}

static void fault_on_bad_stack(void)
{
	hypercall_set_trap_table(NULL);
	asm volatile("mov %0, %%rsp\n\tpush %%rax" : : "r"(NOWHERE) : "memory");
}

static void spin(void)
{
	kit_shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	for (;;) {
		asm volatile("" : : : "memory");
	}
}

static void flood(void)
{
	for (;;) {
		event_send(kit_start_info->store_evtchn);
	}
}

static void yield(void)
{
	for (;;) {
		hypercall_two(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	}
}

static void forget_watchdog(void)
{
	struct sched_watchdog op = { .timeout = 1 };
	long id = hypercall_sched_op(SCHEDOP_watchdog, &op);

	kprintf("MISBEHAVE has watchdog %ld\n", id);
	sleep_for_ever();
}

void kit_main(void)
{
	static const struct act acts[] = {
		{ "fault", fault }, { "stack", fault_on_bad_stack }, { "spin", spin },
		{ "flood", flood }, { "yield", yield }, { "watchdog", forget_watchdog },
		{ NULL, NULL },
	};

	acts_run("MISBEHAVE", acts);
	kprintf("MISBEHAVE crash\n");
	kit_shutdown(SHUTDOWN_crash);
}
