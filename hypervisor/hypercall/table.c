// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypercall table: the one place that knows all numbers.
 *
 * entry.S and multicall call straight from it. A number without a row is refused with -ENOSYS; a row for privileged domains only checks
 * that before it goes on. The adapters behind check what else their operations need.
 *
 * Restarting: an adapter that returns -ERESTART has left changed arguments in the processor's struct hypercall_restart. They
 * go to the registers here, and RIP goes back to the SYSCALL instruction; the return path then does the work that made the
 * adapter stop, and the guest issues the call again by itself.
 */
#include "hypercall/hypercall.h"

#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "public/hypercall.h"
#include "x86/pcpu.h"

#define SYSCALL_BYTES 2

/* A call for privileged domains only: the others get -EPERM. */
#define PRIVILEGED(call)                                                                                  \
	static s64 privileged_##call(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6)                      \
	{                                                                                                 \
		return current_vcpu()->domain->privileged ? hypercall_##call(a1, a2, a3, a4, a5, a6) : -EPERM; \
	}
PRIVILEGED(platform_op)
PRIVILEGED(sysctl)
PRIVILEGED(domctl)
PRIVILEGED(mca)

#define ROW(call)            [__HYPERVISOR_##call] = hypercall_##call
#define ROW_PRIVILEGED(call) [__HYPERVISOR_##call] = privileged_##call

/* iret has no row: entry.S takes it elsewhere. */
const hypercall_fn hypercall_table[HYPERCALL_ROWS + 1] = {
	ROW(set_trap_table),
	ROW(mmu_update),
	ROW(set_gdt),
	ROW(stack_switch),
	ROW(fpu_taskswitch),
	ROW_PRIVILEGED(platform_op),
	ROW(set_debugreg),
	ROW(get_debugreg),
	ROW(update_descriptor),
	ROW(memory_op),
	ROW(multicall),
	ROW(update_va_mapping),
	ROW(set_timer_op),
	ROW(xen_version),
	ROW(console_io),
	ROW(grant_table_op),
	ROW(vm_assist),
	ROW(update_va_mapping_otherdomain),
	ROW(vcpu_op),
	ROW(set_segment_base),
	ROW(mmuext_op),
	ROW(nmi_op),
	ROW(sched_op),
	ROW(callback_op),
	ROW(event_channel_op),
	ROW(physdev_op),
	ROW(hvm_op),
	ROW_PRIVILEGED(sysctl),
	ROW_PRIVILEGED(domctl),
	ROW(xenpmu_op),
	ROW_PRIVILEGED(mca),
	ROW(lamina),
};

#define NAME(call) [__HYPERVISOR_##call] = #call

/* Apart from the table, which the hot path should have in few cache lines. */
static const char *const names[HYPERCALL_ROWS] = {
	NAME(set_trap_table), NAME(mmu_update), NAME(set_gdt), NAME(stack_switch), NAME(set_callbacks),
	NAME(fpu_taskswitch), NAME(sched_op_compat), NAME(platform_op), NAME(set_debugreg), NAME(get_debugreg),
	NAME(update_descriptor), NAME(memory_op), NAME(multicall), NAME(update_va_mapping), NAME(set_timer_op),
	NAME(event_channel_op_compat), NAME(xen_version), NAME(console_io), NAME(physdev_op_compat),
	NAME(grant_table_op), NAME(vm_assist), NAME(update_va_mapping_otherdomain), NAME(iret), NAME(vcpu_op),
	NAME(set_segment_base), NAME(mmuext_op), NAME(xsm_op), NAME(nmi_op), NAME(sched_op), NAME(callback_op),
	NAME(xenoprof_op), NAME(event_channel_op), NAME(physdev_op), NAME(hvm_op), NAME(sysctl), NAME(domctl),
	NAME(kexec_op), NAME(tmem_op), NAME(argo_op), NAME(xenpmu_op), NAME(dm_op), NAME(hypfs_op), NAME(mca),
	NAME(lamina),
};

static struct hypercall_restart restarts[MAX_PCPUS];

struct hypercall_restart *hypercall_restart(void)
{
	return &restarts[this_pcpu()->id];
}

void hypercall_restart_arg(u32 index, u64 value)
{
	struct hypercall_restart *r = hypercall_restart();

	r->changed |= 1u << (index - 1);
	r->arg[index - 1] = value;
}

const char *hypercall_name(u64 nr)
{
	const char *name = nr < HYPERCALL_ROWS ? names[index_nospec(nr, HYPERCALL_ROWS)] : NULL;

	return name ? name : "unknown";
}

void upcall_hypercall_restart(struct cpu_user_regs *regs)
{
	u64 *const reg[HYPERCALL_ARGS] = { &regs->rdi, &regs->rsi, &regs->rdx, &regs->r10, &regs->r8, &regs->r9 };
	struct hypercall_restart *r = hypercall_restart();
	u32 i;

	for (i = 0; i < HYPERCALL_ARGS; i++) {
		if (r->changed & (1u << i)) {
			*reg[i] = r->arg[i];
		}
	}
	r->changed = 0;
	regs->rip -= SYSCALL_BYTES;
}
