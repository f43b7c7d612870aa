// SPDX-License-Identifier: GPL-2.0-only
/*
 * set_trap_table(table): exception handlers of the calling vCPU.
 *
 * Entries are read one by one until one has address 0; each replaces its vector as soon as it is read, the others keep theirs.
 * A null table clears all. At most 257 entries are read.
 */
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/hypercall.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "public/vcpu.h"
#include "pv/bounce.h"
#include "x86/pcpu.h"

#define VECTORS 256

HYPERCALL(set_trap_table)
{
	struct vcpu *v = current_vcpu();
	struct trap_info entry;
	u32 i;

	(void)a2; (void)a3; (void)a4; (void)a5; (void)a6;
	if (!a1) {
		memset(v->pv.traps, 0, VECTORS * sizeof(*v->pv.traps));
		return 0;
	}
	for (i = 0; i <= VECTORS; i++) {
		if (guest_copy_in(&entry, guest_elem(GVA(a1), i, sizeof(entry)), sizeof(entry))) {
			return -EFAULT;
		}
		if (!entry.address) {
			return 0;
		}
		if (!pv_handler_address_ok(entry.address)) {
			return refuse(v->domain, -EINVAL, "set_trap_table", "handler address is not the guest's", entry.vector,
				      entry.address);
		}
		v->pv.traps[entry.vector] = (struct pv_trap){
			.addr = entry.address, .cs = entry.cs, .dpl = TI_GET_DPL(&entry), .masks_events = TI_GET_IF(&entry),
		};
	}
	return refuse(v->domain, -EINVAL, "set_trap_table", "more entries than vectors, no end", a1, 0);
}
