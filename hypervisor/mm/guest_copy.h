/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way from a hypercall to guest memory: once in, into a local; once out. Addresses are of the current vCPU's kernel page
 * tables, checked against the hypervisor's hole. -EFAULT when any byte cannot be copied (some may have been).
 */
#ifndef LAMINA_MM_GUEST_COPY_H
#define LAMINA_MM_GUEST_COPY_H

#include "lib/errno.h"
#include "lib/types.h"
#include "x86/page.h"
#include "x86/uaccess.h"

static inline int guest_copy_in(void *to, gva_t from, size_t bytes)
{
	if (unlikely(!guest_range_ok(from.v, bytes)) || uaccess_copy_in(to, from.v, bytes)) {
		return -EFAULT;
	}
	barrier();
	return 0;
}

static inline int guest_copy_out(gva_t to, const void *from, size_t bytes)
{
	if (unlikely(!guest_range_ok(to.v, bytes)) || uaccess_copy_out(to.v, from, bytes)) {
		return -EFAULT;
	}
	return 0;
}

/*
 * The same for hot paths: inline, for 2, 4 or a few times 8 bytes, as many as the local has.
 */
#define guest_load(to, from)  guest_load_bytes((to), (from), sizeof(*(to)))
#define guest_store(to, from) guest_store_bytes((to), (from), sizeof(*(from)))

static inline __attribute__((always_inline)) int guest_load_bytes(void *to, gva_t from, size_t bytes)
{
	return likely(guest_range_ok(from.v, bytes) && uaccess_load(to, from.v, bytes)) ? 0 : -EFAULT;
}

static inline __attribute__((always_inline)) int guest_store_bytes(gva_t to, const void *from, size_t bytes)
{
	return likely(guest_range_ok(to.v, bytes) && uaccess_store(to.v, from, bytes)) ? 0 : -EFAULT;
}

/* Element @i of a guest array of @size-byte elements at @base; the caller has bounded @i. */
static inline gva_t guest_elem(gva_t base, u64 i, size_t size) { return GVA(base.v + i * size); }

#endif
