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

/* Element @i of a guest array of @size-byte elements at @base; the caller has bounded @i. */
static inline gva_t guest_elem(gva_t base, u64 i, size_t size) { return GVA(base.v + i * size); }

#endif
