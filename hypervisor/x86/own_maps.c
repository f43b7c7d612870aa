// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor's page tables, built once at boot.
 *
 * hv_l3[] are the sixteen shared L3 pages. Tables below them come from early_alloc and are never freed; after boot only L1
 * entries of the windows and of the device area change: windows by the processor they belong to, the device area under
 * device_lock. Descriptor windows are writable, because the processor sets accessed and busy bits there; the guest's view of
 * those frames is kept read-only by their page type.
 */
#include "x86/own_maps.h"

#include "lib/bitmap.h"
#include "lib/checked.h"
#include "lib/log.h"
#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/early_alloc.h"
#include "x86/gdt.h"
#include "x86/image.h"
#include "x86/pcpu.h"
#include "x86/spinlock.h"

#define HV_SLOTS      (HV_L4_LAST - HV_L4_FIRST + 1)
#define DEVICE_L1S    8
#define DEVICE_PAGES  (DEVICE_L1S * PTES_PER_PAGE)
#define WINDOW_SLOTS  16
#define CPUS_PER_L1   (PTES_PER_PAGE / WINDOW_SLOTS)
#define AREA_PAGES    (PCPU_AREA_SIZE / PAGE_SIZE)

#define FLAGS_TEXT    (PTE_P | PTE_A | PTE_G)
#define FLAGS_RO      (PTE_P | PTE_A | PTE_G | PTE_NX)
#define FLAGS_RW      (PTE_P | PTE_A | PTE_D | PTE_RW | PTE_G | PTE_NX)
#define FLAGS_DEVICE  (FLAGS_RW | PTE_PCD | PTE_PWT)
#define FLAGS_M2P     (PTE_P | PTE_A | PTE_US | PTE_NX)
#define FLAGS_TABLE   (PTE_P | PTE_A | PTE_D | PTE_RW)

static u64 hv_l3[HV_SLOTS][PTES_PER_PAGE] __aligned(4096);
static u64 idle_l4[PTES_PER_PAGE] __aligned(4096);
static const u8 zero_page[PAGE_SIZE] __aligned(4096);
static u64 device_l2[PTES_PER_PAGE] __aligned(4096);
static u64 device_l1[DEVICE_L1S][PTES_PER_PAGE] __aligned(4096);
static u64 device_used[BITMAP_WORDS(DEVICE_PAGES)];
static spinlock_t device_lock;

static u64 *gdt_window_l1[MAX_PCPUS / CPUS_PER_L1];
static u64 *ldt_window_l1[MAX_PCPUS / CPUS_PER_L1];
static maddr_t area_maddr[MAX_PCPUS];

extern u8 boot_pcpu_area[];

u64 own_maps_idle_cr3(void)
{
	return image_maddr(idle_l4);
}

void own_maps_fill_l4(u64 *l4)
{
	u32 i;

	for (i = 0; i < HV_SLOTS; i++) {
		u64 us = i == 0 ? PTE_US : 0;

		l4[HV_L4_FIRST + i] = image_maddr(hv_l3[i]) | FLAGS_TABLE | us;
	}
}

/* The table one level down behind @entry, made on demand. */
static u64 *table_of(u64 *entry, u64 us)
{
	if (!(*entry & PTE_P)) {
		*entry = virt_to_maddr(early_alloc_pages(1, 1)).v | FLAGS_TABLE | us;
	}
	BUG_ON(*entry & PTE_PSE);
	return maddr_to_virt(MADDR(*entry & PTE_ADDR));
}

/* The L1 table that maps @va, a hypervisor address. */
static u64 *l1_of(u64 va, u64 us)
{
	u64 *l3 = hv_l3[va_index(va, 4) - HV_L4_FIRST];
	u64 *l2 = table_of(&l3[va_index(va, 3)], us);

	return table_of(&l2[va_index(va, 2)], us);
}

/* Maps one page of the largest size that alignment and length permit; returns that size. */
static u64 map_one(u64 va, u64 maddr, u64 bytes, u64 flags)
{
	u64 *l3 = &hv_l3[va_index(va, 4) - HV_L4_FIRST][va_index(va, 3)];
	u64 *l2;

	if (cpu_features.has_1g && !((va | maddr) & (GIB(1) - 1)) && bytes >= GIB(1)) {
		*l3 = maddr | flags | PTE_PSE;
		return GIB(1);
	}
	l2 = table_of(l3, flags & PTE_US) + va_index(va, 2);
	if (!((va | maddr) & (MIB(2) - 1)) && bytes >= MIB(2)) {
		*l2 = maddr | flags | PTE_PSE;
		return MIB(2);
	}
	table_of(l2, flags & PTE_US)[va_index(va, 1)] = maddr | flags;
	return PAGE_SIZE;
}

