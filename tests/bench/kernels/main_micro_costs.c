/* SPDX-License-Identifier: MIT */
/*
 * micro-costs: what single requests of a guest kernel cost, in TSC ticks: run as the first domain, on both hypervisors alike.
 *
 * Prints a line COST name ticks for each, the mean of many in a row after some that do not count; the kit's own code around the request
 * (a few tens of instructions) is in it. Ends with BENCH-DONE.
 */
#include <public/callback.h>
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/mmu.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <public/version.h>
#include "boot.h"
#include "event.h"
#include "grant.h"
#include "hypercall.h"
#include "mm.h"
#include "printf.h"
#include "string.h"
#include "tests/bench/mark.h"
#include "tests/guest/lib/user.h"
#include "trap.h"

#define WARM 10u
#define ROUNDS 1000u
#define BATCH 32u
#define TREE_MAX 700u

static char target[PAGE_BYTES] __attribute__((aligned(4096)));
static char pages[BATCH][PAGE_BYTES] __attribute__((aligned(4096)));
static char window[PAGE_BYTES] __attribute__((aligned(4096)));
static uint64_t target_ptes[2];
static uint64_t target_pte_maddr;
static struct mmu_update updates[2][BATCH];
static struct multicall_entry calls[BATCH];
static uint32_t port;
static uint32_t ref;
static void *tree[TREE_MAX];
static uint64_t tree_root_mfn;

static uint64_t ticks(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Measures @rounds of an operation of which each call does @parts. */
static void measure_rounds(const char *name, void (*run)(unsigned int i), unsigned int rounds, unsigned int parts)
{
	uint64_t start, taken;
	unsigned int i;

	for (i = 0; i < WARM; i++) {
		run(i);
	}
	mark(MARK_BEGIN);
	start = ticks();
	for (i = 0; i < rounds; i++) {
		run(i);
	}
	taken = ticks() - start;
	mark(MARK_END);
	kprintf("COST %s %lu\n", name, taken / ((uint64_t)rounds * parts));
}

static void measure(const char *name, void (*run)(unsigned int i), unsigned int parts)
{
	measure_rounds(name, run, ROUNDS, parts);
}

static __attribute__((noreturn)) void bad(const char *what, long rc)
{
	kprintf("BENCH-BAD %s: %ld\n", what, rc);
	kit_shutdown(SHUTDOWN_poweroff);
}

static void check(const char *what, long rc)
{
	if (rc) {
		bad(what, rc);
	}
}

/* --- Calls ------------------------------------------------------------------------------------------------------------------ */

static void null_call(unsigned int i)
{
	(void)i;
	hypercall_xen_version(XENVER_version, NULL);
}

static void multicall(unsigned int i)
{
	(void)i;
	hypercall_multicall(calls, BATCH);
}

static void yield(unsigned int i)
{
	(void)i;
	hypercall_sched_op(SCHEDOP_yield, NULL);
}

static void set_timer(unsigned int i)
{
	struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = (1UL << 60) + i };

	hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer);
}

static void measure_calls(void)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		calls[i] = (struct multicall_entry){ .op = __HYPERVISOR_xen_version, .args = { XENVER_version } };
	}
	measure("null-hypercall", null_call, 1);
	measure("multicall-per-entry", multicall, BATCH);
	measure("yield-alone", yield, 1);
	measure("timer-set", set_timer, 1);
	hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL);
}

/* --- Page tables ------------------------------------------------------------------------------------------------------------ */

static void remap(unsigned int i)
{
	hypercall_update_va_mapping(target, target_ptes[i & 1], UVMF_INVLPG | UVMF_ALL);
}

static void update_one(unsigned int i)
{
	pte_write(target_pte_maddr, target_ptes[i & 1]);
}

static void update_many(unsigned int i)
{
	hypercall_mmu_update(updates[i & 1], BATCH, NULL, DOMID_SELF);
}

static void write_fault(unsigned int i)
{
	/* The table is read-only: the plain write is emulated. */
	*(volatile uint64_t *)pte_lookup(target, 1) = target_ptes[i & 1];
}

