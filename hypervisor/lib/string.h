/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory and text primitives with the C library's names and contracts, plus str_copy(). Host builds link the C library's own
 * instead of string.c.
 */
#ifndef LAMINA_LIB_STRING_H
#define LAMINA_LIB_STRING_H

#include "lib/types.h"

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);

/* Copies at most @size - 1 bytes of @from and always terminates (@size > 0). Returns false if the text was cut. */
static inline bool str_copy(char *to, const char *from, size_t size)
{
	size_t n = strnlen(from, size);
	bool whole = n < size;

	if (!whole) {
		n = size - 1;
	}
	memcpy(to, from, n);
	to[n] = '\0';
	return whole;
}

#endif
