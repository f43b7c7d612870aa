/* SPDX-License-Identifier: MIT */
/*
 * trap: exceptions of a kit kernel: one table, one handler, and a way to survive an expected one.
 *
 * trap_catch runs a function and reports the first exception it raises instead of dying of it. An
 * exception nobody expects prints the registers and crashes the domain.
 */
#ifndef KIT_TRAP_H
#define KIT_TRAP_H

#include <stdbool.h>
#include <stdint.h>

/* Frame as trap_entry.S leaves it: lowest address first. The hypervisor's part starts at rcx_slot. */
struct trap_regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r10, r9, r8, rax, rdx, rsi, rdi;
	uint64_t vector;
	uint64_t error;
	uint64_t rcx, r11;
	uint64_t rip, cs, rflags, rsp, ss;
};

#define TRAP_NONE	(-1)
#define TRAP_EVENT	256		/* vector of the event callback in struct trap_regs */
#define TRAP_FAILSAFE	257
#define TRAP_SYSCALL	258

struct trap_report {
	int vector;			/* TRAP_NONE when the function returned */
	uint64_t error;
	uint64_t cr2;			/* of a page fault */
	struct trap_regs regs;
};

void trap_init(void);

/* Runs function(arg); on an exception fills the report and returns its vector. Does not nest. */
int trap_catch(void (*function)(void *), void *arg, struct trap_report *report);

/* Called first on every exception; returns true when it dealt with it. NULL for none. */
typedef bool (*trap_hook_fn)(struct trap_regs *regs);
void trap_set_hook(trap_hook_fn hook);

void trap_print(const struct trap_regs *regs);

/* Entry points of trap_entry.S, for tables that a test builds itself. */
extern char trap_entry_event[], trap_entry_failsafe[], trap_entry_syscall[];
extern const uint64_t trap_entries[256];

#endif
