// SPDX-License-Identifier: GPL-2.0-only
/*
 * Written from RFC 7693, section 3; little-endian machines only, as everything here.
 */
#include "lib/blake2b.h"

#include <string.h>

#define BLAKE2B_BLOCK_BYTES 128u
#define BLAKE2B_ROUNDS 12u

static const uint64_t blake2b_iv[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Rounds 10 and 11 repeat the first two permutations. */
static const uint8_t blake2b_sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static uint64_t blake2b_rotate(uint64_t value, unsigned int right)
{
	return value >> right | value << (64 - right);
}

static inline void blake2b_mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d,
			       const uint64_t message[2])
{
	*a += *b + message[0];
	*d = blake2b_rotate(*d ^ *a, 32);
	*c += *d;
	*b = blake2b_rotate(*b ^ *c, 24);
	*a += *b + message[1];
	*d = blake2b_rotate(*d ^ *a, 16);
	*c += *d;
	*b = blake2b_rotate(*b ^ *c, 63);
}

static void blake2b_compress(struct blake2b *state, const uint8_t *block, int last)
{
	uint64_t m[16];
	uint64_t v[16];
	unsigned int round, i;

	memcpy(m, block, sizeof(m));
	memcpy(v, state->h, sizeof(state->h));
	memcpy(v + 8, blake2b_iv, sizeof(blake2b_iv));
	v[12] ^= state->bytes;
	v[14] ^= last ? ~0ull : 0;
	for (round = 0; round < BLAKE2B_ROUNDS; round++) {
		const uint8_t *s = blake2b_sigma[round % 10];

		for (i = 0; i < 8; i++) {
			/* Four columns, then four diagonals. */
			unsigned int turn = i < 4 ? 0 : 1;
			unsigned int k = i & 3;

			blake2b_mix(&v[k], &v[4 + ((k + turn) & 3)], &v[8 + ((k + 2 * turn) & 3)],
				    &v[12 + ((k + 3 * turn) & 3)],
				    (uint64_t[2]){ m[s[2 * i]], m[s[2 * i + 1]] });
		}
	}
	for (i = 0; i < 8; i++) {
		state->h[i] ^= v[i] ^ v[i + 8];
	}
}

void blake2b_start(struct blake2b *state)
{
	memset(state, 0, sizeof(*state));
	memcpy(state->h, blake2b_iv, sizeof(blake2b_iv));
	state->h[0] ^= 0x01010000 ^ BLAKE2B_DIGEST_BYTES;
}

void blake2b_add(struct blake2b *state, const void *data, size_t bytes)
{
	const uint8_t *from = data;

	while (bytes != 0) {
		size_t room = BLAKE2B_BLOCK_BYTES - state->used;
		size_t take = bytes < room ? bytes : room;

		/* A full block waits for the next byte: the last block is marked as such. */
		if (room == 0) {
			state->bytes += BLAKE2B_BLOCK_BYTES;
			blake2b_compress(state, state->block, 0);
			state->used = 0;
			continue;
		}
		memcpy(state->block + state->used, from, take);
		state->used += take;
		from += take;
		bytes -= take;
	}
}

void blake2b_finish(struct blake2b *state, uint8_t digest[BLAKE2B_DIGEST_BYTES])
{
	state->bytes += state->used;
	memset(state->block + state->used, 0, BLAKE2B_BLOCK_BYTES - state->used);
	blake2b_compress(state, state->block, 1);
	memcpy(digest, state->h, BLAKE2B_DIGEST_BYTES);
}
