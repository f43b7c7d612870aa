// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fake machine: memory that mm_init() takes over as it would on a real one, processors as array elements, interrupt lines as
 * records, and a clock that stands still until a test moves it.
 */
#include "fake/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/vcpu.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "mm/frame_table.h"
#include "mm/heap_blocks.h"
#include "mm/mm.h"
#include "mm/page_alloc.h"
#include "x86/early_alloc.h"
#include "x86/entry.h"
#include "x86/irq.h"
#include "x86/own_maps.h"
#include "x86/page.h"
#include "x86/pcpu.h"
#include "x86/power.h"
#include "x86/smp.h"
#include "x86/time.h"
#include "x86/tlb.h"
#include "x86/uaccess.h"
#include "x86/uart.h"

#define FIRST_BOOT_PAGE 256 /* 1 MiB */

char *fake_ram;
void *fake_frame_table;
struct pcpu fake_pcpus[FAKE_CPUS];
__thread u32 fake_cpu;
__thread bool fake_irqs_off;
u64 fake_kicks[FAKE_CPUS], fake_deadline_ns[FAKE_CPUS], fake_flushes;
void (*fake_kick_hook)(u32 cpu);
u32 fake_cpu_count = FAKE_CPUS;
struct fake_pirq fake_pirqs[64];

static u64 boot_next = FIRST_BOOT_PAGE;
static u64 fail_at, alloc_count;
static u64 guest_start, guest_bytes;

void fake_set_cpu(u32 cpu) { fake_cpu = cpu; }
bool fake_irqs_on(void) { return !fake_irqs_off; }

void fake_machine_init(void)
{
	u32 i;

	if (fake_ram) {
		return;
	}
	fake_ram = mmap(NULL, FAKE_RAM_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fake_ram == MAP_FAILED) {
		abort();
	}
	for (i = 0; i < FAKE_CPUS; i++) {
		fake_pcpus[i].id = i;
	}
	log_set_level(LOG_ERR);
	mm_init();
}

/* --- Allocation failures. The linker sends the floors' calls here (--wrap, tests/rules.mk). --------------------------------- */

void fake_alloc_fail_at(u64 nth)
{
	fail_at = nth;
	alloc_count = 0;
}

u64 fake_alloc_count(void) { return alloc_count; }

static bool fails(void) { return ++alloc_count == fail_at; }

void *__real_heap_alloc(size_t bytes);
void *__wrap_heap_alloc(size_t bytes);
void *__real_heap_alloc_pages(unsigned int order);
void *__wrap_heap_alloc_pages(unsigned int order);
void *__real_special_page_alloc(struct page_owner *o, bool writable);
void *__wrap_special_page_alloc(struct page_owner *o, bool writable);

void *__wrap_heap_alloc(size_t bytes) { return fails() ? NULL : __real_heap_alloc(bytes); }
void *__wrap_heap_alloc_pages(unsigned int order) { return fails() ? NULL : __real_heap_alloc_pages(order); }

void *__wrap_special_page_alloc(struct page_owner *o, bool writable)
{
	return fails() ? NULL : __real_special_page_alloc(o, writable);
}

/* --- Boot memory ------------------------------------------------------------------------------------------------------------ */

void *early_alloc_pages(u64 pages, u64 align_pages)
{
	u64 at = ALIGN_UP(boot_next, align_pages);

	boot_next = at + pages;
	if (boot_next > FAKE_RAM_PAGES) {
		abort();
	}
	return mfn_to_virt(MFN(at));
}

bool early_alloc_next_free(u32 *index, u64 *first_mfn, u64 *pages)
{
	*first_mfn = boot_next;
	*pages = FAKE_RAM_PAGES - boot_next;
	return (*index)++ == 0;
}

bool early_alloc_next_ram(u32 *index, u64 *first_mfn, u64 *pages)
{
	*first_mfn = 0;
	*pages = FAKE_RAM_PAGES;
	return (*index)++ == 0;
}

bool early_alloc_is_ram(u64 maddr) { return maddr < FAKE_RAM_PAGES * PAGE_SIZE; }

void own_maps_map_frame_table(u64 offset_bytes, mfn_t first, u64 pages, bool writable)
{
	(void)pages, (void)writable;
	fake_frame_table = (char *)mfn_to_virt(first) - offset_bytes;
}

void own_maps_map_m2p(u64 offset_bytes, mfn_t first, u64 pages)
{
	(void)offset_bytes, (void)first, (void)pages;
}

/* --- Processors, clock, TLB ------------------------------------------------------------------------------------------------- */

u32 smp_cpu_count(void) { return fake_cpu_count; }

