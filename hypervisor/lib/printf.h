/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatted text. Conversions: d i u x X o c s p %, with flags (- 0 + space #), width and precision (numbers or *), and the
 * length modifiers hh h l ll z. No floating point, no %n. An unknown conversion is printed as it stands.
 */
#ifndef LAMINA_LIB_PRINTF_H
#define LAMINA_LIB_PRINTF_H

#include "lib/types.h"

/*
 * Write at most @size - 1 characters and a terminating NUL (nothing when @size is 0). Return the length of the whole text,
 * as if there had been room.
 */
size_t printf_format(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
size_t printf_vformat(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);

#endif
