/* SPDX-License-Identifier: MIT */
/*
 * string: the few string functions that the kit and the compiler need.
 *
 * The compiler may emit calls to memcpy, memset, memcmp and memmove even in freestanding code; they
 * must exist under these names.
 */
#ifndef KIT_STRING_H
#define KIT_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);

#endif
