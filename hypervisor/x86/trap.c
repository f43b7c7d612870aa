// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions in the hypervisor's own context, and NMIs from anywhere.
 *
 * Three kinds are ordinary: an instruction listed in the exception table, a debug trap that a guest smuggled over its entry
 * (single step into SYSENTER; a watched stack and MOV SS in front of SYSCALL), a data breakpoint of a guest hit by our copying
 * of its memory. Everything else is our bug and ends in panic(). Interrupts are off; #DB, #DF, #MC and NMI run on
 * interrupt stacks of 2 KiB.
 */
#include "x86/entry.h"

#include "lib/log.h"
#include "x86/cpu.h"
#include "x86/extable.h"
#include "x86/pcpu.h"
#include "x86/upcalls.h"

#define VECTOR_DB 1
#define VECTOR_MC 18
/* DR6 with nothing to report (SDM vol. 3B, section 17.2.3). */
#define DR6_CLEAR 0xffff0ff0ULL

static const char *const trap_names[32] = {
	"divide error", "debug", "NMI", "breakpoint", "overflow", "bound range", "invalid opcode", "no FPU", "double fault",
	"coprocessor overrun", "invalid TSS", "segment not present", "stack fault", "general protection", "page fault", "vector 15",
	"x87 error", "alignment check", "machine check", "SIMD error", "virtualization", "control protection",
};

static void __noreturn __cold trap_is_fatal(const struct cpu_user_regs *r, u64 cr2)
{
	const char *name = r->entry_vector < 32 && trap_names[r->entry_vector] ? trap_names[r->entry_vector] : "exception";

	log_err("cpu%u: rip %016llx rflags %08llx rsp %016llx cs %04x error %x\n", this_pcpu()->id, (unsigned long long)r->rip,
		(unsigned long long)r->rflags, (unsigned long long)r->rsp, r->cs, r->error_code);
	log_err("rax %016llx rbx %016llx rcx %016llx rdx %016llx\n", (unsigned long long)r->rax, (unsigned long long)r->rbx,
		(unsigned long long)r->rcx, (unsigned long long)r->rdx);
	log_err("rsi %016llx rdi %016llx rbp %016llx r8  %016llx\n", (unsigned long long)r->rsi, (unsigned long long)r->rdi,
		(unsigned long long)r->rbp, (unsigned long long)r->r8);
	log_err("r9  %016llx r10 %016llx r11 %016llx r12 %016llx\n", (unsigned long long)r->r9, (unsigned long long)r->r10,
		(unsigned long long)r->r11, (unsigned long long)r->r12);
	log_err("r13 %016llx r14 %016llx r15 %016llx cr2 %016llx cr3 %016llx\n", (unsigned long long)r->r13,
		(unsigned long long)r->r14, (unsigned long long)r->r15, (unsigned long long)cr2, (unsigned long long)read_cr3());
	panic("%s in the hypervisor at %016llx (vector %u, error code %x)", name, (unsigned long long)r->rip, r->entry_vector,
	      r->error_code);
}

void trap_from_hypervisor(struct cpu_user_regs *regs, u64 cr2)
{
	u64 fixup;

	switch (regs->entry_vector) {
	case VECTOR_DB:
		__asm__ volatile("mov %0, %%dr6" :: "r"(DR6_CLEAR));
		regs->rflags &= ~(u64)RFLAGS_TF;
		return;
	case VECTOR_MC:
		trap_is_fatal(regs, cr2);
	}
	fixup = extable_fixup(regs->rip);
	if (!fixup) {
		trap_is_fatal(regs, cr2);
	}
	regs->rip = fixup;
}

/* No lock may be taken and nothing printed here: the interrupted code may hold any. */
void trap_nmi(struct cpu_user_regs *regs)
{
	(void)regs;
	upcall_nmi();
}