/* Boot only: nothing of the range may be mapped yet. All page aligned. */
static void map_range(u64 va, u64 maddr, u64 bytes, u64 flags)
{
	while (bytes) {
		u64 size = map_one(va, maddr, bytes, flags);

		va += size;
		maddr += size;
		bytes -= size;
	}
}

/* By 4 KiB pages, so that rights can change from page to page. */
static void map_image_part(const char *from, const char *to, u64 flags)
{
	const char *p;

	for (p = from; p < to; p += PAGE_SIZE) {
		l1_of((u64)p, 0)[va_index((u64)p, 1)] = image_maddr(p) | flags;
	}
}

static void map_image(void)
{
	map_image_part(text_start, text_end, FLAGS_TEXT);
	map_image_part(rodata_start, rodata_end, FLAGS_RO);
	map_image_part(data_start, image_end, FLAGS_RW);
}

static void map_area(u32 cpu, maddr_t area)
{
	u64 va = PCPU_AREAS_VA + (u64)cpu * PCPU_AREA_SIZE;
	u64 *l1 = l1_of(va, 0) + va_index(va, 1);
	u32 i;

	area_maddr[cpu] = area;
	l1[0] = area.v | FLAGS_TEXT;
	for (i = 2; i < AREA_PAGES; i++) {
		l1[i] = (area.v + i * PAGE_SIZE) | FLAGS_RW;
	}
}

/*
 * What the GDT window shows in place of a frame the guest did not give: descriptors that are not there. The limit covers all
 * slots, and loading a selector of an unmapped one would be a page fault in the window instead of the guest's #GP.
 */
static u64 empty_gdt_entry(void)
{
	return image_maddr(zero_page) | FLAGS_RO;
}

static void prepare_windows(u32 cpu, const struct pcpu *p)
{
	u32 i = cpu / CPUS_PER_L1, slot;

	gdt_window_l1[i] = l1_of(gdt_window_va(cpu), 0);
	ldt_window_l1[i] = l1_of(ldt_window_va(cpu), 0);
	for (slot = 0; slot < GDT_GUEST_FRAMES; slot++) {
		gdt_window_l1[i][(cpu % CPUS_PER_L1) * WINDOW_SLOTS + slot] = empty_gdt_entry();
	}
	gdt_window_l1[i][(cpu % CPUS_PER_L1) * WINDOW_SLOTS + GDT_GUEST_FRAMES] =
		virt_to_maddr(p->gdt).v | FLAGS_RW;
}

void own_maps_add_cpu(u32 cpu)
{
	struct pcpu *p;
	u8 *area;

	if (cpu == 0) {
		map_area(0, MADDR(image_maddr(boot_pcpu_area)));
		p = (struct pcpu *)(maddr_to_virt(MADDR(image_maddr(boot_pcpu_area) + PCPU_AREA_SIZE)) - sizeof(*p));
	} else {
		area = early_alloc_pages(AREA_PAGES, AREA_PAGES);
		map_area(cpu, virt_to_maddr(area));
		p = (struct pcpu *)(area + PCPU_AREA_SIZE - sizeof(*p));
	}
	/* Through the direct map: processor 0 gets here before its final tables are loaded. */
	p->id = cpu;
	p->gdt = early_alloc_pages(1, 1);
	p->tss = early_alloc_pages(TSS_PAGES, 1);
	prepare_windows(cpu, p);
}

static void prepare_device_area(void)
{
	u32 i;

	for (i = 0; i < DEVICE_L1S; i++) {
		device_l2[i] = image_maddr(device_l1[i]) | FLAGS_TABLE;
	}
	hv_l3[va_index(DEVICE_VA, 4) - HV_L4_FIRST][va_index(DEVICE_VA, 3)] = image_maddr(device_l2) | FLAGS_TABLE;
}

void own_maps_init(void)
{
	u64 first, pages;
	u32 i = 0;

	own_maps_fill_l4(idle_l4);
	map_image();
	own_maps_add_cpu(0);
	prepare_device_area();
	while (early_alloc_next_ram(&i, &first, &pages)) {
		map_range(DIRECT_MAP_VA + (first << PAGE_SHIFT), first << PAGE_SHIFT, pages << PAGE_SHIFT, FLAGS_RW);
	}
	write_cr3(own_maps_idle_cr3());
	this_pcpu()->loaded_cr3 = own_maps_idle_cr3();
	early_alloc_use_all();
}

