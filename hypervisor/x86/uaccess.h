/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raw access to addresses of the guest whose page tables are loaded, with recovery from faults. mm/guest_copy.h is the
 * interface for everybody above: range checks live there.
 */
#ifndef LAMINA_X86_UACCESS_H
#define LAMINA_X86_UACCESS_H

#include "lib/types.h"

/* Copies between hypervisor and guest memory. Returns the number of bytes NOT copied (0: success). SMAP-safe. */
size_t uaccess_copy_in(void *to, u64 from, size_t bytes);
size_t uaccess_copy_out(u64 to, const void *from, size_t bytes);

#endif
