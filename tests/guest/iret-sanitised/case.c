/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: whatever a kernel puts into an iret frame, user mode runs with interrupts on, I/O
 * privilege 0 and NT, VM clear, in ring 3: CS and SS come out with RPL 3. The event mask follows
 * IF [MODE-10].
 */
#include <public/mmu.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "user.h"

USER_ASM(read_flags, "pushfq\n pop %rbx\n mov %cs, %ebp\n mov %ss, %r12d\n syscall\n");

#define IF 0x200
#define IOPL 0x3000
#define NT 0x4000
#define VM 0x20000

static void check(uint64_t rflags, uint64_t cs, uint64_t ss)
{
	struct user_start start = user_default;
	struct trap_report r;

	start.rflags = rflags;
	start.cs = cs;
	start.ss = ss;
	if (user_run(read_flags, read_flags_end, &start, &r) != TRAP_SYSCALL) {
		case_fail(__LINE__, "rflags %lx cs %lx ss %lx: vector %d", rflags, cs, ss,
			  r.vector);
		return;
	}
	if ((r.regs.rbx & (IF | IOPL | VM)) != IF || (r.regs.rbp & 3) != 3 ||
	    (r.regs.r12 & 3) != 3) {
		case_fail(__LINE__, "rflags %lx cs %lx ss %lx: %lx %lx %lx", rflags, cs, ss,
			  r.regs.rbx, r.regs.rbp, r.regs.r12);
	}
	if ((r.regs.cs >> 32 & 0xff) != !(rflags & IF)) {
		case_fail(__LINE__, "rflags %lx: saved mask in cs %lx", rflags, r.regs.cs);
	}
}

static void run(void)
{
	REQUIRE(user_open());
	check(IF | 2, FLAT_USER_CS64, FLAT_USER_SS64);
	check(IF | IOPL | 2, FLAT_USER_CS64, FLAT_USER_SS64);
	check(IF | VM | 2, FLAT_USER_CS64, FLAT_USER_SS64);
	check(IF | NT | 2, FLAT_USER_CS64, FLAT_USER_SS64);
	check(2, FLAT_USER_CS64, FLAT_USER_SS64);
	check(0, FLAT_USER_CS64, FLAT_USER_SS64 & ~3);
	check(IF | 0xcd5, FLAT_USER_CS64, FLAT_USER_SS64);
	event_enable();
	user_close();
}

CASE(run, 0);
