// SPDX-License-Identifier: GPL-2.0-only
/*
 * COM1 as a log sink with polled output, and input by its interrupt (ISA IRQ 4).
 *
 * Output waits for room in the transmitter with a bound, so that a machine with a dead or unplugged port goes on, slowly
 * at worst once: after the first timeout the port counts as dead.
 */
#include "x86/uart.h"

#include "lib/log.h"
#include "x86/cpu.h"
#include "x86/ioapic.h"

#define COM1       0x3f8
#define COM1_PORTS 8
#define COM1_IRQ   4

#define REG_DATA     0
#define REG_IER      1
#define REG_FCR      2 /* written */
#define REG_IIR      2 /* read */
#define REG_LCR      3
#define REG_MCR      4
#define REG_LSR      5
#define REG_SCRATCH  7

#define IER_RX       0x01
#define FCR_ENABLE   0x07 /* FIFOs on and cleared */
#define IIR_FIFO     0xc0 /* they work: a 16550A */
#define FIFO_BYTES   16
#define LCR_8N1      0x03
#define LCR_DIVISOR  0x80
#define MCR_DTR_RTS_OUT2 0x0b
#define LSR_RX       0x01
#define LSR_TX_EMPTY 0x20

#define TX_SPINS 1000000

static bool present, dead;
static u32 tx_fifo_bytes = 1, tx_room; /* bytes that fit now without asking */
static void (*rx_handler)(char c);

static void put_byte(char c)
{
	u32 spins = 0;

	while (!tx_room) {
		if (inb(COM1 + REG_LSR) & LSR_TX_EMPTY) {
			tx_room = tx_fifo_bytes;
			break;
		}
		if (++spins == TX_SPINS) {
			dead = true;
			return;
		}
		cpu_relax();
	}
	tx_room--;
	outb(COM1 + REG_DATA, c);
}

static void uart_write(const char *text, size_t bytes)
{
	for (; bytes && !dead; text++, bytes--) {
		if (*text == '\n') {
			put_byte('\r');
		}
		put_byte(*text);
	}
}

bool uart_init(void)
{
	static struct log_sink sink = { .write = uart_write };

	outb(COM1 + REG_SCRATCH, 0x5a);
	if (inb(COM1 + REG_SCRATCH) != 0x5a) {
		return false;
	}
	outb(COM1 + REG_IER, 0);
	outb(COM1 + REG_LCR, LCR_DIVISOR);
	outb(COM1 + REG_DATA, 1); /* 115200 baud */
	outb(COM1 + REG_IER, 0);
	outb(COM1 + REG_LCR, LCR_8N1);
	outb(COM1 + REG_FCR, FCR_ENABLE);
	if ((inb(COM1 + REG_IIR) & IIR_FIFO) == IIR_FIFO) {
		tx_fifo_bytes = FIFO_BYTES;
	}
	outb(COM1 + REG_MCR, MCR_DTR_RTS_OUT2);
	present = true;
	log_register_sink(&sink);
	return true;
}

static void uart_interrupt(void)
{
	while (inb(COM1 + REG_LSR) & LSR_RX) {
		char c = inb(COM1 + REG_DATA);

		if (rx_handler) {
			rx_handler(c);
		}
	}
}

void uart_set_rx(void (*rx)(char c))
{
	if (!present) {
		return;
	}
	rx_handler = rx;
	if (irq_claim_isa(COM1_IRQ, uart_interrupt)) {
		log_warn("console: no interrupt line for COM1, input does not work");
		return;
	}
	uart_interrupt();
	outb(COM1 + REG_IER, IER_RX);
}

bool uart_owns_port(u16 port)
{
	return present && port >= COM1 && port < COM1 + COM1_PORTS;
}
