// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the block back end by the ring page of a guest and by what its pages hold: every byte may
 * change between any two looks; the process may die and come back.
 *
 * The input is a list of steps: write bytes anywhere into the ring; write bytes into a page that
 * indirect requests may name; put a whole slot by the rules; kick; let I/O end or hold it; kill.
 * tests/unit/drivers/blk_world.c asserts that no copy and no I/O leaves its page or the disk.
 */
#include <string.h>

#include "sys/log.h"
#include "tests/unit/drivers/blk_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input {
	const uint8_t *data;
	size_t left;
};

static uint32_t fuzz_take(struct fuzz_input *input, void *to, uint32_t bytes)
{
	uint32_t n = input->left < bytes ? (uint32_t)input->left : bytes;

	memcpy(to, input->data, n);
	input->data += n;
	input->left -= n;
	return n;
}

static uint32_t fuzz_number(struct fuzz_input *input)
{
	uint16_t number = 0;

	fuzz_take(input, &number, sizeof(number));
	return number;
}

static void fuzz_put_slot(struct fuzz_input *input)
{
	union blk_wire_slot slot = { .request = { .segment_count = 1 } };

	fuzz_take(input, &slot, sizeof(slot));
	if (ring_front_room(&world.front) != 0) {
		ring_front_write(&world.front, &slot, sizeof(slot));
		ring_front_publish(&world.front);
	}
}

/* A new connection, as after the states were walked: the ring is taken as it lies there. */
static void fuzz_kill(void)
{
	blk_world_kill();
	if (world.device.base.is_stopped) {
		memset(world.ring, 0, sizeof(struct ring_shared));
		ring_front_start(&world.front, &world.front.slots);
		blk_world_kill();
	}
}

static void fuzz_step(struct fuzz_input *input)
{
	uint8_t step = 0;
	uint32_t at;

	fuzz_take(input, &step, 1);
	switch (step % 8) {
	case 0:
		at = fuzz_number(input) % (BLK_WORLD_RING_BYTES - 256);
		fuzz_take(input, world.ring + at, 1 + step);
		break;
	case 1:
		at = fuzz_number(input) % (4096 - 256);
		fuzz_take(input, world.pages[step / 8] + at, 256);
		break;
	case 2:
	case 3:
		fuzz_put_slot(input);
		break;
	case 4:
		world.hold_io = step & 0x80;
		world.ends_backwards = step & 0x40;
		world.short_bytes = step & 0x20 ? 512 : 0;
		break;
	case 5:
		fuzz_kill();
		break;
	default:
		blk_world_kick();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };

	log_init("fuzz", LOG_LEVEL_ERROR);
	blk_world_start();
	while (input.left != 0) {
		fuzz_step(&input);
	}
	world.hold_io = false;
	blk_world_kick();
	blk_world_end();
	return 0;
}
