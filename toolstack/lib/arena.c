// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunks of 4 KiB and more, filled from the front. A request that does not fit the newest chunk
 * opens another one; what is left in the old one is lost, which is at most a chunk per request.
 */
#include "lib/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_CHUNK_BYTES 4096u
#define ARENA_ALIGN 16u
#define ARENA_MAX_BYTES (64u << 20)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	_Alignas(ARENA_ALIGN) char data[];
};

static struct arena_chunk *arena_grow(struct arena *arena, size_t bytes)
{
	size_t size = bytes > ARENA_CHUNK_BYTES ? bytes : ARENA_CHUNK_BYTES;
	struct arena_chunk *chunk = calloc(1, sizeof(*chunk) + size);

	if (chunk == NULL) {
		return NULL;
	}
	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	struct arena_chunk *chunk = arena->chunks;
	void *memory;

	if (bytes > ARENA_MAX_BYTES) {
		return NULL;
	}
	bytes = (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (chunk == NULL || chunk->size - chunk->used < bytes) {
		chunk = arena_grow(arena, bytes);
		if (chunk == NULL) {
			return NULL;
		}
	}
	memory = chunk->data + chunk->used;
	chunk->used += bytes;
	return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t bytes)
{
	char *copy = arena_alloc(arena, bytes + 1);

	if (copy != NULL) {
		memcpy(copy, text, bytes);
	}
	return copy;
}

void arena_release(struct arena *arena)
{
	while (arena->chunks != NULL) {
		struct arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
}
