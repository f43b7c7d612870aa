/* SPDX-License-Identifier: MIT */
/*
 * hostile-blk: a front end that wants to harm the block back end, as one word of its command line says:
 *   lies      requests that lie about segments, sectors, references, operations; each must be answered by an error
 *   garbage   slots of random bytes without end
 *   revoke    takes references back while requests are under way, and puts other frames behind them
 *   overrun   a request index far beyond the ring
 *   backward  a request index that goes back
 *   full      keeps the ring full of large reads, takes no answer
 *   kick      events without requests at full rate
 * Says HOSTILE and the word when it begins, HOSTILE good when an attack with an end was answered as it should be.
 */
#include <stddef.h>
#include <public/sched.h>
#include "acts.h"
#include "blk_front.h"
#include "boot.h"
#include "event.h"
#include "grant.h"
#include "mm.h"
#include "printf.h"
#include "string.h"
#include "xenstore.h"

static struct blk_front disk;
static char page[PAGE_BYTES] __attribute__((aligned(4096)));

static void push(const void *slot)
{
	ring_front_write(&disk.ring, slot, sizeof(union blk_wire_slot));
	ring_front_publish(&disk.ring);
	event_send(disk.bus.port);
}

static bool is_ready(void *arg)
{
	(void)arg;
	return ring_front_arm(&disk.ring) != 0;
}

/* Sends one slot and expects an error. */
static void expect_error(const char *what, const void *slot)
{
	struct blk_wire_response response;

	push(slot);
	while (ring_front_waiting(&disk.ring) == 0) {
		xenbus_sleep_unless(is_ready, NULL);
	}
	if (ring_front_waiting(&disk.ring) == RING_BROKEN) {
		kprintf("HOSTILE BAD: %s: the ring was broken\n", what);
		kit_shutdown(SHUTDOWN_crash);
	}
	ring_front_take(&disk.ring, &response, sizeof(response));
	if (response.status == BLK_STATUS_DONE) {
		kprintf("HOSTILE BAD: %s was done\n", what);
		kit_shutdown(SHUTDOWN_crash);
	}
}

static union blk_wire_slot good_read(void)
{
	union blk_wire_slot slot = { .request = { .operation = BLK_OP_READ, .segment_count = 1 } };

	slot.request.segments[0].ref = grant_give(page, disk.bus.backend_domid, false);
	slot.request.segments[0].last = 7;
	return slot;
}

static void lie_directly(void)
{
	const union blk_wire_slot good = good_read();
	union blk_wire_slot slot = good;
	unsigned int operation;

	slot.request.segment_count = 0;
	expect_error("no segment", &slot);
	slot.request.segment_count = BLK_DIRECT_SEGMENTS + 1;
	expect_error("twelve segments", &slot);
	slot.request.segment_count = 255;
	expect_error("255 segments", &slot);
	slot = good;
	slot.request.segments[0].first = 5;
	slot.request.segments[0].last = 4;
	expect_error("a segment that ends before it begins", &slot);
	slot.request.segments[0].last = 8;
	expect_error("a segment beyond its page", &slot);
	slot = good;
	slot.request.sector = disk.sectors - 7;
	expect_error("a sector beyond the disk", &slot);
	slot.request.sector = ~0UL - 3;
	expect_error("a sector that wraps around", &slot);
	slot = good;
	slot.request.segments[0].ref = GRANT_REFS - 1;
	expect_error("a reference that is not given", &slot);
	slot.request.segments[0].ref = ~0u;
	expect_error("a reference beyond the table", &slot);
	slot = good;
	slot.request.segments[0].ref = grant_give(page, disk.bus.backend_domid, true);
	expect_error("a read into a page that may not be written", &slot);
	slot = good;
	slot.request.segments[0].ref = grant_give(page, 7, false);
	expect_error("a page given to another domain", &slot);
	slot = good;
	for (operation = 7; operation < 256; operation += 31) {
		slot.request.operation = (uint8_t)operation;
		expect_error("an unknown operation", &slot);
	}
}

