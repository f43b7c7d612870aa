/* SPDX-License-Identifier: MIT */
/*
 * printf: formatted text for kernels without a C library.
 *
 * Understands %d %u %x %c %s %p and %%, the lengths l, ll and z, a width and a leading 0. Unknown
 * letters are printed as they stand. kprintf writes to the console, line by line as it comes.
 */
#ifndef KIT_PRINTF_H
#define KIT_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

/* Always terminates; returns the length that the whole text would have had. */
int kit_vsnprintf(char *to, size_t bytes, const char *format, va_list args);
__attribute__((format(printf, 3, 4)))
int kit_snprintf(char *to, size_t bytes, const char *format, ...);
__attribute__((format(printf, 1, 2)))
void kprintf(const char *format, ...);

#endif
