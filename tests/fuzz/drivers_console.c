// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the console back end by the page of a guest: every byte of it may change between any two looks.
 *
 * The input is a list of steps: write bytes anywhere into the page; take what is printed; put input. Buffers have exactly the size that
 * the back end promises to stay in, so that ASan sees one byte more.
 */
#include <stddef.h>
#include <stdlib.h>

#include "drivers/console/console_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_require(int holds)
{
	if (!holds) {
		abort();
	}
}

/* At most as many bytes as there is room, all there is room for when @wanted is more. */
static void fuzz_put(struct xencons_interface *ring, uint8_t wanted)
{
	int room = console_ring_room(ring);
	uint32_t bytes = room < 0 ? 0 : (uint32_t)room;
	char *text;

	fuzz_require(room <= (int)CONSOLE_RING_IN_BYTES);
	bytes = bytes < wanted * 8u ? bytes : wanted * 8u;
	text = calloc(bytes + 1u, 1);
	fuzz_require(text != NULL);
	console_ring_put(ring, text, bytes);
	free(text);
}

static void fuzz_take(struct xencons_interface *ring)
{
	char *buffer = malloc(CONSOLE_RING_OUT_BYTES);
	int taken;

	fuzz_require(buffer != NULL);
	taken = console_ring_take(ring, buffer);
	fuzz_require(taken <= (int)CONSOLE_RING_OUT_BYTES);
	/* Nothing is left, or the ring is broken and was not touched. */
	fuzz_require(taken < 0 || ring->out_cons == ring->out_prod);
	free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xencons_interface *ring = calloc(1, sizeof(*ring));

	fuzz_require(ring != NULL);
	while (size >= 4) {
		uint32_t at = (data[1] | data[2] << 8) % sizeof(*ring);

		switch (data[0] % 4) {
		case 0:
			fuzz_take(ring);
			break;
		case 1:
			fuzz_put(ring, data[3]);
			break;
		case 2:
			((uint8_t *)ring)[at] = data[3];
			break;
		default:
			/* The indexes: out_prod and its neighbours. */
			at = (uint32_t)offsetof(struct xencons_interface, in_cons) + data[1] % 16;
			((uint8_t *)ring)[at] = data[3];
			break;
		}
		data += 4;
		size -= 4;
	}
	free(ring);
	return 0;
}
