/* SPDX-License-Identifier: MIT */
/*
 * sched-costs: guests that load the scheduler and that measure it (tests/bench/rows/sched.sh). The command line has the role:
 *
 *   spin          every vCPU uses all the time it gets, for ever.
 *   wake          one vCPU sleeps by a one-shot timer, rounds=N times; prints by how many ns after its time the handler ran:
 *                 median, 99th percentile, largest. work=N: after each, N thousand instructions of work.
 *
 * name=NAME is the beginning of the names of the COST lines. Needs at most 32 vCPUs; ends by a power-off.
 */
#include <public/event_channel.h>
#include <public/mmu.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include "boot.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"
#include "printf.h"
#include "string.h"
#include "tests/guest/lib/clock.h"
#include "trap.h"

#define MS 1000000UL
#define ROUNDS_MAX 10000u
#define PERIOD_NS (7 * MS)	/* plus up to 4 ms: in step with nobody's turns */
#define STACK_BYTES 4096

static uint64_t late_ns[ROUNDS_MAX];
static volatile uint64_t due_ns, woken_ns;
static char name[24] = "sched";
static char stack[STACK_BYTES] __attribute__((aligned(16)));
static struct vcpu_guest_context context;

static __attribute__((noreturn)) void bad(const char *what, long rc)
{
	kprintf("BENCH-BAD %s: %ld\n", what, rc);
	kit_shutdown(SHUTDOWN_poweroff);
}

static unsigned int number(const char *word, unsigned int otherwise)
{
	char text[12], *c;
	unsigned int value = 0;

	if (!kit_option_value(word, text, sizeof(text))) {
		return otherwise;
	}
	for (c = text; *c >= '0' && *c <= '9'; c++) {
		value = value * 10 + (unsigned int)(*c - '0');
	}
	return value;
}

/* A thousand instructions, long stretches without a jump: emulators that count instructions get through them fast. */
static inline void burn(void)
{
	asm volatile(".rept 1000\n\tnop\n\t.endr");
}

static __attribute__((noreturn)) void spin(void)
{
	for (;;) {
		burn();
	}
}

/* --- spin ------------------------------------------------------------------------------------------------------------------- */

/* Events stay masked and nothing faults: the others share one stack, which none of them uses. */
static void prepare_context(void)
{
	unsigned int i;

	context.flags = VGCF_in_kernel;
	context.user_regs.rip = (uint64_t)spin;
	context.user_regs.rsp = (uint64_t)stack + STACK_BYTES - 8;
	context.user_regs.cs = FLAT_KERNEL_CS;
	context.user_regs.ss = FLAT_KERNEL_SS;
	context.user_regs.rflags = 0x202;
	for (i = 0; i < 32; i++) {
		context.trap_ctxt[i] = (struct trap_info){ .vector = (uint8_t)i, .cs = FLAT_KERNEL_CS, .address = trap_entries[i] };
	}
	context.kernel_ss = FLAT_KERNEL_SS;
	context.kernel_sp = (uint64_t)stack + STACK_BYTES;
	context.ctrlreg[3] = virt_to_mfn((void *)kit_start_info->pt_base) * PAGE_BYTES;
	context.event_callback_eip = (uint64_t)trap_entry_event;
	context.failsafe_callback_eip = (uint64_t)trap_entry_failsafe;
	context.syscall_callback_eip = (uint64_t)trap_entry_syscall;
}

static __attribute__((noreturn)) void spin_all(void)
{
	unsigned int vcpu;
	long rc;

	prepare_context();
	event_disable();
	for (vcpu = 1; vcpu < XEN_LEGACY_MAX_VCPUS && hypercall_vcpu_op(VCPUOP_is_up, vcpu, NULL) == 0; vcpu++) {
		kit_shared_info->vcpu_info[vcpu].evtchn_upcall_mask = 1;
		rc = hypercall_vcpu_op(VCPUOP_initialise, vcpu, &context);
		rc = rc ? rc : hypercall_vcpu_op(VCPUOP_up, vcpu, NULL);
		if (rc) {
			bad("a vCPU", rc);
		}
	}
	spin();
}

/* --- wake ------------------------------------------------------------------------------------------------------------------- */

static void on_timer(uint32_t port)
{
	(void)port;
	woken_ns = clock_now();
}

static void sleep_until_due(void)
{
	struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = due_ns };
	long rc;

	woken_ns = 0;
	rc = hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer);
	if (rc) {
		bad("timer", rc);
	}
	while (woken_ns < due_ns) {
		event_disable();
		if (woken_ns < due_ns) {
			event_wait();
		}
	}
}

/* Shell's sort. */
static void sort(uint64_t *values, unsigned int count)
{
	unsigned int gap, i, j;

	for (gap = count / 2; gap; gap /= 2) {
		for (i = gap; i < count; i++) {
			uint64_t value = values[i];

			for (j = i; j >= gap && values[j - gap] > value; j -= gap) {
				values[j] = values[j - gap];
			}
			values[j] = value;
		}
	}
}

static void wake(void)
{
	struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER, .vcpu = 0 };
	unsigned int rounds = number("rounds", 1000), work = number("work", 0), i, k;
	long rc = hypercall_event_channel_op(EVTCHNOP_bind_virq, &bind);

	if (rc || !rounds || rounds > ROUNDS_MAX) {
		bad("set-up", rc);
	}
	hypercall_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
	event_bind(bind.port, on_timer);
	for (i = 0; i < rounds; i++) {
		due_ns = clock_now() + PERIOD_NS + i * 7919 % 4000 * 1000UL;
		sleep_until_due();
		late_ns[i] = woken_ns - due_ns;
		for (k = 0; k < work; k++) {
			burn();
		}
	}
	sort(late_ns, rounds);
	kprintf("COST %s-median-ns %lu\n", name, late_ns[rounds / 2]);
	kprintf("COST %s-99th-ns %lu\n", name, late_ns[rounds - 1 - rounds / 100]);
	kprintf("COST %s-max-ns %lu\n", name, late_ns[rounds - 1]);
}

void kit_main(void)
{
	kit_option_value("name", name, sizeof(name));
	if (kit_option("spin")) {
		spin_all();
	}
	wake();
	kprintf("BENCH-END\n");
	kit_shutdown(SHUTDOWN_poweroff);
}
