// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI power-off (ACPI specification 6.3, section 16.1.7) and reset: the FADT's reset register, the keyboard controller, the chipset's
 * reset control port, and last a triple fault.
 */
#include "x86/power.h"

#include "lib/log.h"
#include "x86/acpi.h"
#include "x86/cpu.h"
#include "x86/smp.h"
#include "x86/time.h"

#define KEYBOARD_STATUS 0x64
#define KEYBOARD_BUSY   0x02
#define KEYBOARD_RESET  0xfe
#define RESET_CONTROL   0xcf9

void power_off(u16 a, u16 b)
{
	irq_disable();
	smp_stop_others();
	log_info("power: off");
	if (!acpi_info.pm1a_control) {
		log_err("power: no ACPI power control; the machine can be switched off now");
	} else {
		__asm__ volatile("wbinvd" ::: "memory");
		outw(acpi_info.pm1a_control, a);
		if (acpi_info.pm1b_control) {
			outw(acpi_info.pm1b_control, b);
		}
		time_udelay(2000000);
		log_err("power: the machine did not go off");
	}
	for (;;) {
		__asm__ volatile("cli; hlt");
	}
}

void machine_halt(void)
{
	irq_disable();
	smp_stop_others();
	for (;;) {
		__asm__ volatile("cli; hlt");
	}
}

static void keyboard_reset(void)
{
	u32 spins = 0;

	while ((inb(KEYBOARD_STATUS) & KEYBOARD_BUSY) && ++spins < 100000) {
		cpu_relax();
	}
	outb(KEYBOARD_STATUS, KEYBOARD_RESET);
}

void machine_reboot(void)
{
	static const struct {
		u16 limit;
		u64 base;
	} __packed no_idt = { 0, 0 };

	irq_disable();
	smp_stop_others();
	if (acpi_info.reset_port) {
		outb(acpi_info.reset_port, acpi_info.reset_value);
		time_udelay(50000);
	}
	keyboard_reset();
	time_udelay(50000);
	outb(RESET_CONTROL, 0x02);
	outb(RESET_CONTROL, 0x06);
	time_udelay(50000);
	__asm__ volatile("lidt %0; int3" :: "m"(no_idt));
	for (;;) {
		__asm__ volatile("cli; hlt");
	}
}
