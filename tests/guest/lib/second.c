/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * second: see second.h. The registers follow the boot contract of a first vCPU as far as it goes: flat
 * selectors, events masked, the current top table as CR3.
 */
#include "second.h"

#include <stddef.h>
#include <public/mmu.h>
#include "boot.h"
#include "clock.h"
#include "hypercall.h"
#include "mm.h"
#include "string.h"
#include "trap.h"

#define STACK_BYTES 8192
#define TWO_SECONDS 2000000000UL

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static struct vcpu_guest_context context_at_start;

void second_context(struct vcpu_guest_context *context, void (*function)(void))
{
	unsigned int i;

	memset(context, 0, sizeof(*context));
	context->flags = VGCF_in_kernel;
	context->user_regs.rip = (uint64_t)function;
	context->user_regs.rsp = (uint64_t)stack + STACK_BYTES - 8;
	context->user_regs.cs = FLAT_KERNEL_CS;
	context->user_regs.ss = FLAT_KERNEL_SS;
	context->user_regs.rflags = 0x202;
	for (i = 0; i < 32; i++) {
		context->trap_ctxt[i].vector = (uint8_t)i;
		context->trap_ctxt[i].cs = FLAT_KERNEL_CS;
		context->trap_ctxt[i].address = trap_entries[i];
	}
	context->kernel_ss = FLAT_KERNEL_SS;
	context->kernel_sp = (uint64_t)stack + STACK_BYTES / 2;
	context->ctrlreg[3] = virt_to_mfn((void *)kit_start_info->pt_base) * PAGE_BYTES;
	context->event_callback_eip = (uint64_t)trap_entry_event;
	context->failsafe_callback_eip = (uint64_t)trap_entry_failsafe;
	context->syscall_callback_eip = (uint64_t)trap_entry_syscall;
}

long second_start(void (*function)(void))
{
	long result;

	kit_shared_info->vcpu_info[1].evtchn_upcall_mask = 1;
	second_context(&context_at_start, function);
	result = hypercall_vcpu_op(VCPUOP_initialise, 1, &context_at_start);
	return result ? result : hypercall_vcpu_op(VCPUOP_up, 1, NULL);
}

void second_sleep(void)
{
	hypercall_vcpu_op(VCPUOP_down, 1, NULL);
}

bool wait_for(const volatile unsigned int *flag, unsigned int value)
{
	uint64_t end = clock_now() + TWO_SECONDS;

	while (*flag != value) {
		if (clock_now() > end) {
			return false;
		}
		asm volatile("pause");
	}
	return true;
}
