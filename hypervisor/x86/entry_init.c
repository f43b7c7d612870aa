// SPDX-License-Identifier: GPL-2.0-only
/*
 * Points a processor's system call registers at its entry page.
 *
 * SYSCALL gives us no stack: the stub has to find its processor without a register. It does by address: each processor
 * executes its own copy, and everything it needs lies at the same distance from every copy. Only the jump to the common code
 * has to be filled in. SYSENTER brings a stack pointer along and needs no copy.
 *
 * CSTAR is set everywhere but Intel processors never use it; SYSENTER in long mode exists on Intel processors only.
 * SDM vol. 3A section 5.8, APM vol. 2 section 6.1.
 */
#include "x86/entry.h"

#include "lib/log.h"
#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/gdt.h"
#include "x86/own_maps.h"
#include "x86/pcpu.h"

extern const u8 entry_stubs[], entry_stub_cstar[], entry_stub_lstar_jump[], entry_stub_cstar_jump[], entry_stubs_end[];
void entry_syscall(void);
void entry_cstar(void);
void entry_sysenter(void);

#define SYSCALL_FLAG_MASK \
	(RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM | RFLAGS_AC)

/* Completes the five-byte jump at @insn, as it will stand at @va. */
static void set_jump(u8 *insn, u64 va, void (*target)(void))
{
	s64 distance = (s64)(u64)target - (s64)(va + 5);
	s32 rel = (s32)distance;

	BUG_ON(rel != distance);
	memcpy(insn + 1, &rel, sizeof(rel));
}

void entry_init_cpu(u32 cpu)
{
	u64 page = own_maps_stub_va(cpu);
	size_t lstar_jump = (size_t)(entry_stub_lstar_jump - entry_stubs);
	size_t cstar_jump = (size_t)(entry_stub_cstar_jump - entry_stubs);
	u8 *stubs = own_maps_stub_page(cpu);

	memcpy(stubs, entry_stubs, (size_t)(entry_stubs_end - entry_stubs));
	set_jump(stubs + lstar_jump, page + lstar_jump, entry_syscall);
	set_jump(stubs + cstar_jump, page + cstar_jump, entry_cstar);

	/* SYSRET to 64-bit code adds 16 for CS and 8 for SS to the upper selector. */
	wrmsr(MSR_STAR, ((u64)FLAT_CS32 << 48) | ((u64)HV_CS << 32));
	wrmsr(MSR_LSTAR, page);
	wrmsr(MSR_CSTAR, page + (u64)(entry_stub_cstar - entry_stubs));
	wrmsr(MSR_FMASK, SYSCALL_FLAG_MASK);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | 1); /* SCE */
	if (cpu_features.intel) {
		wrmsr(MSR_SYSENTER_CS, HV_CS);
		wrmsr(MSR_SYSENTER_ESP, pcpu_entry_rsp(pcpu_of(cpu)));
		wrmsr(MSR_SYSENTER_EIP, (u64)entry_sysenter);
	}
}
