// SPDX-License-Identifier: GPL-2.0-only
/*
 * Look-up in the table of expected faults, and the MSR accesses that use it.
 *
 * The table is small (a few dozen rows) and consulted only after a fault, so it is searched in order and not sorted.
 */
#include "x86/extable.h"

#include "lib/errno.h"
#include "x86/cpu.h"

struct extable_row {
	s32 insn;
	s32 fixup;
};

extern const struct extable_row __extable_start[], __extable_end[];

u64 extable_fixup(u64 rip)
{
	const struct extable_row *row;

	for (row = __extable_start; row < __extable_end; row++) {
		if ((u64)&row->insn + (s64)row->insn == rip) {
			return (u64)&row->fixup + (s64)row->fixup;
		}
	}
	return 0;
}

int rdmsr_safe(u32 msr, u64 *v)
{
	u32 lo = 0, hi = 0;
	int err;

	__asm__ volatile("1: rdmsr\n\t"
			 "xor %[err], %[err]\n\t"
			 "jmp 3f\n\t"
			 "2: mov %[efault], %[err]\n\t"
			 "3:\n\t"
			 EXTABLE("1b", "2b")
			 : [err] "=&r"(err), "+&a"(lo), "+&d"(hi)
			 : "c"(msr), [efault] "i"(-EFAULT));
	*v = ((u64)hi << 32) | lo;
	return err;
}
