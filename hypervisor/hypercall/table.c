// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypercall table and its dispatcher: the one place that knows all numbers.
 *
 * A number without a row is refused with -ENOSYS; a row not for anyone, with -EPERM for all but a privileged domain. The
 * adapters behind check what else their operations need. The table's index is clamped after the bounds check, so that a
 * mispredicted one reads nothing else.
 *
 * Restarting: an adapter that returns -ERESTART has left changed arguments in the processor's struct hypercall_restart. They
 * go to the registers here, and RIP goes back to the SYSCALL instruction; the return path then does the work that made the
 * adapter stop, and the guest issues the call again by itself. -ERESTART is also a value a guest could have in RAX, so rows
 * that own their result (iret) are told apart.
 */
#include "hypercall/hypercall.h"

#include "core/domain.h"
#include "core/vcpu.h"
#include "lib/errno.h"
#include "public/extension.h"
#include "public/hypercall.h"
#include "x86/pcpu.h"
#include "x86/upcalls.h"

#define SYSCALL_BYTES 2
#define TABLE_ROWS    (__HYPERVISOR_lamina + 1)

#define ROW(call, how) [__HYPERVISOR_##call] = { .fn = hypercall_##call, .flags = (how) }

static const struct hypercall_row table[TABLE_ROWS] = {
	ROW(set_trap_table, HYPERCALL_ANYONE),
	ROW(mmu_update, HYPERCALL_ANYONE),
	ROW(set_gdt, HYPERCALL_ANYONE),
	ROW(stack_switch, HYPERCALL_ANYONE),
	ROW(fpu_taskswitch, HYPERCALL_ANYONE),
	ROW(platform_op, 0),
	ROW(set_debugreg, HYPERCALL_ANYONE),
	ROW(get_debugreg, HYPERCALL_ANYONE),
	ROW(update_descriptor, HYPERCALL_ANYONE),
	ROW(memory_op, HYPERCALL_ANYONE),
	ROW(multicall, HYPERCALL_ANYONE | HYPERCALL_NOT_NESTED),
	ROW(update_va_mapping, HYPERCALL_ANYONE),
	ROW(set_timer_op, HYPERCALL_ANYONE),
	ROW(xen_version, HYPERCALL_ANYONE),
	ROW(console_io, HYPERCALL_ANYONE),
	ROW(grant_table_op, HYPERCALL_ANYONE),
	ROW(vm_assist, HYPERCALL_ANYONE),
	ROW(update_va_mapping_otherdomain, HYPERCALL_ANYONE),
	ROW(iret, HYPERCALL_ANYONE | HYPERCALL_OWN_RESULT | HYPERCALL_NOT_NESTED),
	ROW(vcpu_op, HYPERCALL_ANYONE),
	ROW(set_segment_base, HYPERCALL_ANYONE),
	ROW(mmuext_op, HYPERCALL_ANYONE),
	ROW(nmi_op, HYPERCALL_ANYONE),
	ROW(sched_op, HYPERCALL_ANYONE),
	ROW(callback_op, HYPERCALL_ANYONE),
	ROW(event_channel_op, HYPERCALL_ANYONE),
	ROW(physdev_op, HYPERCALL_ANYONE),
	ROW(hvm_op, HYPERCALL_ANYONE),
	ROW(sysctl, 0),
	ROW(domctl, 0),
	ROW(xenpmu_op, HYPERCALL_ANYONE),
	ROW(mca, 0),
	ROW(lamina, HYPERCALL_ANYONE),
};

#define NAME(call) [__HYPERVISOR_##call] = #call

/* Apart from the table, which the hot path should have in few cache lines. */
static const char *const names[TABLE_ROWS] = {
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
	const char *name = nr < TABLE_ROWS ? names[index_nospec(nr, TABLE_ROWS)] : NULL;

	return name ? name : "unknown";
}

/* The index is clamped without a branch; a number beyond the table finds a row that does not allow itself. */
static inline const struct hypercall_row *row_of(u64 nr)
{
	return &table[index_nospec(nr, TABLE_ROWS)];
}

/* Why @nr was not simply allowed: no such call, or only for some. */
static __attribute__((noinline)) const struct hypercall_row *find_slowly(u64 nr, s64 *err)
{
	const struct hypercall_row *row = row_of(nr);

	if (nr >= TABLE_ROWS || !row->fn) {
		*err = -ENOSYS;
		return NULL;
	}
	if (!(row->flags & HYPERCALL_ANYONE) && !current_vcpu()->domain->privileged) {
		*err = -EPERM;
		return NULL;
	}
	return row;
}

const struct hypercall_row *hypercall_find(u64 nr, s64 *err)
{
	const struct hypercall_row *row = row_of(nr);

	return likely(nr < TABLE_ROWS && (row->flags & HYPERCALL_ANYONE)) ? row : find_slowly(nr, err);
}

/* The cold half of a return: writes changed arguments to the registers and has the guest issue the call again. */
static __attribute__((noinline)) void restart(struct cpu_user_regs *regs)
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

void upcall_hypercall(struct cpu_user_regs *regs)
{
	const struct hypercall_row *row = row_of(regs->rax);
	s64 result;

	if (unlikely(regs->rax >= TABLE_ROWS) || unlikely(!(row->flags & HYPERCALL_ANYONE))) {
		row = find_slowly(regs->rax, &result);
		if (!row) {
			regs->rax = (u64)result;
			return;
		}
	}
	result = row->fn(regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9);
	if (unlikely(result == -ERESTART) && !(row->flags & HYPERCALL_OWN_RESULT)) {
		restart(regs);
		return;
	}
	regs->rax = (u64)result;
}
