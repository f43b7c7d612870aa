// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt descriptor table. Every gate is an interrupt gate to the vector's stub in entry.S.
 *
 * Guests may raise 3, 4 and 0x80 by instruction; all others raise #GP at CPL 3, which the trap code reflects by the guest's own
 * table. NMI, double fault, machine check and #DB have stacks of their own: they can arrive while the stack pointer
 * is still the guest's, because SYSCALL does not switch it.
 */
#include "x86/idt.h"

#include "x86/entry.h"
#include "x86/gdt.h"

#define GATE_INTERRUPT 0x8e
#define GATE_DPL3      0x60

struct gate {
	u16 offset_low;
	u16 selector;
	u8 ist;
	u8 type;
	u16 offset_middle;
	u32 offset_high;
	u32 zero;
};

static struct gate idt[256] __aligned(4096);

static u8 ist_of(u32 vector)
{
	switch (vector) {
	case VECTOR_NMI:
		return IST_NMI;
	case VECTOR_DF:
		return IST_DF;
	case VECTOR_MC:
		return IST_MC;
	case VECTOR_DB:
		return IST_DB;
	default:
		return 0;
	}
}

void idt_init(void)
{
	u32 v;

	for (v = 0; v < 256; v++) {
		u64 stub = (u64)vector_stubs + v * VECTOR_STUB_SIZE;
		bool open = v == VECTOR_BP || v == VECTOR_OF || v == VECTOR_GUEST_SYSCALL;

		idt[v] = (struct gate){
			.offset_low = stub,
			.selector = HV_CS,
			.ist = ist_of(v),
			.type = GATE_INTERRUPT | (open ? GATE_DPL3 : 0),
			.offset_middle = stub >> 16,
			.offset_high = stub >> 32,
		};
	}
}

void idt_load(void)
{
	struct {
		u16 limit;
		u64 base;
	} __packed idtr = { sizeof(idt) - 1, (u64)idt };

	__asm__ volatile("lidt %0" :: "m"(idtr));
}
