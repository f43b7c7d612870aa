/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single privileged instructions as inline functions. tests/fake has a twin of this header for host builds.
 */
#ifndef LAMINA_X86_CPU_H
#define LAMINA_X86_CPU_H

#include "lib/types.h"

static inline void cpu_relax(void) { __asm__ volatile("pause" ::: "memory"); }
static inline void irq_enable(void) { __asm__ volatile("sti" ::: "memory"); }
static inline void irq_disable(void) { __asm__ volatile("cli" ::: "memory"); }

/* Interrupts are off: waits for one, takes it, returns with them off. One that came before the wait ends it at once. */
static inline void irq_wait(void) { __asm__ volatile("sti; hlt; cli" ::: "memory"); }

static inline u64 irq_save(void)
{
	u64 flags;

	__asm__ volatile("pushfq; pop %0; cli" : "=r"(flags) :: "memory");
	return flags;
}

static inline void irq_restore(u64 flags)
{
	if (flags & (1u << 9)) {
		irq_enable();
	}
}

static inline bool irq_is_enabled(void)
{
	u64 flags;

	__asm__ volatile("pushfq; pop %0" : "=r"(flags) :: "memory");
	return flags & (1u << 9);
}

#define CPU_READ_CR(n) \
	static inline u64 read_cr##n(void) { u64 v; __asm__ volatile("mov %%cr" #n ", %0" : "=r"(v) :: "memory"); return v; }
#define CPU_WRITE_CR(n) \
	static inline void write_cr##n(u64 v) { __asm__ volatile("mov %0, %%cr" #n :: "r"(v) : "memory"); }
CPU_READ_CR(0)
CPU_READ_CR(2)
CPU_READ_CR(3)
CPU_READ_CR(4)
CPU_WRITE_CR(0)
CPU_WRITE_CR(2)
CPU_WRITE_CR(3)
CPU_WRITE_CR(4)

static inline void invlpg(u64 va) { __asm__ volatile("invlpg (%0)" :: "r"(va) : "memory"); }

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return ((u64)hi << 32) | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" :: "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

/* 0, or -EFAULT when the processor refuses the MSR (x86/extable.c). */
int rdmsr_safe(u32 msr, u64 *v);

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) :: "memory");
	return ((u64)hi << 32) | lo;
}

struct cpuid_regs { u32 eax, ebx, ecx, edx; };
static inline struct cpuid_regs cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid_regs r;

	__asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
	return r;
}

static inline u8 inb(u16 p) { u8 v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(p)); return v; }
static inline u16 inw(u16 p) { u16 v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(p)); return v; }
static inline u32 inl(u16 p) { u32 v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(p)); return v; }
static inline void outb(u16 p, u8 v) { __asm__ volatile("outb %0, %1" :: "a"(v), "Nd"(p)); }
static inline void outw(u16 p, u16 v) { __asm__ volatile("outw %0, %1" :: "a"(v), "Nd"(p)); }
static inline void outl(u16 p, u32 v) { __asm__ volatile("outl %0, %1" :: "a"(v), "Nd"(p)); }

#define MSR_EFER            0xc0000080
#define MSR_STAR            0xc0000081
#define MSR_LSTAR           0xc0000082
#define MSR_CSTAR           0xc0000083
#define MSR_FMASK           0xc0000084
#define MSR_FS_BASE         0xc0000100
#define MSR_GS_BASE         0xc0000101
#define MSR_KERNEL_GS_BASE  0xc0000102
#define MSR_TSC_AUX         0xc0000103
#define MSR_APIC_BASE       0x1b
#define MSR_PAT             0x277
#define MSR_SYSENTER_CS     0x174
#define MSR_SYSENTER_ESP    0x175
#define MSR_SYSENTER_EIP    0x176

#define CR0_TS         (1u << 3)
#define CR4_TSD        (1u << 2)
#define CR4_DE         (1u << 3)
#define CR4_PSE        (1u << 4)
#define CR4_PAE        (1u << 5)
#define CR4_MCE        (1u << 6)
#define CR4_PGE        (1u << 7)
#define CR4_OSFXSR     (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_FSGSBASE   (1u << 16)
#define CR4_OSXSAVE    (1u << 18)
#define CR4_SMEP       (1u << 20)
#define CR4_SMAP       (1u << 21)

#define RFLAGS_CF   (1u << 0)
#define RFLAGS_TF   (1u << 8)
#define RFLAGS_IF   (1u << 9)
#define RFLAGS_DF   (1u << 10)
#define RFLAGS_IOPL (3u << 12)
#define RFLAGS_NT   (1u << 14)
#define RFLAGS_RF   (1u << 16)
#define RFLAGS_VM   (1u << 17)
#define RFLAGS_AC   (1u << 18)

/* What boot found; filled by cpu_features_init() on the boot processor, constant afterwards. */
struct cpu_features {
	bool intel;          /* vendor GenuineIntel (SYSENTER; SYSCALL from 64-bit code only) */
	bool amd;            /* AuthenticAMD or HygonGenuine (SYSCALL from 32-bit code) */
	bool has_xsave, has_xsaveopt, has_fsgsbase, has_smep, has_smap, has_rdtscp, has_x2apic, has_tsc_deadline, has_1g;
	u8 phys_bits;        /* physical address width */
	u64 xcr0;            /* every state component we let guests enable and switch eagerly */
	u32 xsave_bytes;     /* size of the XSAVE area for xcr0, standard format */
};
extern struct cpu_features cpu_features;

#endif
