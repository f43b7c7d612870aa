/* SPDX-License-Identifier: MIT */
/*
 * console_io: console_io(cmd, count, buffer): the hypervisor's own console, for the first domain.
 *
 * write appends count bytes and returns 0; read returns the number of bytes it found, VIRQ_CONSOLE
 * tells when there are some. Guests without the privilege use the ring of io_console.h instead; a
 * hypervisor may show their writes in its log or drop them.
 */
#ifndef LAMINA_PUBLIC_CONSOLE_IO_H
#define LAMINA_PUBLIC_CONSOLE_IO_H

#define CONSOLEIO_write	0
#define CONSOLEIO_read	1

#endif