void smp_kick(u32 cpu)
{
	__atomic_fetch_add(&fake_kicks[cpu], 1, __ATOMIC_RELAXED);
	if (fake_kick_hook) {
		fake_kick_hook(cpu);
	}
}

static void no_wait(void)
{
	fprintf(stderr, "a processor idles and nobody expected it\n");
	abort();
}
void (*fake_irq_wait)(void) = no_wait;

void smp_call(const struct cpumask *mask, void (*fn)(void *arg), void *arg) { (void)mask; fn(arg); }
void smp_stop_others(void) { }

u64 time_now_ns(void) { return fake_now_ns; }
u64 time_tsc_khz(void) { return 1000000; }
void time_set_deadline(u64 deadline_ns) { fake_deadline_ns[fake_cpu] = deadline_ns; }
u64 time_boot_wallclock_s(void) { return 1700000000; }
void time_udelay(u32 us) { (void)us; }
struct time_scale time_scale = { .mul = 1u << 31, .shift = 1, .stable = true };
struct cpu_features cpu_features = { .amd = true, .phys_bits = 46, .xcr0 = 7, .xsave_bytes = 832 };

u32 fake_tlb_clock = 1;
struct fake_flush fake_flush_mask, fake_flush_all;

static void flush_since(struct fake_flush *f, u32 stamp)
{
	f->count++;
	f->since = stamp;
}

u32 tlb_clock_now(void) { return fake_tlb_clock; }
void tlb_flush_local(void) { fake_flushes++; }
void tlb_write_cr3(u64 cr3) { this_pcpu()->loaded_cr3 = cr3; }
void tlb_flush_mask(const struct cpumask *mask) { (void)mask; fake_flushes++; }
void tlb_invlpg_mask(const struct cpumask *mask, u64 va) { (void)mask, (void)va; fake_flushes++; }
void tlb_flush_mask_since(const struct cpumask *mask, u32 stamp) { (void)mask, flush_since(&fake_flush_mask, stamp); }
void tlb_flush_all_since(u32 stamp) { flush_since(&fake_flush_all, stamp); }

/* --- Interrupt lines -------------------------------------------------------------------------------------------------------- */

u32 irq_gsi_count(void) { return FAKE_GSIS; }

int irq_setup_gsi(u32 gsi, bool level, bool active_low)
{
	(void)active_low;
	if (gsi >= FAKE_GSIS) {
		return -EINVAL;
	}
	if (fake_pirqs[gsi].set_up) {
		return -EEXIST;
	}
	fake_pirqs[gsi] = (struct fake_pirq){ .set_up = true, .level = level };
	return 0;
}

int irq_enable_pirq(u32 pirq, u32 cpu)
{
	if (pirq >= ARRAY_SIZE(fake_pirqs) || !fake_pirqs[pirq].set_up) {
		return -EINVAL;
	}
	fake_pirqs[pirq].enabled = true;
	fake_pirqs[pirq].cpu = cpu;
	return 0;
}

void irq_disable_pirq(u32 pirq)
{
	if (pirq < ARRAY_SIZE(fake_pirqs)) {
		fake_pirqs[pirq].enabled = false;
	}
}

void irq_eoi(u32 pirq) { fake_pirqs[pirq].eois++; }
bool irq_needs_eoi(u32 pirq) { return pirq < ARRAY_SIZE(fake_pirqs) && fake_pirqs[pirq].set_up && fake_pirqs[pirq].level; }
void irq_set_affinity(u32 pirq, u32 cpu) { fake_pirqs[pirq].cpu = cpu; }
bool irq_owns_frame(mfn_t mfn) { (void)mfn; return false; }

/* --- Guest memory ----------------------------------------------------------------------------------------------------------- */

void fake_guest_memory(u64 start, u64 bytes)
{
	guest_start = start;
	guest_bytes = bytes;
}

static size_t reachable(u64 at, size_t bytes)
{
	if (at < guest_start || at >= guest_start + guest_bytes) {
		return 0;
	}
	return MIN(bytes, guest_start + guest_bytes - at);
}

size_t uaccess_copy_in(void *to, u64 from, size_t bytes)
{
	size_t n = reachable(from, bytes);

	if (n) {
		memcpy(to, (const void *)from, n);
	}
	return bytes - n;
}

size_t uaccess_copy_out(u64 to, const void *from, size_t bytes)
{
	size_t n = reachable(to, bytes);

	if (n) {
		memcpy((void *)to, from, n);
	}
	return bytes - n;
}

/* --- Devices, power, guests: reached only by tests that say so ---------------------------------------------------------------- */

void uart_set_rx(void (*rx)(char c)) { (void)rx; }
void enter_guest(void) { abort(); }
void machine_halt(void) { abort(); }
void machine_reboot(void) { abort(); }
