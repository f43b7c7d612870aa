/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: a GDT frame must not be mapped writable; code and data descriptors of any privilege are
 * taken and end up with DPL 3; system descriptors other than call gates are refused, by set_gdt
 * and by update_descriptor alike; more entries than lie below the reserved page are refused
 * [DESC-1, DESC-2].
 */
#include <public/mmu.h>
#include "case.h"
#include "hypercall.h"
#include "mm.h"

#define CODE_DPL0 0x00af9b000000ffffUL
#define DATA_DPL0 0x00cf93000000ffffUL
#define DATA_DPL3 0x00cff3000000ffffUL
#define TSS_DESCRIPTOR 0x0000890000000067UL
#define LDT_DESCRIPTOR 0x000082000000ffffUL
#define INTERRUPT_GATE 0x00008e0000100000UL
#define NOT_PRESENT 0x0000120034567890UL

static void check_updates(volatile uint64_t *gdt)
{
	uint64_t maddr = virt_to_mfn((void *)gdt) * PAGE_BYTES;

	EXPECT_EQ(hypercall_update_descriptor(maddr + 5 * 8, DATA_DPL3), 0);
	EXPECT_EQ(gdt[5], DATA_DPL3);
	EXPECT_EQ(hypercall_update_descriptor(maddr + 6 * 8, DATA_DPL0), 0);
	EXPECT_EQ(gdt[6] >> 45 & 3, 3);
	EXPECT_EQ(hypercall_update_descriptor(maddr + 7 * 8, NOT_PRESENT), 0);
	EXPECT_EQ(gdt[7], NOT_PRESENT);
	EXPECT(hypercall_update_descriptor(maddr + 8 * 8, TSS_DESCRIPTOR) < 0);
	EXPECT(hypercall_update_descriptor(maddr + 8 * 8, LDT_DESCRIPTOR) < 0);
	EXPECT(hypercall_update_descriptor(maddr + 8 * 8, INTERRUPT_GATE) < 0);
	EXPECT_EQ(gdt[8], 0);
	EXPECT(hypercall_update_descriptor(maddr + 4, DATA_DPL3) < 0);
	EXPECT_EQ(hypercall_update_descriptor(maddr + 5 * 8, 0), 0);
}

static void run(void)
{
	volatile uint64_t *gdt = page_alloc();
	uint64_t frame, bad = ~0UL;
	uint32_t rights = 0;

	REQUIRE(gdt);
	frame = virt_to_mfn((void *)gdt);
	EXPECT(hypercall_set_gdt(&frame, 16) < 0);
	gdt[1] = CODE_DPL0;
	gdt[2] = DATA_DPL0;
	REQUIRE(page_make_ro((void *)gdt) == 0);
	EXPECT_EQ(hypercall_set_gdt(&frame, 16), 0);
	EXPECT_EQ(gdt[1] >> 45 & 3, 3);
	EXPECT_EQ(gdt[2] >> 45 & 3, 3);
	asm volatile("lar %1, %0" : "+r"(rights) : "r"(0x13) : "cc");
	EXPECT_EQ(rights >> 13 & 3, 3);
	asm volatile("mov %0, %%ds\n\tmov %1, %%ds" : : "r"(0x13), "r"(0));
	EXPECT(page_make_rw((void *)gdt) < 0);
	check_updates(gdt);
	EXPECT(hypercall_set_gdt(&frame, FIRST_RESERVED_GDT_ENTRY + 1) < 0);
	EXPECT(hypercall_set_gdt(&bad, 16) < 0);
	EXPECT_EQ(hypercall_set_gdt((void *)0x10, 16), -XEN_EFAULT);
	EXPECT_EQ(hypercall_set_gdt(&frame, 0), 0);
	REQUIRE(page_make_rw((void *)gdt) == 0);
	gdt[1] = TSS_DESCRIPTOR;
	REQUIRE(page_make_ro((void *)gdt) == 0);
	EXPECT(hypercall_set_gdt(&frame, 16) < 0);
	EXPECT_EQ(page_make_rw((void *)gdt), 0);
	page_free((void *)gdt);
}

CASE(run, 0);
