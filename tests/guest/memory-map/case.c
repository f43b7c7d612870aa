/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the first domain gets the machine's memory map: sorted, with RAM, entries counted
 * exactly; too small a buffer is cut or refused but never overrun; the reservation queries
 * answer; subops that do not exist are -ENOSYS [MEM-5, MEM-6].
 */
#include <public/memory.h>
#include "case.h"
#include "hypercall.h"
#include "string.h"

static struct xen_e820_entry map[130];

static void run(void)
{
	struct xen_memory_map op = { .nr_entries = 128, .buffer = (uint64_t)map };
	struct xen_memory_domain self = { .domid = DOMID_SELF };
	unsigned int i, ram = 0;

	EXPECT_EQ(hypercall_memory_op(XENMEM_machine_memory_map, &op), 0);
	EXPECT(op.nr_entries > 1 && op.nr_entries < 128);
	for (i = 0; i < op.nr_entries; i++) {
		ram += map[i].type == XEN_E820_RAM;
		if (i && map[i].addr < map[i - 1].addr + map[i - 1].size) {
			case_fail(__LINE__, "entry %u overlaps the one before", i);
		}
	}
	EXPECT(ram > 0);
	memset(map, 0x11, sizeof(map));
	op.nr_entries = 1;
	hypercall_memory_op(XENMEM_machine_memory_map, &op);
	EXPECT_EQ(map[1].addr, 0x1111111111111111);
	op = (struct xen_memory_map){ .nr_entries = 128, .buffer = 8 };
	EXPECT(hypercall_memory_op(XENMEM_machine_memory_map, &op) < 0);
	EXPECT(hypercall_memory_op(XENMEM_maximum_reservation, &self) > 0);
	EXPECT(hypercall_memory_op(XENMEM_maximum_ram_page, NULL) > 0);
	EXPECT(hypercall_memory_op(XENMEM_maximum_gpfn, &self) >= 0);
	EXPECT_EQ(hypercall_memory_op(60, &self), -XEN_ENOSYS);
}

CASE(run, 0);
