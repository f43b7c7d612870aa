/* SPDX-License-Identifier: MIT */
/*
 * hypercall: typed wrappers around kit_hypercall, one per number that the kit or its tests use.
 *
 * Each returns what the hypervisor answered: 0 or more, or a negated XEN_E*. They may be called
 * from any context of the guest kernel. Pointers become guest virtual addresses as they are.
 */
#ifndef KIT_HYPERCALL_H
#define KIT_HYPERCALL_H

#include <stddef.h>
#include <stdint.h>
#include <public/hypercall.h>

/* All six registers are always loaded: cheaper in source than one asm per argument count. */
static inline long hypercall6(uint64_t nr, uint64_t a1, uint64_t a2, const uint64_t *more)
{
	register uint64_t r10 asm("r10") = more[1];
	register uint64_t r8 asm("r8") = more[2];
	register uint64_t r9 asm("r9") = more[3];
	uint64_t rdx = more[0];
	long result;

	asm volatile("call kit_hypercall"
		     : "=a"(result), "+D"(a1), "+S"(a2), "+d"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
		     : "0"(nr)
		     : "rcx", "r11", "memory", "cc");
	return result;
}

#define HYPERCALL(nr, a1, a2, ...) \
	hypercall6(nr, (uint64_t)(a1), (uint64_t)(a2), (const uint64_t[4]){ __VA_ARGS__ })

static inline long hypercall_two(uint64_t nr, uint64_t a1, uint64_t a2)
{
	return HYPERCALL(nr, a1, a2, 0);
}

static inline long hypercall_set_trap_table(const void *table)
{
	return HYPERCALL(__HYPERVISOR_set_trap_table, table, 0, 0);
}

static inline long hypercall_mmu_update(const void *updates, unsigned int count,
					unsigned int *done, unsigned int foreigndom)
{
	return HYPERCALL(__HYPERVISOR_mmu_update, updates, count, (uint64_t)done, foreigndom);
}

static inline long hypercall_mmuext_op(const void *ops, unsigned int count, unsigned int *done,
				       unsigned int foreigndom)
{
	return HYPERCALL(__HYPERVISOR_mmuext_op, ops, count, (uint64_t)done, foreigndom);
}

static inline long hypercall_update_va_mapping(const void *va, uint64_t pte, uint64_t flags)
{
	return HYPERCALL(__HYPERVISOR_update_va_mapping, va, pte, flags);
}

static inline long hypercall_set_gdt(const uint64_t *frames, unsigned int entries)
{
	return HYPERCALL(__HYPERVISOR_set_gdt, frames, entries, 0);
}

static inline long hypercall_update_descriptor(uint64_t maddr, uint64_t descriptor)
{
	return HYPERCALL(__HYPERVISOR_update_descriptor, maddr, descriptor, 0);
}

static inline long hypercall_stack_switch(uint64_t ss, const void *sp)
{
	return HYPERCALL(__HYPERVISOR_stack_switch, ss, sp, 0);
}

static inline long hypercall_set_segment_base(unsigned int which, uint64_t base)
{
	return HYPERCALL(__HYPERVISOR_set_segment_base, which, base, 0);
}

static inline long hypercall_memory_op(unsigned int cmd, void *arg)
{
	return HYPERCALL(__HYPERVISOR_memory_op, cmd, arg, 0);
}

static inline long hypercall_multicall(void *entries, unsigned int count)
{
	return HYPERCALL(__HYPERVISOR_multicall, entries, count, 0);
}

static inline long hypercall_xen_version(unsigned int cmd, void *arg)
{
	return HYPERCALL(__HYPERVISOR_xen_version, cmd, arg, 0);
}

static inline long hypercall_console_io(unsigned int cmd, unsigned int bytes, void *buffer)
{
	return HYPERCALL(__HYPERVISOR_console_io, cmd, bytes, (uint64_t)buffer);
}

static inline long hypercall_grant_table_op(unsigned int cmd, void *ops, unsigned int count)
{
	return HYPERCALL(__HYPERVISOR_grant_table_op, cmd, ops, count);
}

static inline long hypercall_vm_assist(unsigned int cmd, unsigned int type)
{
	return HYPERCALL(__HYPERVISOR_vm_assist, cmd, type, 0);
}

static inline long hypercall_vcpu_op(unsigned int cmd, unsigned int vcpu, void *arg)
{
	return HYPERCALL(__HYPERVISOR_vcpu_op, cmd, vcpu, (uint64_t)arg);
}

static inline long hypercall_sched_op(unsigned int cmd, void *arg)
{
	return HYPERCALL(__HYPERVISOR_sched_op, cmd, arg, 0);
}

static inline long hypercall_callback_op(unsigned int cmd, void *arg)
{
	return HYPERCALL(__HYPERVISOR_callback_op, cmd, arg, 0);
}

static inline long hypercall_event_channel_op(unsigned int cmd, void *arg)
{
	return HYPERCALL(__HYPERVISOR_event_channel_op, cmd, arg, 0);
}

static inline long hypercall_physdev_op(unsigned int cmd, void *arg)
{
	return HYPERCALL(__HYPERVISOR_physdev_op, cmd, arg, 0);
}

/* Lamina's control ABI, for privileged domains: a struct control_sys. */
static inline long hypercall_sysctl(void *op)
{
	return hypercall_two(__HYPERVISOR_sysctl, (uint64_t)op, 0);
}

#endif