static void lie_indirectly(void)
{
	struct blk_wire_segment *segments = (struct blk_wire_segment *)page;
	union blk_wire_slot slot = { .indirect = { .operation = BLK_OP_INDIRECT, .inner = BLK_OP_READ } };

	memset(page, 0xff, sizeof(page));
	slot.indirect.refs[0] = grant_give(page, disk.bus.backend_domid, false);
	expect_error("an indirect request without segments", &slot);
	slot.indirect.segment_count = 0xffff;
	expect_error("65535 indirect segments", &slot);
	slot.indirect.segment_count = 16;
	expect_error("indirect segments of ones", &slot);
	slot.indirect.inner = BLK_OP_FLUSH;
	expect_error("an indirect flush", &slot);
	slot.indirect.inner = BLK_OP_INDIRECT;
	expect_error("an indirect indirect request", &slot);
	slot.indirect.inner = BLK_OP_READ;
	memset(page, 0, sizeof(page));
	segments[0].last = 7;
	slot.indirect.segment_count = 1;
	slot.indirect.refs[0] = GRANT_REFS - 1;
	expect_error("a list that is not given", &slot);
}

static void lie(void)
{
	union blk_wire_slot slot = { .discard = { .operation = BLK_OP_DISCARD, .sector = 1, .sector_count = ~0UL } };
	struct blk_job job = { .operation = BLK_OP_READ, .sectors = 8, .data = page };

	lie_directly();
	lie_indirectly();
	expect_error("a discard that wraps around", &slot);
	if (!blk_front_submit(&disk, &job) || blk_front_wait(&disk, &job) != BLK_STATUS_DONE) {
		kprintf("HOSTILE BAD: an honest read is refused afterwards\n");
		kit_shutdown(SHUTDOWN_crash);
	}
	kprintf("HOSTILE good\n");
}

static void take_all(void)
{
	struct blk_wire_response response;

	while (ring_front_waiting(&disk.ring) > 0) {
		ring_front_take(&disk.ring, &response, sizeof(response));
	}
}

static void garbage(void)
{
	uint64_t slot[sizeof(union blk_wire_slot) / 8];
	unsigned int i;

	for (;;) {
		take_all();
		if (!ring_front_room(&disk.ring)) {
			xenbus_sleep_unless(is_ready, NULL);
			continue;
		}
		for (i = 0; i < sizeof(slot) / 8; i++) {
			slot[i] = random64();
		}
		/* Half of them with an operation that exists and few segments: deeper in. */
		if (random64() & 1) {
			slot[0] = (slot[0] & ~0xffffUL) | (random64() % 7) | (random64() % 12) << 8;
		}
		push(slot);
	}
}

static void revoke(void)
{
	for (;;) {
		union blk_wire_slot slot;

		take_all();
		if (!ring_front_room(&disk.ring)) {
			xenbus_sleep_unless(is_ready, NULL);
			continue;
		}
		slot = good_read();
		push(&slot);
		while (!grant_take_back(slot.request.segments[0].ref)) {
			event_send(disk.bus.port);
		}
	}
}

static void overrun(void)
{
	disk.ring.slots.shared->req_prod += 1000000;
	event_send(disk.bus.port);
}

static void backward(void)
{
	disk.ring.slots.shared->req_prod -= 5;
	event_send(disk.bus.port);
}

static void full(void)
{
	union blk_wire_slot slot = good_read();
	unsigned int i;

	slot.request.segment_count = BLK_DIRECT_SEGMENTS;
	for (i = 0; i < BLK_DIRECT_SEGMENTS; i++) {
		slot.request.segments[i] = slot.request.segments[0];
	}
	while (ring_front_room(&disk.ring)) {
		push(&slot);
	}
}

static void kick(void)
{
	for (;;) {
		event_send(disk.bus.port);
	}
}

void kit_main(void)
{
	static const struct act acts[] = {
		{ "lies", lie }, { "garbage", garbage }, { "revoke", revoke }, { "overrun", overrun },
		{ "backward", backward }, { "full", full }, { "kick", kick }, { NULL, NULL },
	};

	if (!xenstore_init() || !grant_init() || !blk_front_open(&disk, 0)) {
		kprintf("HOSTILE BAD: there is no disk\n");
		return;
	}
	acts_run("HOSTILE", acts);
	sleep_for_ever();
}
