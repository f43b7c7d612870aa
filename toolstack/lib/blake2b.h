/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BLAKE2b (RFC 7693) without a key: the name of contents in the image cache. Kernels may come from
 * tenants, so the hash must be one that nobody can collide on purpose.
 */
#ifndef TOOLSTACK_LIB_BLAKE2B_H
#define TOOLSTACK_LIB_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

struct blake2b {
	uint64_t h[8];
	uint64_t bytes;
	size_t used;
	uint8_t block[128];
};

#define BLAKE2B_DIGEST_BYTES 32u

void blake2b_start(struct blake2b *state);
void blake2b_add(struct blake2b *state, const void *data, size_t bytes);
void blake2b_finish(struct blake2b *state, uint8_t digest[BLAKE2B_DIGEST_BYTES]);

#endif
