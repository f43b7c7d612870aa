// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Allocation with a failure switch for tests. Outside of tests the switch is one compare of a
 * variable that stays negative.
 */
#include "xenbus/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

long memory_fail_after = -1;

static bool memory_must_fail(void)
{
	if (memory_fail_after < 0) {
		return false;
	}
	if (memory_fail_after == 0) {
		memory_fail_after = -1;
		return true;
	}
	memory_fail_after--;
	return false;
}

void *memory_allocate(size_t bytes)
{
	return memory_must_fail() ? NULL : calloc(1, bytes);
}

void *memory_resize(void *memory, size_t bytes)
{
	return memory_must_fail() ? NULL : realloc(memory, bytes);
}

char *memory_copy_string(const char *string)
{
	size_t bytes = strlen(string) + 1;
	char *copy = memory_must_fail() ? NULL : malloc(bytes);

	if (copy != NULL) {
		memcpy(copy, string, bytes);
	}
	return copy;
}

void memory_free(void *memory)
{
	free(memory);
}
