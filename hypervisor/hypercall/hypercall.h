/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shape of a hypercall adapter, and the list of them.
 *
 * An adapter gets the six argument registers as they are and returns what RAX shall hold: a result, a negated errno, or
 * -ERESTART to be issued again. Arguments that must differ the next time are told by hypercall_restart_arg() first; whether
 * they go to the guest's registers (and RIP back over the two bytes of SYSCALL) or into a multicall's entry in guest memory is
 * the business of who called (table.c, multicall.c).
 *
 * Adapters run on the caller's processor with interrupts enabled: current_vcpu() is the caller. Each wraps raw integers into
 * the hypervisor's types, checks privilege, copies guest memory in once and out once. Arguments that an adapter does not use are
 * left out of its body, never read.
 */
#ifndef LAMINA_HYPERCALL_HYPERCALL_H
#define LAMINA_HYPERCALL_HYPERCALL_H

#include "lib/types.h"
#include "x86/upcalls.h"

#define HYPERCALL(name) s64 hypercall_##name(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6)
/* For arguments that an adapter has no use for. */
#define ARG_UNUSED __attribute__((unused))

/*
 * Sets argument @index (1..6, as the adapter's parameters are named) for the next issue of the running hypercall, if it returns
 * -ERESTART now. The guest can see and forge the value.
 */
void hypercall_restart_arg(u32 index, u64 value);

/* What the table and the multicall share. */
#define HYPERCALL_ARGS 6
struct hypercall_restart {
	u32 changed;              /* bit i: arg[i] replaces argument i + 1 */
	u64 arg[HYPERCALL_ARGS];
};
/* The running processor's; empty while no hypercall has asked for a restart. */
struct hypercall_restart *hypercall_restart(void);

/* What to call for number @nr; NULL: there is no such call. */
static inline hypercall_fn hypercall_find(u64 nr)
{
	return likely(nr < HYPERCALL_ROWS) ? hypercall_table[index_nospec(nr, HYPERCALL_ROWS)] : NULL;
}
/* The name of @nr for messages; "unknown" above the table. */
const char *hypercall_name(u64 nr);

HYPERCALL(set_trap_table);
HYPERCALL(mmu_update);
HYPERCALL(set_gdt);
HYPERCALL(stack_switch);
HYPERCALL(fpu_taskswitch);
HYPERCALL(platform_op);
HYPERCALL(set_debugreg);
HYPERCALL(get_debugreg);
HYPERCALL(update_descriptor);
HYPERCALL(memory_op);
HYPERCALL(multicall);
HYPERCALL(update_va_mapping);
HYPERCALL(set_timer_op);
HYPERCALL(xen_version);
HYPERCALL(console_io);
HYPERCALL(grant_table_op);
HYPERCALL(vm_assist);
HYPERCALL(update_va_mapping_otherdomain);
HYPERCALL(vcpu_op);
HYPERCALL(set_segment_base);
HYPERCALL(mmuext_op);
HYPERCALL(nmi_op);
HYPERCALL(sched_op);
HYPERCALL(callback_op);
HYPERCALL(event_channel_op);
HYPERCALL(physdev_op);
HYPERCALL(hvm_op);
HYPERCALL(sysctl);
HYPERCALL(domctl);
HYPERCALL(xenpmu_op);
HYPERCALL(mca);
HYPERCALL(lamina);

#endif
