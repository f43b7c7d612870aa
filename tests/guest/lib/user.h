/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user: runs a few instructions in guest user mode and reports how they ended.
 *
 * user_open builds the user page tables: one code page and one stack page. user_run copies the code
 * in, enters it by the iret hypercall and comes back on the first exception or system call.
 */
#ifndef TEST_USER_H
#define TEST_USER_H

#include <stdbool.h>
#include <stdint.h>
#include "trap.h"

#define USER_CODE	0x10000000UL
#define USER_STACK_TOP	0x10002000UL		/* the stack page is the one below */

struct user_start {
	uint64_t rax, rcx, r11;
	uint64_t flags;				/* of the iret frame */
	uint64_t rflags;
	uint64_t cs, ss;
};

extern const struct user_start user_default;

bool user_open(void);
void user_close(void);

/* Code between two labels of the case; returns the vector, TRAP_SYSCALL for `syscall`. */
int user_run(const char *code, const char *end, const struct user_start *start,
	     struct trap_report *report);

/* Enters at an address, with whatever code is there. */
int user_run_at(uint64_t rip, const struct user_start *start, struct trap_report *report);

/* The page tables, for cases that look at them. */
uint64_t user_l4_mfn(void);

/* Declares code[] and code_end[] for user_run. */
#define USER_ASM(name, text) \
	asm(".pushsection .rodata\n" #name ":\n" text "\n" #name "_end:\n.popsection\n"); \
	extern const char name[], name##_end[]

#endif
