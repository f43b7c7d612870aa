/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The back end's side of a console ring, in xenconsoled (toolstack/daemon); its layout is the guest ABI's, public/io_console.h. The page is shared with a guest that may write anything at
 * any time: every index is read once and checked; a ring with impossible indices is broken and
 * stays so, nothing is copied from or to it again.
 *
 * Pure functions on the page; events are the caller's.
 */
#ifndef DRIVERS_CONSOLE_CONSOLE_RING_H
#define DRIVERS_CONSOLE_CONSOLE_RING_H

#include <stdint.h>

#include "public/io_console.h"

#define CONSOLE_RING_OUT_BYTES 2048u
#define CONSOLE_RING_IN_BYTES 1024u

/*
 * Takes all that the guest has printed; @buffer has room for CONSOLE_RING_OUT_BYTES. The number of
 * bytes, or -EPROTO.
 */
int console_ring_take(struct xencons_interface *ring, char *buffer);

/* How many bytes of input fit, or -EPROTO. */
int console_ring_room(struct xencons_interface *ring);
/* Puts @bytes <= console_ring_room() bytes of input. */
void console_ring_put(struct xencons_interface *ring, const char *from, uint32_t bytes);

#endif
