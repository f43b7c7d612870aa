/* SPDX-License-Identifier: MIT */
/*
 * console: the guest side of public/io_console.h, and console_io.
 *
 * The ring page lies in the initial mapping; its frame number becomes an address through the
 * machine-to-phys array. The write index is published after the bytes (a compiler barrier is
 * enough: x86 stores are not reordered), then the daemon is notified once.
 */
#include "console.h"

#include <stdint.h>
#include <public/console_io.h>
#include <public/event_channel.h>
#include <public/io_console.h>
#include <public/sched.h>
#include "boot.h"
#include "hypercall.h"
#include "mm.h"

#define FLUSH_YIELDS 1000

static struct xencons_interface *ring;

void console_init(void)
{
	if (!kit_is_dom0() && kit_start_info->console.domU.mfn) {
		ring = mfn_to_virt(kit_start_info->console.domU.mfn);
	}
}

static void notify(void)
{
	struct evtchn_send op = { .port = kit_start_info->console.domU.evtchn };

	hypercall_event_channel_op(EVTCHNOP_send, &op);
}

static void ring_write(const char *text, size_t bytes)
{
	volatile uint32_t *consumed = &ring->out_cons;
	uint32_t produced = ring->out_prod;

	for (; bytes && produced - *consumed < sizeof(ring->out); bytes--) {
		ring->out[MASK_XENCONS_IDX(produced++, ring->out)] = *text++;
	}
	asm volatile("" : : : "memory");
	*(volatile uint32_t *)&ring->out_prod = produced;
	notify();
}

void console_write(const char *text, size_t bytes)
{
	if (ring) {
		ring_write(text, bytes);
	} else {
		hypercall_console_io(CONSOLEIO_write, (unsigned int)bytes, (void *)text);
	}
}

void console_flush(void)
{
	unsigned int tries;

	for (tries = 0; ring && tries < FLUSH_YIELDS; tries++) {
		if (*(volatile uint32_t *)&ring->out_cons == ring->out_prod) {
			return;
		}
		hypercall_sched_op(SCHEDOP_yield, NULL);
	}
}
