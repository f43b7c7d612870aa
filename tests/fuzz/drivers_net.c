// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the network back end by the two ring pages of a guest and by what its pages hold: every
 * byte may change between any two looks; the process may die and come back.
 *
 * The input is a list of steps: write bytes anywhere into a ring; write bytes into a page; put a
 * whole slot by the rules; offer pages; let a frame arrive; kick; kill.
 * tests/unit/drivers/net_world.c asserts that no copy and no frame leaves its page.
 */
#include <string.h>

#include "sys/log.h"
#include "tests/unit/drivers/net_world.h"

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

static void fuzz_put_slots(struct fuzz_input *input, uint32_t count)
{
	while (count-- != 0 && ring_front_room(&net_world.tx) != 0) {
		union net_wire_tx_slot slot = { .request = { .ref = 1, .bytes = 60 } };

		fuzz_take(input, &slot, sizeof(slot));
		ring_front_write(&net_world.tx, &slot, sizeof(slot));
	}
	ring_front_publish(&net_world.tx);
}

static void fuzz_offer(struct fuzz_input *input, uint32_t count)
{
	while (count-- != 0 && ring_front_room(&net_world.rx) != 0) {
		union net_wire_rx_slot slot = { .request = { .ref = 1 + count } };

		fuzz_take(input, &slot, 2);
		ring_front_write(&net_world.rx, &slot, sizeof(slot));
	}
	ring_front_publish(&net_world.rx);
}

/* The kernel's frames: any length, header fields it would use. */
static void fuzz_arrive(struct fuzz_input *input)
{
	uint32_t at = (net_world.waiting_first + net_world.waiting_count) % NET_WORLD_FRAMES;
	struct net_world_frame *frame = &net_world.waiting[at];

	if (net_world.waiting_count == NET_WORLD_FRAMES) {
		return;
	}
	fuzz_take(input, &frame->header, sizeof(frame->header));
	frame->bytes = 1 + fuzz_number(input) % NET_WORLD_FRAME_BYTES;
	net_world.waiting_count++;
}

static void fuzz_kill(void)
{
	net_world_kill();
	if (net_world.device.base.is_stopped) {
		net_world_clear_rings();
		net_world_kill();
	}
}

static void fuzz_step(struct fuzz_input *input)
{
	uint8_t step = 0;
	uint32_t at;

	fuzz_take(input, &step, 1);
	switch (step % 8) {
	case 0:
		at = fuzz_number(input) % (sizeof(net_world.rings) - 256);
		fuzz_take(input, (uint8_t *)net_world.rings + at, 1 + step);
		break;
	case 1:
		at = fuzz_number(input) % (4096 - 256);
		fuzz_take(input, net_world.pages[1 + step / 8] + at, 256);
		break;
	case 2:
		fuzz_put_slots(input, 1 + step / 8);
		break;
	case 3:
		fuzz_offer(input, 1 + step / 4);
		break;
	case 4:
		fuzz_arrive(input);
		break;
	case 5:
		fuzz_kill();
		break;
	default:
		net_world.device.rx_slots = step & 0x80 ? 1 : NET_MAX_RX_SLOTS;
		net_world_kick();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };

	log_init("fuzz", LOG_LEVEL_ERROR);
	net_world_start();
	while (input.left != 0) {
		fuzz_step(&input);
	}
	net_world_kick();
	net_world_end();
	return 0;
}
