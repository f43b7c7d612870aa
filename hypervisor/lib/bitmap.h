/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bitmaps in arrays of u64, bit 0 first. Not atomic: see bit_set_atomic() and friends for words that others change.
 */
#ifndef LAMINA_LIB_BITMAP_H
#define LAMINA_LIB_BITMAP_H

#include "lib/types.h"

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)

static inline bool bitmap_test(const u64 *map, u32 bit) { return (map[bit / 64] >> (bit % 64)) & 1; }
static inline void bitmap_set(u64 *map, u32 bit) { map[bit / 64] |= 1ULL << (bit % 64); }
static inline void bitmap_clear(u64 *map, u32 bit) { map[bit / 64] &= ~(1ULL << (bit % 64)); }

/* The next bit >= @from that has the value @set; @bits when there is none. */
static inline u32 bitmap_find(const u64 *map, u32 bits, u32 from, bool set)
{
	while (from < bits) {
		u64 word = (set ? map[from / 64] : ~map[from / 64]) >> (from % 64);

		if (word) {
			from += __builtin_ctzll(word);
			return from < bits ? from : bits;
		}
		from = (from | 63) + 1;
	}
	return bits;
}

static inline u32 bitmap_find_set(const u64 *map, u32 bits, u32 from) { return bitmap_find(map, bits, from, true); }
static inline u32 bitmap_find_clear(const u64 *map, u32 bits, u32 from) { return bitmap_find(map, bits, from, false); }

static inline u32 bitmap_weight(const u64 *map, u32 bits)
{
	u32 n = 0, i;

	for (i = bitmap_find_set(map, bits, 0); i < bits; i = bitmap_find_set(map, bits, i + 1)) {
		n++;
	}
	return n;
}

/* Atomic on one bit, full barriers; the tests return the old value. */
static inline bool bit_set_atomic(u64 *map, u32 bit)
{
	u64 mask = 1ULL << (bit % 64);

	return __atomic_fetch_or(&map[bit / 64], mask, __ATOMIC_SEQ_CST) & mask;
}

static inline bool bit_clear_atomic(u64 *map, u32 bit)
{
	u64 mask = 1ULL << (bit % 64);

	return __atomic_fetch_and(&map[bit / 64], ~mask, __ATOMIC_SEQ_CST) & mask;
}

#endif