void own_maps_map_frame_table(u64 offset_bytes, mfn_t first, u64 pages, bool writable)
{
	map_range(FRAME_TABLE_VA + offset_bytes, mfn_to_maddr(first).v, pages << PAGE_SHIFT, writable ? FLAGS_RW : FLAGS_RO);
}

void own_maps_map_m2p(u64 offset_bytes, mfn_t first, u64 pages)
{
	BUG_ON(!range_within(offset_bytes, pages << PAGE_SHIFT, M2P_VA_END - M2P_VA));
	map_range(M2P_VA + offset_bytes, mfn_to_maddr(first).v, pages << PAGE_SHIFT, FLAGS_M2P);
}

static void window_set(u64 *entry, u64 va, mfn_t mfn, u64 empty)
{
	WRITE_ONCE(*entry, mfn_eq(mfn, MFN_INVALID) ? empty : mfn_to_maddr(mfn).v | FLAGS_RW);
	invlpg(va);
}

void gdt_window_set(u32 cpu, u32 slot, mfn_t mfn)
{
	u64 *l1 = gdt_window_l1[cpu / CPUS_PER_L1];

	BUG_ON(slot >= GDT_GUEST_FRAMES);
	window_set(&l1[(cpu % CPUS_PER_L1) * WINDOW_SLOTS + slot], gdt_window_va(cpu) + slot * PAGE_SIZE, mfn,
		   empty_gdt_entry());
}

void ldt_window_set(u32 cpu, u32 slot, mfn_t mfn)
{
	u64 *l1 = ldt_window_l1[cpu / CPUS_PER_L1];

	BUG_ON(slot >= WINDOW_SLOTS);
	window_set(&l1[(cpu % CPUS_PER_L1) * WINDOW_SLOTS + slot], ldt_window_va(cpu) + slot * PAGE_SIZE, mfn, 0);
}

/* First page of @pages free ones in a row, DEVICE_PAGES if there are none. Device lock held. */
static u32 find_device_pages(u32 pages)
{
	u32 first = 0, used;

	for (;;) {
		first = bitmap_find_clear(device_used, DEVICE_PAGES, first);
		if (first + pages > DEVICE_PAGES) {
			return DEVICE_PAGES;
		}
		used = bitmap_find_set(device_used, DEVICE_PAGES, first);
		if (used - first >= pages) {
			return first;
		}
		first = used;
	}
}

void *map_device(u64 maddr, size_t bytes)
{
	u64 offset = maddr & ~PAGE_MASK, flags;
	u32 pages, first, i;

	if (!bytes || bytes > (DEVICE_PAGES << PAGE_SHIFT)) {
		return NULL;
	}
	pages = ALIGN_UP(offset + bytes, PAGE_SIZE) >> PAGE_SHIFT;
	flags = spin_lock_irqsave(&device_lock);
	first = find_device_pages(pages);
	for (i = 0; first < DEVICE_PAGES && i < pages; i++) {
		u32 n = first + i;

		bitmap_set(device_used, n);
		device_l1[n / PTES_PER_PAGE][n % PTES_PER_PAGE] = ((maddr & PAGE_MASK) + i * PAGE_SIZE) | FLAGS_DEVICE;
	}
	spin_unlock_irqrestore(&device_lock, flags);
	return first < DEVICE_PAGES ? (void *)(DEVICE_VA + ((u64)first << PAGE_SHIFT) + offset) : NULL;
}

/*
 * Other processors may keep a stale translation of a page that was unmapped; they get a wrong device only if they used this
 * very address before, so pages unmapped after boot are not given out again.
 */
void unmap_device(void *p, size_t bytes)
{
	u64 va = (u64)p & PAGE_MASK, end = ALIGN_UP((u64)p + bytes, PAGE_SIZE);
	u64 flags = spin_lock_irqsave(&device_lock);

	for (; va < end; va += PAGE_SIZE) {
		u32 n = (va - DEVICE_VA) >> PAGE_SHIFT;

		device_l1[n / PTES_PER_PAGE][n % PTES_PER_PAGE] = 0;
		invlpg(va);
		if (!early_alloc_is_closed()) {
			bitmap_clear(device_used, n);
		}
	}
	spin_unlock_irqrestore(&device_lock, flags);
}

void *own_maps_stub_page(u32 cpu)
{
	return maddr_to_virt(area_maddr[cpu]);
}

void *own_maps_text_alias(const void *text)
{
	return maddr_to_virt(MADDR(image_maddr(text)));
}
