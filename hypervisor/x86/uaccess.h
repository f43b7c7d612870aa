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
/* One naturally aligned u64; 0 or -EFAULT. */
int uaccess_get_u64(u64 *v, u64 from);
int uaccess_put_u64(u64 to, u64 v);
/* Compare and exchange of a naturally aligned u64; *expected is updated. 0 done (check *expected), -EFAULT. */
int uaccess_cmpxchg_u64(u64 at, u64 *expected, u64 desired);

#endif
