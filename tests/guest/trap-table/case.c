/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: set_trap_table replaces the vectors it names and leaves the others; the mask flag of an
 * entry masks events at entry; a bad pointer and a non-canonical handler are refused [MODE-3,
 * MODE-7].
 */
#include <public/mmu.h>
#include <public/vcpu.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "hypercall.h"
#include "trap.h"

static uint8_t mask_seen, saved_seen;
static unsigned int hits;

static bool hook(struct trap_regs *regs)
{
	if (regs->vector != 6) {
		return false;
	}
	mask_seen = kit_shared_info->vcpu_info[0].evtchn_upcall_mask;
	saved_seen = (uint8_t)(regs->cs >> 32);
	hits++;
	regs->rip += 2;
	return true;
}

static long set_gate(uint8_t flags, uint64_t address)
{
	struct trap_info table[2] = {
		{ .vector = 6, .flags = flags, .cs = FLAT_KERNEL_CS, .address = address },
	};

	return hypercall_set_trap_table(table);
}

static void run(void)
{
	trap_set_hook(hook);
	EXPECT_EQ(set_gate(4, trap_entries[6]), 0);
	asm volatile("ud2" : : : "memory");
	EXPECT_EQ(hits, 1);
	EXPECT_EQ(mask_seen, 1);
	EXPECT_EQ(saved_seen, 0);
	EXPECT_EQ(kit_shared_info->vcpu_info[0].evtchn_upcall_mask, 0);
	EXPECT_EQ(set_gate(0, trap_entries[6]), 0);
	asm volatile("ud2" : : : "memory");
	EXPECT_EQ(mask_seen, 0);
	EXPECT_EQ(hypercall_set_trap_table((void *)0x10), -XEN_EFAULT);
	EXPECT_EQ(set_gate(0, 0x800000000000), -XEN_EINVAL);
	asm volatile("ud2" : : : "memory");
	EXPECT_EQ(hits, 3);
}

CASE(run, 0);
