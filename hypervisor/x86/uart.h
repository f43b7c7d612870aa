/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The serial console: a 16550 at the classic COM1 ports, 115200 baud, 8 bits, no parity.
 */
#ifndef LAMINA_X86_UART_H
#define LAMINA_X86_UART_H

#include "lib/types.h"

/* Sets the port up and registers it with the log. False if there is no such device. */
bool uart_init(void);

/* Characters typed at the console go to @rx, from interrupt context with interrupts off. Needs the IO-APICs to be up. */
void uart_set_rx(void (*rx)(char c));

/* Claims that @port belongs to the console (guest I/O is refused). */
bool uart_owns_port(u16 port);

#endif
