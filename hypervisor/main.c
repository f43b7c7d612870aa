/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bring-up, step by step. boot.S jumps here on the boot processor with the boot loader's magic and information; from here to the first
 * guest instruction this file is the table of contents.
 */
#include "core/core.h"
#include "core/sched.h"
#include "dom0/dom0.h"
#include "lib/boot_info.h"
#include "lib/log.h"
#include "lib/multiboot.h"
#include "mm/mm.h"
#include "mm/page_alloc.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/boot_params.h"
#include "x86/cpu.h"
#include "x86/early_alloc.h"
#include "x86/features.h"
#include "x86/gdt.h"
#include "x86/idt.h"
#include "x86/ioapic.h"
#include "x86/own_maps.h"
#include "x86/page.h"
#include "x86/pic.h"
#include "x86/smp.h"
#include "x86/smp_setup.h"
#include "x86/time_setup.h"
#include "x86/uart.h"
#include "x86/upcalls.h"

void boot_main(u32 magic, u32 info);

static struct boot_info boot_info;

/* The boot loader's structures, while only the first 4 GiB are mapped. */
static const void *boot_view(u64 maddr, size_t bytes)
{
	return maddr + bytes <= GIB(4) ? maddr_to_virt(MADDR(maddr)) : NULL;
}

static void read_boot_info(u32 magic, u32 info)
{
	const char *why = multiboot_parse(magic, info, boot_view, &boot_info);

	if (why || boot_params_wants_com1(boot_info.cmdline)) {
		uart_init();
	}
	if (why) {
		panic("%s", why);
	}
	boot_params_parse(boot_info.cmdline);
	log_info("Lamina: booted by %s with '%s'", boot_info.loader, boot_info.cmdline);
}

static void bring_up_machine(void)
{
	cpu_features_init();
	cpu_features_apply();
	early_alloc_init(&boot_info);
	own_maps_init();
	cpu_features_patch_smap();
	gdt_init_cpu();
	idt_init();
	idt_load();
	acpi_init(&boot_info);
	pic_disable();
	apic_init();
	apic_init_cpu();
	ioapic_init();
	time_init();
	smp_prepare(&boot_info);
}

void boot_main(u32 magic, u32 info)
{
	read_boot_info(magic, info);
	bring_up_machine();
	mm_init();
	cpu_init(0);
	core_init();
	irq_enable();
	smp_boot_all();
	dom0_build(&boot_info);
	sched_start();
}

void upcall_secondary_main(void)
{
	core_init_cpu();
	sched_start();
}
