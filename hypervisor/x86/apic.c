// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC (Intel SDM vol. 3A, chapter 10). Registers are numbered as xAPIC offsets; x2APIC MSRs are 0x800 + offset / 16.
 *
 * Interrupts to devices and processors use physical destinations, one processor each. Without interrupt remapping external
 * interrupts reach only processors with an APIC id below 255.
 */
#include "x86/apic.h"

#include "lib/log.h"
#include "x86/acpi.h"
#include "x86/cpu.h"
#include "x86/idt.h"
#include "x86/own_maps.h"
#include "x86/page.h"

#define REG_ID        0x020
#define REG_VERSION   0x030
#define REG_TPR       0x080
#define REG_EOI       0x0b0
#define REG_SPURIOUS  0x0f0
#define REG_ESR       0x280
#define REG_ICR       0x300
#define REG_ICR_HIGH  0x310
#define REG_LVT_TIMER 0x320
#define REG_LVT_THERM 0x330
#define REG_LVT_PERF  0x340
#define REG_LVT_LINT0 0x350
#define REG_LVT_LINT1 0x360
#define REG_LVT_ERROR 0x370
#define REG_TIMER_INITIAL 0x380
#define REG_TIMER_CURRENT 0x390
#define REG_TIMER_DIVIDE  0x3e0

#define APIC_BASE_ENABLE  (1ULL << 11)
#define APIC_BASE_X2APIC  (1ULL << 10)
#define SPURIOUS_ENABLE   (1u << 8)
#define LVT_MASKED        (1u << 16)
#define LVT_NMI           (4u << 8)
#define LVT_TSC_DEADLINE  (2u << 17)
#define DIVIDE_BY_1       0xb
#define ICR_BUSY          (1u << 12)
#define ICR_ASSERT        (1u << 14)
#define ICR_INIT          (5u << 8)
#define ICR_STARTUP       (6u << 8)

#define MSR_X2APIC        0x800
#define MSR_TSC_DEADLINE  0x6e0
#define BUSY_SPINS        1000000

static volatile u32 *registers;
static bool x2apic;

static u32 apic_read(u32 reg)
{
	return x2apic ? (u32)rdmsr(MSR_X2APIC + reg / 16) : registers[reg / 4];
}

static void apic_write(u32 reg, u32 v)
{
	if (x2apic) {
		wrmsr(MSR_X2APIC + reg / 16, v);
	} else {
		registers[reg / 4] = v;
	}
}

static bool needs_x2apic(void)
{
	u32 i;

	for (i = 0; i < acpi_info.cpu_count; i++) {
		if (acpi_info.apic_ids[i] >= 0xff) {
			return true;
		}
	}
	return rdmsr(MSR_APIC_BASE) & APIC_BASE_X2APIC;
}

void apic_init(void)
{
	if (!(cpuid(1, 0).edx & (1u << 9)) || !(rdmsr(MSR_APIC_BASE) & APIC_BASE_ENABLE)) {
		panic("no local APIC, or the firmware turned it off: enable it in the firmware's set-up");
	}
	x2apic = cpu_features.has_x2apic && needs_x2apic();
	if (!x2apic) {
		registers = map_device(rdmsr(MSR_APIC_BASE) & PTE_ADDR, PAGE_SIZE);
		if (!registers) {
			panic("no room to map the local APIC");
		}
	}
	log_info("apic: %s mode", x2apic ? "x2APIC" : "xAPIC");
}

void apic_init_cpu(void)
{
	u32 lvts;

	if (x2apic) {
		wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE | APIC_BASE_X2APIC);
	}
	lvts = (apic_read(REG_VERSION) >> 16 & 0xff) + 1;
	apic_write(REG_TPR, 0);
	apic_write(REG_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	apic_write(REG_LVT_LINT0, LVT_MASKED);
	apic_write(REG_LVT_LINT1, LVT_NMI);
	if (lvts > 4) {
		apic_write(REG_LVT_PERF, LVT_MASKED);
	}
	if (lvts > 5) {
		apic_write(REG_LVT_THERM, LVT_MASKED);
	}
	apic_write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
	apic_clear_errors();
	apic_write(REG_LVT_ERROR, VECTOR_ERROR);
	apic_eoi();
}

u32 apic_id(void)
{
	u32 v = apic_read(REG_ID);

	return x2apic ? v : v >> 24;
}

void apic_eoi(void)
{
	apic_write(REG_EOI, 0);
}

void apic_clear_errors(void)
{
	apic_write(REG_ESR, 0);
}

static void send(u32 apic_id, u32 command)
{
	u32 spins = 0;
	u64 flags;

	if (x2apic) {
		/* The MSR write is not ordered behind earlier stores (SDM vol. 3A, 10.12.3). */
		__asm__ volatile("mfence; lfence" ::: "memory");
		wrmsr(MSR_X2APIC + REG_ICR / 16, (u64)apic_id << 32 | command);
		return;
	}
	flags = irq_save();
	while ((apic_read(REG_ICR) & ICR_BUSY) && ++spins < BUSY_SPINS) {
		cpu_relax();
	}
	apic_write(REG_ICR_HIGH, apic_id << 24);
	apic_write(REG_ICR, command);
	irq_restore(flags);
}

void apic_send_ipi(u32 apic_id, u8 vector)
{
	send(apic_id, ICR_ASSERT | vector);
}

void apic_send_init(u32 apic_id)
{
	send(apic_id, ICR_ASSERT | ICR_INIT);
}

void apic_send_startup(u32 apic_id, u8 page)
{
	send(apic_id, ICR_ASSERT | ICR_STARTUP | page);
}

void apic_timer_init_cpu(bool tsc_deadline)
{
	apic_write(REG_TIMER_DIVIDE, DIVIDE_BY_1);
	apic_write(REG_LVT_TIMER, VECTOR_TIMER | (tsc_deadline ? LVT_TSC_DEADLINE : 0));
	if (tsc_deadline) {
		/* The mode switch must be seen before the first deadline (SDM vol. 3A, 10.5.4.1). */
		__asm__ volatile("mfence" ::: "memory");
	}
}

void apic_timer_set_ticks(u32 ticks)
{
	apic_write(REG_TIMER_INITIAL, ticks);
}

void apic_timer_set_tsc(u64 tsc)
{
	wrmsr(MSR_TSC_DEADLINE, tsc);
}

u32 apic_timer_read(void)
{
	return apic_read(REG_TIMER_CURRENT);
}

u64 apic_msi_address(u32 apic_id)
{
	return 0xfee00000 | (apic_id & 0xff) << 12;
}

u32 apic_msi_data(u8 vector)
{
	return vector;
}
