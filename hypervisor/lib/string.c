// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory and text primitives for the freestanding build; the compiler emits calls to the first four on its own.
 *
 * Copies and fills use the string instructions eight bytes at a time: fast on every processor since 2012, short, and
 * cheap under an emulator that counts each iteration as an instruction. No vector registers: they belong to guests.
 */
#include "lib/string.h"

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	void *d = to;
	size_t quads = bytes / 8;

	__asm__ volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(quads) :: "memory");
	bytes &= 7;
	if (bytes) {
		__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(bytes) :: "memory");
	}
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	u8 *d = to;
	const u8 *s = from;

	if ((u64)d - (u64)s >= bytes) {
		return memcpy(to, from, bytes);
	}
	while (bytes && ((u64)(d + bytes) & 7)) {
		bytes--;
		d[bytes] = s[bytes];
	}
	while (bytes >= 8) {
		u64 v;

		bytes -= 8;
		__builtin_memcpy(&v, s + bytes, 8);
		__builtin_memcpy(d + bytes, &v, 8);
	}
	while (bytes) {
		bytes--;
		/* Keeps the compiler from turning this loop back into a call of memmove(). */
		*(volatile u8 *)(d + bytes) = s[bytes];
	}
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	void *d = to;
	u64 pattern = (u8)value * 0x0101010101010101ULL;
	size_t quads = bytes / 8;

	__asm__ volatile("rep stosq" : "+D"(d), "+c"(quads) : "a"(pattern) : "memory");
	bytes &= 7;
	if (bytes) {
		__asm__ volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(pattern) : "memory");
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const u8 *x = a, *y = b;

	while (bytes--) {
		if (*x != *y) {
			return *x - *y;
		}
		x++;
		y++;
	}
	return 0;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && ((const volatile char *)s)[n]) {
		n++;
	}
	return n;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max; max--, a++, b++) {
		if (*a != *b || !*a) {
			return (u8)*a - (u8)*b;
		}
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (!*s) {
			return NULL;
		}
	}
	return (char *)s;
}
