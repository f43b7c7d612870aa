/* SPDX-License-Identifier: MIT */
/*
 * string: byte-wise, small, and correct; nothing in the kit is hot enough to want more.
 *
 * memcpy and memset use the string instructions, which every x86-64 processor runs well for the
 * page-sized copies that matter here.
 */
#include "string.h"

void *memcpy(void *to, const void *from, size_t bytes)
{
	void *start = to;

	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
	return start;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	char *t = to;
	const char *f = from;

	if (t <= f || t >= f + bytes) {
		return memcpy(to, from, bytes);
	}
	while (bytes--) {
		t[bytes] = f[bytes];
		asm volatile("" : : : "memory");
	}
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	void *start = to;

	asm volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
	return start;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *x = a, *y = b;

	for (; bytes; bytes--, x++, y++) {
		if (*x != *y) {
			return *x - *y;
		}
	}
	return 0;
}

size_t strlen(const char *text)
{
	size_t bytes = 0;

	while (text[bytes]) {
		bytes++;
		asm volatile("");
	}
	return bytes;
}

int strncmp(const char *a, const char *b, size_t bytes)
{
	for (; bytes; bytes--, a++, b++) {
		if (*a != *b || !*a) {
			return (unsigned char)*a - (unsigned char)*b;
		}
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}
