/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocation for the store, with one addition to malloc: tests can make the n-th allocation fail,
 * to prove that an operation which runs out of memory leaves the tree as it was.
 */
#ifndef XENBUS_MEMORY_H
#define XENBUS_MEMORY_H

#include <stddef.h>

/* For tests: this many more allocations succeed, the next one fails; negative: never. */
extern long memory_fail_after;

/* Zeroed memory or NULL. */
void *memory_allocate(size_t bytes);
/* Like realloc; what is added is not zeroed. */
void *memory_resize(void *memory, size_t bytes);
char *memory_copy_string(const char *string);
void memory_free(void *memory);

#endif
