// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest registers that live in the processor. A bad selector faults at the load: the fixup retries with NULL, which never does.
 */
#include "x86/guest_state.h"

#include "x86/cpu.h"
#include "x86/extable.h"

#define DEFINE_LOAD(seg)                                                \
	static u16 load_##seg(u32 selector)                             \
	{                                                               \
		__asm__ volatile("jmp 1f\n\t"                           \
				 "2: xor %k0, %k0\n\t"                  \
				 "1: mov %k0, %%" #seg "\n\t"           \
				 EXTABLE("1b", "2b")                    \
				 : "+r"(selector) :: "memory");         \
		return (u16)selector;                                   \
	}
#define DEFINE_READ(seg)                                                \
	static u16 read_##seg(void)                                     \
	{                                                               \
		u32 v;                                                  \
		__asm__ volatile("mov %%" #seg ", %0" : "=r"(v));       \
		return (u16)v;                                          \
	}

DEFINE_LOAD(ds)
DEFINE_LOAD(es)
DEFINE_LOAD(fs)
DEFINE_LOAD(gs)
DEFINE_READ(ds)
DEFINE_READ(es)
DEFINE_READ(fs)
DEFINE_READ(gs)

void guest_segments_save(struct cpu_user_regs *regs)
{
	regs->ds = read_ds();
	regs->es = read_es();
	regs->fs = read_fs();
	regs->gs = read_gs();
}

void guest_segments_load(struct cpu_user_regs *regs)
{
	regs->ds = load_ds(regs->ds);
	regs->es = load_es(regs->es);
	regs->fs = load_fs(regs->fs);
	regs->gs = load_gs(regs->gs);
}

void guest_load_user_gs(u16 selector)
{
	guest_swapgs();
	load_gs(selector);
	guest_swapgs();
}

void guest_set_ts(bool on)
{
	if (on) {
		write_cr0(read_cr0() | CR0_TS);
	} else {
		__asm__ volatile("clts" ::: "memory");
	}
}

u64 guest_read_dr6(void)
{
	u64 v;

	__asm__ volatile("mov %%dr6, %0" : "=r"(v));
	return v;
}

void guest_write_dr(unsigned int reg, u64 value)
{
	switch (reg) {
	case 0:
		__asm__ volatile("mov %0, %%dr0" :: "r"(value));
		break;
	case 1:
		__asm__ volatile("mov %0, %%dr1" :: "r"(value));
		break;
	case 2:
		__asm__ volatile("mov %0, %%dr2" :: "r"(value));
		break;
	case 3:
		__asm__ volatile("mov %0, %%dr3" :: "r"(value));
		break;
	case 6:
		__asm__ volatile("mov %0, %%dr6" :: "r"(value));
		break;
	case 7:
		__asm__ volatile("mov %0, %%dr7" :: "r"(value));
		break;
	}
}
