// SPDX-License-Identifier: GPL-2.0-only
/* Descriptor windows and the hypervisor's slots of an L4: what floor pv/ asks of x86/ about them. Windows remember their frames. */
#include "x86/gdt.h"
#include "x86/own_maps.h"
#include "x86/pcpu.h"

#define LDT_SLOTS 16

static u64 gdt_frames[FAKE_CPUS][GDT_GUEST_FRAMES], ldt_frames[FAKE_CPUS][LDT_SLOTS];

/* Frame numbers are kept plus one: nothing is shown at first. */
void gdt_window_set(u32 cpu, u32 slot, mfn_t mfn) { gdt_frames[cpu][slot] = mfn.v + 1; }
void ldt_window_set(u32 cpu, u32 slot, mfn_t mfn) { ldt_frames[cpu][slot] = mfn.v + 1; }
void gdt_load_ldt(u32 entries) { (void)entries; }

void own_maps_fill_l4(u64 *l4)
{
	u32 i;

	for (i = HV_L4_FIRST; i <= HV_L4_LAST; i++) {
		l4[i] = (u64)i << 12 | PTE_P;
	}
}
