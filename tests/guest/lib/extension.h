/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * extension: asking for the features of docs/abi/extensions.md, and calling them.
 */
#ifndef TEST_EXTENSION_H
#define TEST_EXTENSION_H

#include <stdbool.h>
#include <public/cpuid.h>
#include <public/extension.h>
#include <public/hypercall.h>
#include "hypercall.h"

static inline bool extension_is_offered(uint32_t feature)
{
	uint32_t a = LAMINA_CPUID_FIRST_LEAF, b, c = 0, d;

	asm volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if (b != LAMINA_CPUID_SIGNATURE_EBX || c != LAMINA_CPUID_SIGNATURE_ECX || d != LAMINA_CPUID_SIGNATURE_EDX) {
		return false;
	}
	a = LAMINA_CPUID_FIRST_LEAF + 1;
	c = 0;
	asm volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return a & feature;
}

static inline long hypercall_lamina(unsigned int operation, void *arg)
{
	return HYPERCALL(__HYPERVISOR_lamina, operation, arg, 0);
}

#endif
