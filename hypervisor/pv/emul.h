/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulation of single instructions, and the I/O ports behind some of them. Within this room only.
 */
#ifndef LAMINA_PV_EMUL_H
#define LAMINA_PV_EMUL_H

#include "core/vcpu.h"
#include "lib/types.h"

/* After #UD: the marked CPUID (ud2, "xen", cpuid). True: done, RIP advanced. */
bool pv_emulate_forced_cpuid(struct cpu_user_regs *regs);

/*
 * The guest's current mode may execute I/O instructions: its virtual IOPL allows it. What the ports then do is decided by the
 * two functions below.
 */
bool io_allowed(const struct vcpu *v);
/* Access of @bytes (1, 2, 4) at @port as the domain may see it: real, emulated, or all ones and dropped. */
u32 io_port_read(struct vcpu *v, u16 port, unsigned int bytes);
void io_port_write(struct vcpu *v, u16 port, unsigned int bytes, u32 value);
/* The ports that @v's domain touches without trapping, as tss_set_io_bitmap() takes it; NULL: none. */
const u8 *io_bitmap(const struct vcpu *v);

#endif
