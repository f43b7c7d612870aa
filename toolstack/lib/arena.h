/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that lives and dies together: many small allocations, one release.
 *
 * Used for parsed configurations, whose thousands of small strings would otherwise each need an
 * owner. Memory is zeroed and aligned for any type. Nothing is freed before arena_release().
 */
#ifndef TOOLSTACK_LIB_ARENA_H
#define TOOLSTACK_LIB_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
};

/* Zeroed memory, or NULL. A zeroed struct arena is an empty one. */
void *arena_alloc(struct arena *arena, size_t bytes);
/* A terminated copy of @bytes bytes of @text. */
char *arena_copy(struct arena *arena, const char *text, size_t bytes);
void arena_release(struct arena *arena);

#endif
