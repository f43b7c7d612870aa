// SPDX-License-Identifier: GPL-2.0-only
/*
 * set_gdt(frames, entries) and update_descriptor(address, descriptor). The rules are in pv/descriptor.c.
 */
#include "core/vcpu.h"
#include "hypercall/hypercall.h"
#include "mm/guest_copy.h"
#include "pv/pv.h"
#include "x86/pcpu.h"

#define ENTRIES_PER_FRAME 512
#define ENTRIES_MAX (GDT_GUEST_FRAMES * ENTRIES_PER_FRAME)

HYPERCALL(set_gdt)
{
	u64 frames[GDT_GUEST_FRAMES];
	u32 count;

	(void)a3; (void)a4; (void)a5; (void)a6;
	if (a2 > ENTRIES_MAX) {
		return -EINVAL;
	}
	count = (u32)(a2 + ENTRIES_PER_FRAME - 1) / ENTRIES_PER_FRAME;
	if (guest_copy_in(frames, GVA(a1), count * sizeof(frames[0]))) {
		return -EFAULT;
	}
	return pv_set_gdt(current_vcpu(), frames, count, (u32)a2);
}

HYPERCALL(update_descriptor)
{
	(void)a3; (void)a4; (void)a5; (void)a6;
	return pv_update_descriptor(current_vcpu()->domain, MADDR(a1), a2);
}
