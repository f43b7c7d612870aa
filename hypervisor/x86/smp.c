// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting the other processors, one after another (Intel SDM vol. 3A, section 8.4.4: INIT, start-up, start-up).
 *
 * Numbers are given in the order of arrival, so there are no holes: an area prepared for a processor that does not answer
 * goes to the next one. Started processors wait until all are there before they enter upcall_secondary_main().
 */
#include "x86/smp.h"

#include "lib/log.h"
#include "lib/string.h"
#include "x86/acpi.h"
#include "x86/apic.h"
#include "x86/cpu.h"
#include "x86/entry.h"
#include "x86/features.h"
#include "x86/fpu.h"
#include "x86/gdt.h"
#include "x86/idt.h"
#include "x86/own_maps.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/smp_setup.h"
#include "x86/time.h"
#include "x86/time_setup.h"
#include "x86/upcalls.h"

#define LOW_MEMORY_END 0x9f000
#define ANSWER_MS      2000

extern const char trampoline_start[], trampoline_end[];
extern u64 ap_cr3, ap_stack;
extern u32 ap_ticket;
void smp_ap_main(void);

static u32 cpu_count = 1;
static u32 trampoline_page;
static u32 areas = 1;
static bool ap_alive, all_started;

u32 smp_cpu_count(void)
{
	return READ_ONCE(cpu_count);
}

/* A page of RAM below 640 KiB, but not the first one (interrupt vectors and BIOS data). */
static u32 find_low_page(const struct boot_info *bi)
{
	u64 page;
	u32 i;

	for (page = 0x8000; page < LOW_MEMORY_END; page += PAGE_SIZE) {
		for (i = 0; i < bi->range_count; i++) {
			const struct boot_range *r = &bi->ranges[i];

			if (r->type == RANGE_RAM && page >= r->start && page + PAGE_SIZE <= r->start + r->bytes) {
				return page;
			}
		}
	}
	return 0;
}

void smp_prepare(const struct boot_info *bi)
{
	this_pcpu()->apic_id = apic_id();
	trampoline_page = find_low_page(bi);
	while (areas < acpi_info.cpu_count) {
		own_maps_add_cpu(areas++);
	}
}

void cpu_init(u32 cpu)
{
	cpu_features_apply();
	gdt_init_cpu();
	idt_load();
	entry_init_cpu(cpu);
	fpu_init_cpu();
	if (cpu) {
		apic_init_cpu();
	}
	time_init_cpu();
}

/* A started processor's first C function, on its own stack and the final page tables. */
void smp_ap_main(void)
{
	struct pcpu *p = this_pcpu();

	p->loaded_cr3 = own_maps_idle_cr3();
	cpu_init(p->id);
	WRITE_ONCE(ap_alive, true);
	time_check_warp(false);
	while (!READ_ONCE(all_started)) {
		cpu_relax();
	}
	smp_mb();
	upcall_secondary_main();
}

static bool wait_for_answer(u32 ms)
{
	u32 i;

	for (i = 0; i < ms * 10 && !READ_ONCE(ap_alive); i++) {
		time_udelay(100);
	}
	return READ_ONCE(ap_alive);
}

static bool start_one(u32 cpu, u32 target)
{
	struct pcpu *p = pcpu_of(cpu);

	p->apic_id = target;
	ap_cr3 = own_maps_idle_cr3();
	ap_stack = (u64)p;
	WRITE_ONCE(ap_alive, false);
	__atomic_store_n(&ap_ticket, 1, __ATOMIC_SEQ_CST);
	apic_send_init(target);
	time_udelay(10000);
	apic_send_startup(target, trampoline_page >> PAGE_SHIFT);
	if (!wait_for_answer(1)) {
		apic_send_startup(target, trampoline_page >> PAGE_SHIFT);
	}
	if (wait_for_answer(ANSWER_MS)) {
		return true;
	}
	if (__atomic_exchange_n(&ap_ticket, 0, __ATOMIC_SEQ_CST)) {
		return false;
	}
	/* It took the ticket and is on its way: it must arrive, because it runs on the area. */
	return wait_for_answer(10 * ANSWER_MS);
}

void smp_boot_all(void)
{
	u32 i;

	if (!trampoline_page) {
		log_warn("smp: no memory below 640 KiB, using one processor");
		return;
	}
	memcpy(maddr_to_virt(MADDR(trampoline_page)), trampoline_start, trampoline_end - trampoline_start);
	for (i = 0; i < acpi_info.cpu_count && cpu_count < areas; i++) {
		u32 target = acpi_info.apic_ids[i];

		if (target == this_pcpu()->apic_id) {
			continue;
		}
		if (start_one(cpu_count, target)) {
			time_check_warp(true);
			WRITE_ONCE(cpu_count, cpu_count + 1);
		} else {
			log_warn("smp: the processor with APIC id %u does not start", target);
		}
	}
	log_info("smp: %u processors, TSC %s", cpu_count, time_scale.stable ? "stable" : "not stable");
	smp_mb();
	WRITE_ONCE(all_started, true);
}
