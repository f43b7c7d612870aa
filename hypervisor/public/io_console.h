/* SPDX-License-Identifier: MIT */
/*
 * io_console: the console ring that a guest shares with the console daemon.
 *
 * Two byte queues in one page. Indices run freely and are masked on use; the writer of an index
 * publishes data before the index. Each side notifies the other's event channel after moving its
 * index: the guest's kernel waits for room when the daemon does not consume.
 *
 * Both sides treat the other's indices as hostile: more than a ring's worth in flight is an error.
 */
#ifndef LAMINA_PUBLIC_IO_CONSOLE_H
#define LAMINA_PUBLIC_IO_CONSOLE_H

#include <stdint.h>
#include "abi_check.h"

#define MASK_XENCONS_IDX(idx, ring)	((idx) & (sizeof(ring) - 1))

struct xencons_interface {
	char in[1024];			/* to the guest */
	char out[2048];			/* from the guest */
	uint32_t in_cons, in_prod;
	uint32_t out_cons, out_prod;
};
ABI_SIZE(struct xencons_interface, 0xc10);
ABI_OFFSET(struct xencons_interface, out, 0x400);
ABI_OFFSET(struct xencons_interface, in_cons, 0xc00);
ABI_OFFSET(struct xencons_interface, out_cons, 0xc08);

#endif
