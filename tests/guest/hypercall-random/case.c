/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: no sequence of hypercalls with arbitrary arguments takes the hypervisor or the domain
 * down, as long as the kernel does not give away what it stands on: its stack, its tables, its
 * handlers [CALL-6, CALL-11].
 *
 * Arguments come from a pool of interesting values, by a fixed generator; `seed=N` on the command
 * line takes another sequence, `calls=N` another length. Left out are calls that rightly end or
 * suspend the domain, or that put its handlers and base tables elsewhere; and MSI-X preparation
 * for devices that do not exist, which the peer does not survive.
 */
#include <public/memory.h>
#include <public/mmu.h>
#include <public/physdev.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"
#include "number.h"
#include "string.h"
#include "trap.h"
#include "window.h"

#define PAGES 6
#define WORDS (PAGE_BYTES / 8)
#define CALLS 100000
#define MAX_COUNT 64

static uint64_t state;
static void *pages[PAGES];			/* frames that operations may be done to */
static uint64_t arguments[4 * WORDS] __attribute__((aligned(4096)));
static struct window w;

static uint64_t random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1d;
}

static uint64_t below(uint64_t limit)
{
	return (random() >> 33) % limit;
}

static uint64_t page_value(uint64_t kind)
{
	void *page = pages[below(PAGES)];

	switch (kind) {
	case 0:
		return (uint64_t)(arguments + below(WORDS));
	case 1:
		return virt_to_mfn(page);
	case 2:
		return virt_to_mfn(page) * PAGE_BYTES | PTE_KERNEL_RO;
	case 3:
		return virt_to_mfn(page) * PAGE_BYTES + below(WORDS) * 8 + below(4);
	default:
		return (uint64_t)arguments;
	}
}

static uint64_t value(void)
{
	static const uint64_t edges[] = {
		0, ~0UL, 0x7ff0, 0x7ff1, 0x7ff2, 0x7ff4, 0x7fff, 0x80000000, 0xffffffff,
		0x7fffffffffff, 0x800000000000, 0xffff800000000000, 0xffff830000000000,
		0xffff87fffffffff8, 0x8000000000000000, 1UL << 51,
	};

	switch (below(8)) {
	case 0:
		return below(64);
	case 1:
		return below(5000);
	case 2:
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	case 3:
		return random();
	case 4:
		return (uint64_t)window_va((unsigned int)below(8)) + below(PAGE_BYTES);
	default:
		return page_value(below(5));
	}
}

static void fill(void)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		arguments[below(WORDS)] = value();
	}
	for (i = 0; i < 16; i++) {
		arguments[i] = value();
	}
}

static bool is_left_out(uint64_t nr, const uint64_t *args)
{
	switch (nr) {
	case __HYPERVISOR_set_trap_table:
	case __HYPERVISOR_set_callbacks:
	case __HYPERVISOR_callback_op:
	case __HYPERVISOR_nmi_op:
	case __HYPERVISOR_stack_switch:
	case __HYPERVISOR_iret:
	case __HYPERVISOR_console_io:
	case __HYPERVISOR_platform_op:
	case __HYPERVISOR_kexec_op:
	case __HYPERVISOR_domctl:
	case __HYPERVISOR_sysctl:
	case __HYPERVISOR_mca:
	case __HYPERVISOR_multicall:
	case __HYPERVISOR_sched_op_compat:
		return true;
	case __HYPERVISOR_sched_op:
		return (uint32_t)args[0] != SCHEDOP_yield;
	case __HYPERVISOR_physdev_op:
		return (uint32_t)args[0] == PHYSDEVOP_prepare_msix ||
		       (uint32_t)args[0] == PHYSDEVOP_release_msix;
	case __HYPERVISOR_vcpu_op:
		return args[0] == VCPUOP_down || args[0] == VCPUOP_send_nmi ||
		       args[0] == VCPUOP_register_vcpu_info;
	default:
		return false;
	}
}

/*
 * Takes out what the running kernel would not survive: another base table, its own pages mapped
 * otherwise, and arrays longer than the room for results.
 */
static void defuse(uint64_t nr, uint64_t *args)
{
	if (nr == __HYPERVISOR_mmuext_op) {
		arguments[0] = below(22);
		if (arguments[0] == MMUEXT_NEW_BASEPTR) {
			arguments[0] = MMUEXT_TLB_FLUSH_LOCAL;
		}
		args[0] = (uint64_t)arguments;
		args[1] = 1;
	}
	if (nr == __HYPERVISOR_update_va_mapping &&
	    (below(4) || args[0] / PAGE_BYTES == (uint64_t)arguments / PAGE_BYTES)) {
		args[0] = (uint64_t)window_va((unsigned int)below(8));
	}
	if (nr == __HYPERVISOR_memory_op || nr == __HYPERVISOR_vcpu_op) {
		args[0] = below(30);
	}
	if (nr == __HYPERVISOR_memory_op) {
		args[1] = (uint64_t)arguments;
		if (args[0] != XENMEM_memory_map && args[0] != XENMEM_machine_memory_map) {
			arguments[1] = below(MAX_COUNT);
			arguments[5] = below(MAX_COUNT);
		}
	}
	if (nr == __HYPERVISOR_grant_table_op) {
		args[2] = below(MAX_COUNT);
	}
}

static void one_call(void)
{
	uint64_t nr = below(50), args[6];
	unsigned int i;

	for (i = 0; i < 6; i++) {
		args[i] = value();
	}
	if (!below(3)) {
		args[0] = below(20);
	}
	defuse(nr, args);
	if (is_left_out(nr, args)) {
		return;
	}
	hypercall6(nr, args[0], args[1], args + 2);
}

/* A call may rightly have taken the argument pages away; they come back, if need be with other frames. */
static bool repair(uint64_t address)
{
	uint64_t offset = (address - (uint64_t)arguments) & -PAGE_BYTES;
	char *page = (char *)arguments + offset;
	void *spare;

	if (offset >= sizeof(arguments)) {
		return false;
	}
	if (!page_make_rw(page)) {
		return true;
	}
	spare = page_alloc();
	if (!spare) {
		return false;
	}
	page_set_mfn(page, virt_to_mfn(spare));
	return page_make_rw(page) == 0;
}

static bool hook(struct trap_regs *regs)
{
	if (regs->vector == TRAP_EVENT) {
		kit_shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
		return true;
	}
	if (regs->vector == 14) {
		return repair(kit_shared_info->vcpu_info[0].arch.cr2);
	}
	return regs->vector == 1 || regs->vector == 2;
}

static void run(void)
{
	uint64_t calls = number_option("calls", CALLS), i;

	state = number_option("seed", 1) * 0x9e3779b97f4a7c15 + 1;
	REQUIRE(window_open(&w));
	for (i = 0; i < PAGES; i++) {
		REQUIRE((pages[i] = page_alloc()));
	}
	event_disable();
	trap_set_hook(hook);
	for (i = 0; i < calls; i++) {
		fill();
		one_call();
		if (i % 10000 == 0) {
			kprintf("  %lu calls\n", i);
		}
	}
	EXPECT(hypercall_two(__HYPERVISOR_xen_version, 0, 0) > 0);
}

CASE(run, CASE_ALONE);
