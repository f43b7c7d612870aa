// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each processor's GDT page and task state segment.
 *
 * The TSS gives the stack pointers for entry from guests, the four emergency stacks, and the I/O permission bitmap. The
 * bitmap lies behind the fixed part; "no ports" is an offset beyond the segment limit, so most vCPU switches store two bytes.
 */
#include "x86/gdt.h"

#include "lib/string.h"
#include "x86/cpu.h"
#include "x86/page.h"
#include "x86/pcpu.h"

#define DESC_CODE64  0x00af9b000000ffffULL
#define DESC_DATA    0x00cf93000000ffffULL
#define DESC_USER    0x0000600000000000ULL /* DPL 3 */
#define DESC_CODE32  0x00cf9b000000ffffULL
#define DESC_TSS     0x89
#define DESC_LDT     0x82

#define IO_BITMAP_BYTES 8192

#define AREA_IST 0x2000
#define IST_BYTES 0x800

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_base;
	u8 io_bitmap[IO_BITMAP_BYTES];
	u8 io_end; /* all ones, SDM vol. 1, 19.5.2 */
	const u8 *io_source;
} __packed;

#define TSS_LIMIT   (offsetof(struct tss, io_end))
#define IO_BASE_NONE 0xffff

_Static_assert(offsetof(struct tss, io_bitmap) == 104, "fixed part of the TSS");
_Static_assert(sizeof(struct tss) <= TSS_PAGES << PAGE_SHIFT, "TSS_PAGES");

static u64 *own_entry(const struct pcpu *p, u16 selector)
{
	return (u64 *)p->gdt + ((selector - GDT_OWN_BASE) >> 3);
}

/* Writes a 16-byte system descriptor. */
static void set_system(u64 *entry, u64 base, u64 limit, u8 type)
{
	entry[0] = (limit & 0xffff) | (base & 0xffffff) << 16 | (u64)type << 40 | (limit >> 16 & 0xf) << 48 |
		   (base >> 24 & 0xff) << 56;
	entry[1] = base >> 32;
}

static void fill_tss(struct pcpu *p)
{
	u64 area = (u64)p & ~(u64)(PCPU_AREA_SIZE - 1);
	struct tss *t = p->tss;
	int i;

	t->rsp[0] = pcpu_entry_rsp(p);
	for (i = 0; i < 4; i++) {
		t->ist[i] = area + AREA_IST + (i + 1) * IST_BYTES;
	}
	t->io_base = IO_BASE_NONE;
	t->io_end = 0xff;
}

static void load_registers(const struct pcpu *p)
{
	struct {
		u16 limit;
		u64 base;
	} __packed gdtr = { GDT_LIMIT, gdt_window_va(p->id) };

	__asm__ volatile("lgdt %[gdtr]\n\t"
			 "pushq %[cs]\n\t"
			 "lea 1f(%%rip), %%rax\n\t"
			 "push %%rax\n\t"
			 "lretq\n\t"
			 "1: mov %[ds], %%ss\n\t"
			 "xor %%eax, %%eax\n\t"
			 "mov %%eax, %%ds\n\t"
			 "mov %%eax, %%es\n\t"
			 "mov %%eax, %%fs\n\t"
			 "mov %%eax, %%gs\n\t"
			 "ltr %[tr]\n\t"
			 "lldt %%ax"
			 :
			 : [gdtr] "m"(gdtr), [cs] "i"(HV_CS), [ds] "r"(HV_DS), [tr] "r"((u16)TSS_SELECTOR)
			 : "rax", "memory");
}

void gdt_init_cpu(void)
{
	struct pcpu *p = this_pcpu();

	*own_entry(p, HV_CS) = DESC_CODE64;
	*own_entry(p, HV_DS) = DESC_DATA;
	*own_entry(p, FLAT_CS32 & ~7) = DESC_CODE32 | DESC_USER;
	*own_entry(p, FLAT_DS & ~7) = DESC_DATA | DESC_USER;
	*own_entry(p, FLAT_CS64 & ~7) = DESC_CODE64 | DESC_USER;
	fill_tss(p);
	set_system(own_entry(p, TSS_SELECTOR), (u64)p->tss, TSS_LIMIT, DESC_TSS);
	load_registers(p);
}

void gdt_load_ldt(u32 entries)
{
	struct pcpu *p = this_pcpu();
	u16 selector = 0;

	if (entries) {
		set_system(own_entry(p, LDT_SELECTOR), ldt_window_va(p->id), (u64)entries * 8 - 1, DESC_LDT);
		selector = LDT_SELECTOR;
	}
	__asm__ volatile("lldt %0" :: "r"(selector) : "memory");
}

void tss_set_io_bitmap(const u8 *bitmap)
{
	struct tss *t = this_pcpu()->tss;

	if (bitmap && bitmap != t->io_source) {
		memcpy(t->io_bitmap, bitmap, IO_BITMAP_BYTES);
		t->io_source = bitmap;
	}
	t->io_base = bitmap ? offsetof(struct tss, io_bitmap) : IO_BASE_NONE;
}

void tss_io_bitmap_changed(void)
{
	struct tss *t = this_pcpu()->tss;

	t->io_source = NULL;
	t->io_base = IO_BASE_NONE;
}
