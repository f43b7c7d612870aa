/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: flags that a guest may set, alignment check, nested task, direction, identification, do not
 * disturb a hypercall or an exception, and the guest's own copy comes back [CALL-1, MODE-2].
 */
#include <public/version.h>
#include "case.h"
#include "hypercall.h"
#include "trap.h"

#define DF 0x400UL
#define NT 0x4000UL
#define AC 0x40000UL
#define ID 0x200000UL

static uint64_t seen;

static bool hook(struct trap_regs *regs)
{
	if (regs->vector != 6) {
		return false;
	}
	seen = regs->rflags;
	regs->rip += 2;
	return true;
}

static uint64_t call_with(uint64_t flags, long *result)
{
	uint64_t after;

	asm volatile("pushfq\n\torq %3, (%%rsp)\n\tpopfq\n\tsyscall\n\tpushfq\n\tpop %1\n\t"
		     "pushfq\n\tandq %4, (%%rsp)\n\tpopfq\n\tcld"
		     : "=a"(*result), "=&r"(after)
		     : "0"((long)__HYPERVISOR_xen_version), "r"(flags), "r"(~flags | 2),
		       "D"((long)XENVER_pagesize), "S"(0L)
		     : "rcx", "r11", "memory", "cc");
	return after;
}

static void raise_with(uint64_t flags)
{
	asm volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq\n\tud2\n\tpushfq\n\tandq %1, (%%rsp)\n\t"
		     "popfq\n\tcld" : : "r"(flags), "r"(~flags | 2) : "memory", "cc");
}

static void run(void)
{
	static const uint64_t flags[] = { DF, AC, ID, NT, DF | AC | ID };
	unsigned int i;
	long result;

	trap_set_hook(hook);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		uint64_t after = call_with(flags[i], &result);

		EXPECT_EQ(result, 4096);
		if ((after & flags[i]) != flags[i]) {
			case_fail(__LINE__, "flags %lx came back as %lx", flags[i], after);
		}
		seen = 0;
		raise_with(flags[i]);
		if ((seen & flags[i]) != flags[i]) {
			case_fail(__LINE__, "frame of flags %lx has %lx", flags[i], seen);
		}
	}
}

CASE(run, CASE_ALONE);