static void measure_tables(void)
{
	unsigned int i;

	target_ptes[0] = virt_to_mfn(target) * PAGE_BYTES | PTE_KERNEL_RO;
	target_ptes[1] = virt_to_mfn(target) * PAGE_BYTES | PTE_KERNEL_RW;
	target_pte_maddr = pte_maddr(pte_lookup(target, 1));
	for (i = 0; i < BATCH; i++) {
		uint64_t maddr = pte_maddr(pte_lookup(pages[i], 1));

		updates[0][i] = (struct mmu_update){ maddr, virt_to_mfn(pages[i]) * PAGE_BYTES | PTE_KERNEL_RO };
		updates[1][i] = (struct mmu_update){ maddr, virt_to_mfn(pages[i]) * PAGE_BYTES | PTE_KERNEL_RW };
	}
	check("update_va_mapping", hypercall_update_va_mapping(target, target_ptes[1], UVMF_INVLPG | UVMF_ALL));
	measure("update-va-mapping", remap, 1);
	measure("mmu-update-one", update_one, 1);
	measure("mmu-update-32-per-entry", update_many, BATCH);
	measure("table-write-emulated", write_fault, 1);
}

/* Makes tables of empty ones: a level 2 table and as many level 1 tables as memory allows. */
static unsigned int grow_tree(void)
{
	uint64_t *root = page_alloc();
	unsigned int count = 0;

	while (root && count < 511 && (tree[count] = page_alloc())) {
		root[count] = virt_to_mfn(tree[count]) * PAGE_BYTES | XEN_PTE_PRESENT | XEN_PTE_RW | XEN_PTE_USER | XEN_PTE_ACCESSED;
		check("a table read-only", page_make_ro(tree[count]));
		count++;
	}
	if (!count) {
		bad("no memory for tables", 0);
	}
	check("the root read-only", page_make_ro(root));
	tree_root_mfn = virt_to_mfn(root);
	return count + 1;
}

static void pin(unsigned int i)
{
	(void)i;
	mmuext_mfn(MMUEXT_PIN_L2_TABLE, tree_root_mfn);
	mmuext_mfn(MMUEXT_UNPIN_TABLE, tree_root_mfn);
}

static void measure_pinning(void)
{
	unsigned int count = grow_tree();

	check("pin", mmuext_mfn(MMUEXT_PIN_L2_TABLE, tree_root_mfn));
	check("unpin", mmuext_mfn(MMUEXT_UNPIN_TABLE, tree_root_mfn));
	measure_rounds("pin-unpin-per-table", pin, 20, count);
}

/* --- Traps and events ------------------------------------------------------------------------------------------------------- */

static bool take_breakpoint(struct trap_regs *regs)
{
	return regs->vector == 3;
}

static void breakpoint(unsigned int i)
{
	(void)i;
	asm volatile("int3" : : : "memory");
}

static void send_masked(unsigned int i)
{
	(void)i;
	event_send(port);
	event_clear(port);
}

static void send(unsigned int i)
{
	(void)i;
	event_send(port);
}

static void on_event(uint32_t event_port)
{
	(void)event_port;
}

static void measure_events(void)
{
	struct evtchn_bind_ipi bind = { .vcpu = 0 };

	trap_set_hook(take_breakpoint);
	measure("breakpoint-and-iret", breakpoint, 1);
	trap_set_hook(NULL);
	check("bind_ipi", hypercall_event_channel_op(EVTCHNOP_bind_ipi, &bind));
	port = bind.port;
	measure("event-send-masked", send_masked, 1);
	event_bind(port, on_event);
	measure("event-send-upcall-iret", send, 1);
}

/* --- User mode and address spaces ------------------------------------------------------------------------------------------- */

static int bounce_vector;
static unsigned int bounces_left;
static uint64_t bounces_end;
static uint64_t kernel_roots[2], user_roots[2];
static char switch_stack[64] __attribute__((aligned(16)));

USER_ASM(user_calls, "1: syscall\n\tjmp 1b");
USER_ASM(user_faults, "mov 0, %rax");

/* The kernel's side of what the user code does again and again; the last time ends it. */
static bool take_bounce(struct trap_regs *regs)
{
	if (regs->vector != (uint64_t)bounce_vector || --bounces_left == 0) {
		bounces_end = ticks();
		return false;
	}
	return true;
}

static uint64_t run_bounces(const char *code, const char *end, unsigned int count)
{
	struct trap_report report;
	uint64_t start = ticks();

	bounces_left = count;
	if (user_run(code, end, &user_default, &report) != bounce_vector) {
		bad("user mode", report.vector);
	}
	return bounces_end - start;
}

