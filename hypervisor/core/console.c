// SPDX-License-Identifier: GPL-2.0-only
/*
 * Console input: a ring filled by the UART's interrupt, emptied by dom0. A character that finds it full is dropped, as a
 * terminal does. VIRQ_CONSOLE is raised for each character; event channels merge them.
 */
#include "core/console.h"

#include "core/evtchn.h"
#include "public/event_channel.h"
#include "x86/spinlock.h"
#include "x86/uart.h"

#define INPUT_BYTES 256

static spinlock_t lock; /* irq-safe leaf */
static char input[INPUT_BYTES];
static u32 taken, put;

static void receive(char c)
{
	u64 flags = spin_lock_irqsave(&lock);
	bool room = put - taken < INPUT_BYTES;

	if (room) {
		input[put++ % INPUT_BYTES] = c;
	}
	spin_unlock_irqrestore(&lock, flags);
	if (room) {
		evtchn_raise_global_virq(VIRQ_CONSOLE);
	}
}

size_t console_read(char *to, size_t max)
{
	u64 flags = spin_lock_irqsave(&lock);
	size_t n = 0;

	while (n < max && taken != put) {
		to[n++] = input[taken++ % INPUT_BYTES];
	}
	spin_unlock_irqrestore(&lock, flags);
	return n;
}

void console_init(void)
{
	uart_set_rx(receive);
}
