/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic that tells when it overflows. Each returns true when the mathematical result does not fit *@ret, which then
 * must not be used; the operands may be of any integer type.
 */
#ifndef LAMINA_LIB_CHECKED_H
#define LAMINA_LIB_CHECKED_H

#include "lib/types.h"

#define add_overflows(a, b, ret) __builtin_add_overflow(a, b, ret)
#define sub_overflows(a, b, ret) __builtin_sub_overflow(a, b, ret)
#define mul_overflows(a, b, ret) __builtin_mul_overflow(a, b, ret)

/* [@offset, @offset + @bytes) lies within an object of @total bytes. */
static inline bool range_within(u64 offset, u64 bytes, u64 total)
{
	return offset <= total && bytes <= total - offset;
}

/* [@a, @a + @a_bytes) and [@b, @b + @b_bytes) share a byte; neither range may wrap. */
static inline bool ranges_overlap(u64 a, u64 a_bytes, u64 b, u64 b_bytes)
{
	return a_bytes && b_bytes && a < b + b_bytes && b < a + a_bytes;
}

/* @a * @b / @c without overflow in between; the quotient must fit. */
static inline u64 mul_div_u64(u64 a, u64 b, u64 c)
{
	u64 high;

	__asm__("mul %[b]\n\tdiv %[c]" : "+&a"(a), "=&d"(high) : [b] "r"(b), [c] "r"(c) : "cc");
	return a;
}

#endif
