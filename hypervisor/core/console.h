/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's console as the first domain sees it: what is typed there waits in a ring for CONSOLEIO_read. Output needs
 * nothing from here: it goes to the log's sinks.
 */
#ifndef LAMINA_CORE_CONSOLE_H
#define LAMINA_CORE_CONSOLE_H

#include "lib/types.h"

/* From now on the console's characters go to dom0. */
void console_init(void);

/* Takes at most @max characters out of the ring; returns how many. Any context. */
size_t console_read(char *to, size_t max);

#endif