static void measure_bounce(const char *name, int vector, const char *code, const char *end)
{
	uint64_t warm, all;

	bounce_vector = vector;
	trap_set_hook(take_bounce);
	warm = run_bounces(code, end, WARM);
	mark(MARK_BEGIN);
	all = run_bounces(code, end, WARM + ROUNDS);
	mark(MARK_END);
	trap_set_hook(NULL);
	kprintf("COST %s %lu\n", name, (all - warm) / ROUNDS);
}

/* A root that says what another does. */
static uint64_t copy_root(uint64_t mfn)
{
	const volatile uint64_t *from = mfn_to_virt(mfn);
	uint64_t *to = page_alloc();
	unsigned int i;

	for (i = 0; to && i < 512; i++) {
		to[i] = i >= XEN_L4_SLOT_FIRST && i <= XEN_L4_SLOT_LAST ? 0 : from[i];
	}
	check("a root read-only", to ? page_make_ro(to) : -1);
	check("a root pinned", mmuext_mfn(MMUEXT_PIN_L4_TABLE, virt_to_mfn(to)));
	return virt_to_mfn(to);
}

/* What a kernel does to run another process: its stack and both roots, in one call. */
static void switch_process(unsigned int i)
{
	struct mmuext_op roots[2] = {
		{ .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = kernel_roots[i & 1] },
		{ .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = user_roots[i & 1] },
	};
	struct multicall_entry both[2] = {
		{ .op = __HYPERVISOR_stack_switch, .args = { FLAT_KERNEL_SS, (uint64_t)(switch_stack + sizeof(switch_stack)) } },
		{ .op = __HYPERVISOR_mmuext_op, .args = { (uint64_t)roots, 2, 0, DOMID_SELF } },
	};

	hypercall_multicall(both, 2);
	if (both[0].result || both[1].result) {
		bad("switch", (long)(both[0].result | both[1].result));
	}
}

static void measure_user(void)
{
	/* As Linux has it: events are off in the handler. */
	struct callback_register syscall = {
		.type = CALLBACKTYPE_syscall, .flags = CALLBACKF_mask_events, .address = (uint64_t)trap_entry_syscall,
	};

	if (!user_open()) {
		bad("no user page tables", 0);
	}
	check("callback", hypercall_callback_op(CALLBACKOP_register, &syscall));
	measure_bounce("system-call-bounce-iret", TRAP_SYSCALL, user_calls, user_calls_end);
	measure_bounce("user-fault-bounce-iret", 14, user_faults, user_faults_end);
	kernel_roots[0] = virt_to_mfn((void *)kit_start_info->pt_base);
	kernel_roots[1] = copy_root(kernel_roots[0]);
	user_roots[0] = user_l4_mfn();
	user_roots[1] = copy_root(user_roots[0]);
	measure("switch-of-processes", switch_process, 1);
	switch_process(0);
}

/* --- Grants ----------------------------------------------------------------------------------------------------------------- */

static void map_unmap(unsigned int i)
{
	struct gnttab_map_grant_ref map = {
		.host_addr = (uint64_t)window, .flags = GNTMAP_host_map, .ref = ref, .dom = 0,
	};
	struct gnttab_unmap_grant_ref unmap = { .host_addr = (uint64_t)window };

	(void)i;
	hypercall_grant_table_op(GNTTABOP_map_grant_ref, &map, 1);
	if (map.status) {
		bad("grant map", map.status);
	}
	unmap.handle = map.handle;
	hypercall_grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1);
}

static void copy(unsigned int i)
{
	struct gnttab_copy op = {
		.source = { .u.ref = ref, .domid = 0 }, .dest = { .u.gmfn = virt_to_mfn(pages[0]), .domid = DOMID_SELF },
		.len = PAGE_BYTES, .flags = GNTCOPY_source_gref,
	};

	(void)i;
	hypercall_grant_table_op(GNTTABOP_copy, &op, 1);
	if (op.status) {
		bad("grant copy", op.status);
	}
}

static void measure_grants(void)
{
	if (!grant_init() || !(ref = grant_give(target, 0, false))) {
		bad("no grant table", 0);
	}
	/* A window without a frame of its own. */
	check("an empty window", hypercall_update_va_mapping(window, 0, UVMF_INVLPG | UVMF_ALL));
	measure("grant-map-unmap", map_unmap, 1);
	check("a writable page", page_make_rw(pages[0]));
	measure("grant-copy-4096", copy, 1);
}

void kit_main(void)
{
	measure_calls();
	measure_tables();
	measure_events();
	measure_user();
	measure_grants();
	measure_pinning();
	kprintf("BENCH-DONE\n");
	kit_shutdown(SHUTDOWN_poweroff);
}
