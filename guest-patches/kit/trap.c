/* SPDX-License-Identifier: MIT */
/*
 * trap: see trap.h. The order on an exception: events go to event.c, then the hook, then whoever
 * waits in trap_catch, then the registers are printed and the domain ends as crashed.
 *
 * Gates for int3, into and int 0x80 may be raised from user mode; all others may not. No gate masks
 * events, so that a test can see the mask as the interrupted code had it.
 */
#include "trap.h"

#include <stddef.h>
#include <public/callback.h>
#include <public/mmu.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include "boot.h"
#include "event.h"
#include "hypercall.h"
#include "printf.h"

#define EXCEPTIONS 32

/* Flags that must not reach the code after an expected exception: TF, DF, NT, AC. */
#define RFLAGS_SURPRISING 0x44500UL

void trap_dispatch(struct trap_regs *regs);
int trap_catch_run(void (*function)(void *), void *arg);
extern char trap_catch_resume[];
extern uint64_t trap_catch_rsp;

static trap_hook_fn trap_hook;
static struct trap_report *catching;

static uint8_t gate_flags(unsigned int vector)
{
	return vector == 3 || vector == 4 || vector == 0x80 ? 3 : 0;
}

static void register_callback(uint16_t type, const void *address)
{
	struct callback_register op = { .type = type, .address = (uint64_t)address };

	hypercall_callback_op(CALLBACKOP_register, &op);
}

void trap_init(void)
{
	static struct trap_info table[EXCEPTIONS + 2];
	unsigned int i;

	for (i = 0; i <= EXCEPTIONS; i++) {
		unsigned int vector = i < EXCEPTIONS ? i : 0x80;

		table[i].vector = (uint8_t)vector;
		table[i].flags = gate_flags(vector);
		table[i].cs = FLAT_KERNEL_CS;
		table[i].address = trap_entries[vector];
	}
	hypercall_set_trap_table(table);
	register_callback(CALLBACKTYPE_event, trap_entry_event);
	register_callback(CALLBACKTYPE_failsafe, trap_entry_failsafe);
	register_callback(CALLBACKTYPE_syscall, trap_entry_syscall);
}

void trap_set_hook(trap_hook_fn hook)
{
	trap_hook = hook;
}

int trap_catch(void (*function)(void *), void *arg, struct trap_report *report)
{
	report->vector = TRAP_NONE;
	catching = report;
	trap_catch_run(function, arg);
	catching = NULL;
	return report->vector;
}

static void report_and_resume(struct trap_regs *regs)
{
	struct trap_report *report = catching;

	catching = NULL;
	report->vector = (int)regs->vector;
	report->error = regs->error;
	report->cr2 = kit_shared_info->vcpu_info[0].arch.cr2;
	report->regs = *regs;
	regs->rip = (uint64_t)trap_catch_resume;
	regs->rsp = trap_catch_rsp;
	regs->cs = FLAT_KERNEL_CS & ~3UL;
	regs->ss = FLAT_KERNEL_SS;
	regs->rflags &= ~RFLAGS_SURPRISING;
}

void trap_print(const struct trap_regs *regs)
{
	kprintf("trap %lu error %lx rip %lx cs %lx rflags %lx rsp %lx ss %lx cr2 %lx\n", regs->vector,
		regs->error, regs->rip, regs->cs, regs->rflags, regs->rsp, regs->ss,
		kit_shared_info->vcpu_info[0].arch.cr2);
	kprintf("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", regs->rax, regs->rbx, regs->rcx,
		regs->rdx);
	kprintf("rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", regs->rsi, regs->rdi, regs->rbp,
		regs->r8);
	kprintf("r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", regs->r9, regs->r10, regs->r11,
		regs->r12);
	kprintf("r13 %016lx r14 %016lx r15 %016lx\n", regs->r13, regs->r14, regs->r15);
}

void trap_dispatch(struct trap_regs *regs)
{
	if (trap_hook && trap_hook(regs)) {
		return;
	}
	if (regs->vector == TRAP_EVENT) {
		event_upcall();
		return;
	}
	if (catching) {
		report_and_resume(regs);
		return;
	}
	trap_print(regs);
	kit_shutdown(SHUTDOWN_crash);
}
