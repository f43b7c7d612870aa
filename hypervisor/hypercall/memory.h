/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of memory_op: memory_op.c (dispatch, queries), memory_reservation.c, memory_exchange.c. */
#ifndef LAMINA_HYPERCALL_MEMORY_H
#define LAMINA_HYPERCALL_MEMORY_H

#include "lib/types.h"

/* memory_op's command word: operation in the low bits, extents done so far above, as guests see them when a call is re-issued. */
#define MEMOP_SHIFT 6
#define MEMOP_MASK  ((1u << MEMOP_SHIFT) - 1)

/* XENMEM_increase_reservation, decrease_reservation, populate_physmap: extents done, or -errno before the first. */
s64 memory_reservation(u32 op, gva_t arg, u64 start);
s64 memory_exchange(gva_t arg);

/* Highest frame number of an XENMEMF_address_bits() limit; ~0 for none. */
u64 memory_max_mfn(u32 mem_flags);
/* Largest order of one extent that the current domain may ask for. */
unsigned int memory_max_order(void);

#endif
